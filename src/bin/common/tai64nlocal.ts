/**
 * The command tai64nlocal: turns the TAI64N stamp at the start of each line into local time.
 *
 * Words are ignored, as in daemontools, except long options; what reads them is loaded only then.
 */
// Not posix/index.ts: a filter starts 9 ms sooner with the few files that it needs.

import { readFile } from "../../posix/assets.ts";
import { clock } from "../../posix/clock.ts";
import { USAGE } from "../../posix/exit-codes.ts";
import { files } from "../../posix/files.ts";
import { readLaunch } from "../../posix/launch.ts";
import { ownProcess } from "../../posix/leave.ts";
import { pipes } from "../../posix/pipes.ts";
import { runCommand } from "../../tai64/command.ts";
import { localiseUrl, makeKernel } from "../../tai64/kernel.ts";
import { LocalClock, universalTime } from "../../tai64/local-time.ts";
import { Localiser } from "../../tai64/localiser.ts";
import { daemontoolsStyle, formatStyle, isoStyle, type Style } from "../../tai64/styles.ts";
import { version } from "./version.ts";

interface Options {
  readonly utc?: boolean;
  readonly iso?: boolean;
  readonly format?: string;
  readonly anywhere?: boolean;
}

/** Runs tai64nlocal as this process. @param given  its arguments */
export async function tai64nlocal(given: readonly Uint8Array[]): Promise<never> {
  const words = given.map((word) => Buffer.from(word).toString());
  const options = words.some((word) => word.startsWith("--")) ? await readOptions(words) : {};
  const zone = new LocalClock(
    options.utc ? universalTime : (unixSeconds) => clock.localTime(unixSeconds),
  );
  const style = chooseStyle(options);
  const filter = options.anywhere
    ? new (await import("../../tai64/anywhere.ts")).AnywhereLocaliser(zone, style)
    : new Localiser(makeKernel(readFile(localiseUrl)), zone, style);
  runCommand(filter, { ...files, ...pipes }, readLaunch(), ownProcess);
}

async function readOptions(words: readonly string[]): Promise<Options> {
  const { Command } = await import("commander");
  const command = new Command("tai64nlocal")
    .description(
      "Turns the TAI64N stamp at the start of each line of standard input into local time.",
    )
    .option("--utc", "universal time instead of local time")
    .option("--iso", "ISO 8601: 2001-07-09T23:09:44.848605500+02:00")
    .option("--format <format>", "a format like that of date(1), with %N, %3N and %6N")
    .option("--anywhere", "convert labels anywhere in a line, not only at its start")
    .version(version(), "--version", "say which version this is")
    .helpOption("--help", "say this")
    .exitOverride((cause) => process.exit(cause.exitCode === 0 ? 0 : USAGE))
    .configureOutput({ outputError: (text) => usage(text.trim().replace(/^error: /, "")) });
  const { unknown } = command.parseOptions([...words]);
  const end = unknown.indexOf("--");
  const unread = end < 0 ? unknown : unknown.slice(0, end);
  if (unread.includes("--help")) command.help();
  const wrong = unread.find((word) => word.startsWith("--"));
  if (wrong !== undefined) usage(`unknown option '${wrong}'`);
  return command.opts();
}

function chooseStyle({ utc = false, iso, format }: Options): Style {
  if (iso && format !== undefined) usage("--iso and --format exclude each other");
  if (iso) return isoStyle(utc);
  if (format === undefined) return daemontoolsStyle;
  try {
    return formatStyle(format);
  } catch (error) {
    if (error instanceof RangeError) usage(error.message);
    throw error;
  }
}

function usage(cause: string): never {
  process.stderr.write(
    `tai64nlocal: fatal: ${cause}\n` +
      "tai64nlocal: usage: tai64nlocal [ --utc ] [ --iso | --format format ] [ --anywhere ]\n",
  );
  process.exit(USAGE);
}
