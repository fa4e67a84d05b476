/** The command line of timberline run. */
import type { Words } from "../../chain/chain.ts";
import { USAGE, usage } from "../../chain/end.ts";
import { readLongOptions } from "../../chain/long-options.ts";
import { joined } from "../../posix/index.ts";

export const NAME = "timberline run";
const USAGE_TEXT =
  "timberline run [ --name name ] [ --dir dir ] [ --once ] [ --follow ] [ -- ] program";
export const HELP = `Usage: timberline run [OPTION…] [--] PROGRAM…

Runs PROGRAM, and again whenever it ends, and writes what it says to standard output and standard error into a log:
./log/NAME/main, ten files of a megabyte, every line with its time. svlog reads it, and
svstat and svc take ./log/NAME as a service, from another terminal as well.

  -n, --name NAME  the service's name (PROGRAM's, without its directory)
  -d, --dir DIR    where it has its place (./log)
  -1, --once       do not start it again: end with its exit code, or 128 + the number of its signal
  -f, --follow     show the lines as they come, on standard output

A program that keeps dying waits before each start: a second, two, four, up to a minute. What ./log/NAME has in
it says so and can be changed: script is what is logged and how (multilog --help), backoff the longest delay in
milliseconds. Of the service directory's other files, all but run can be added: docs/service-directory.md.

Signals: INT (Ctrl-C), TERM and HUP stop the program (TERM to all of its process group), write what it has still
said, and end; again, a second later or more, they do not wait.
Exit codes: 0; with --once, the program's; 100 usage; 111 system trouble; 101 our own fault.
`;

export interface RunOrder {
  readonly name: Buffer;
  readonly dir: Buffer;
  readonly once: boolean;
  readonly follow: boolean;
  readonly program: Words;
}

/** @throws End */
export function readRunWords(words: Words): RunOrder {
  const syntax = {
    name: NAME,
    letters: "n:d:1f",
    usage: USAGE_TEXT,
    longNames: { name: "n", dir: "d", once: "1", follow: "f" },
  };
  const { options, rest } = readLongOptions([Buffer.from(NAME), ...words], syntax);
  const has = (letter: string): boolean => options.some((one) => one.letter === letter);
  const value = (letter: string): Buffer | undefined =>
    options.findLast((one) => one.letter === letter)?.argument;
  const [program] = rest;
  if (program === undefined) throw usage(NAME, USAGE_TEXT);
  const name = value("n") ?? program.subarray(program.lastIndexOf("/") + 1);
  checkName(NAME, name, USAGE_TEXT);
  const dir = value("d") ?? Buffer.from("log");
  return { name, dir, once: has("1"), follow: has("f"), program: rest };
}

/** A service's name is one of a file that does not hide. @throws End */
export function checkName(command: string, name: Buffer, text: string): void {
  const isBad = name.length === 0 || name[0] === DOT || name.includes("/");
  if (!isBad) return;
  const said = [
    `${command}: "`,
    name,
    '" is no name: it has a slash, begins with a dot, or is empty\n',
  ];
  throw usage(command, text, USAGE, joined(said));
}

const DOT = 0x2e;
