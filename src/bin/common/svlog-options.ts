/** The options of svlog. */
import { Command, InvalidArgumentError, Option } from "commander";
import { USAGE } from "../../posix/exit-codes.ts";
import { version } from "./version.ts";

/** Words in it have a character for each byte (svlog-words.ts). */
export interface SvlogOptions {
  readonly lines?: number;
  readonly all?: boolean;
  readonly follow?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly at?: string;
  readonly cursor?: string;
  readonly cursorFile?: string;
  readonly grep?: string;
  readonly ignoreCase?: boolean;
  readonly invertMatch?: boolean;
  readonly after?: number;
  readonly before?: number;
  readonly context?: number;
  readonly utc?: boolean;
  readonly iso?: boolean;
  readonly raw?: boolean;
  readonly json?: boolean;
  readonly color?: boolean;
  readonly pager?: boolean;
  readonly producer: string;
  readonly stats?: boolean;
  readonly verify?: boolean;
  readonly account?: string;
}

const EXAMPLES = `
Patterns are those of multilog: +PATTERN and -PATTERN in order, those that begin with - behind --;
behind F they are fnmatch's, behind S simple again.

Times: 14:30, 2026-11-20, "2026-11-20 14:30:05+01:00", "yesterday 14:00", 10m, "2h ago", @LABEL

  svlog web                         the last 20 lines of the service web
  svlog -f web mail                 what comes, of both
  svlog --since 10m --grep error    of every service
  svlog --at 14:30 ./main           around half past two
  svlog ./main -- '-*' '+*fatal*'   as a logging script would select

Exit codes: 0; 1 something could not be read, or --verify found a fault; 100 usage; 111 system
trouble; 101 our own fault.`;

export function makeCommand(): Command {
  const command = new Command("svlog")
    .description("Finds, follows and shows lines of logs: services, log directories, files.")
    .argument("[target...]", "service, log directory, file or pattern; none: here, or all services")
    .option("-n, --lines <n>", "the last so many lines (20 unless something is selected)", count)
    .option("--all", "all lines")
    .option("-f, --follow", "go on with what comes")
    .option("--since <time>", "from this time on")
    .option("--until <time>", "up to this time")
    .option("--at <time>", "the lines around this time")
    .option("--cursor <label>", "everything behind the line with this label")
    .option("--cursor-file <file>", "go on where the last run with this file stopped")
    .option("--grep <regex>", "lines that match")
    .option("-i, --ignore-case", "capital and small letters are the same")
    .option("-v, --invert-match", "lines that do not match")
    .option("-A, --after <n>", "and so many lines behind each", count)
    .option("-B, --before <n>", "and so many before", count)
    .option("-C, --context <n>", "and so many on both sides", count)
    .option("--utc", "universal time")
    .option("--iso", "ISO 8601")
    .option("--raw", "lines as they are stored")
    .option("--json", "an object a line")
    .addOption(new Option("--color", "colours, also where there is no terminal"))
    .option("--no-color", "no colours")
    .option("--pager", "through $PAGER, or less -R")
    .addOption(
      new Option("--producer <name>", "whose labels: s6's count leap seconds")
        .choices(["auto", "daemontools", "s6"])
        .default("auto"),
    )
    .option("--stats", "what is in the logs, in numbers")
    .option("--verify", "whether the logs are whole and in order")
    .option("--account <file>", "the :stats file that --verify compares with")
    .version(version(), "--version", "say which version this is")
    .helpOption("--help", "say this")
    .addHelpText("after", EXAMPLES)
    .exitOverride((cause) => process.exit(cause.exitCode === 0 ? 0 : USAGE))
    .configureOutput({
      outputError: (text, write) =>
        write(Buffer.from(text.replace(/^error: /, "svlog: fatal: "), "latin1").toString()),
    });
  return command;
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It is a number from 0 on.");
  return Number(text);
}
