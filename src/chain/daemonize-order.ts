/** What daemonize is asked for. */
import type { Fd } from "../posix/types.ts";
import type { Words } from "./chain.ts";
import { USAGE, usage } from "./end.ts";
import { type LongSyntax, readLongOptions } from "./long-options.ts";
import type { Option } from "./options.ts";

export const NAME = "daemonize";
export const HELP = `Usage: daemonize [OPTION…] PROGRAM…

Starts PROGRAM in the background, in a session of its own, with no descriptor but those that are named, and exits with
0 when it runs.

  -d, --directory DIR       its working directory (/)
  -m, --umask MASK          its umask, octal (0)
  -p, --pidfile FILE        its process id goes there; a second copy is refused as long as it runs
  -0, --stdin FILE          its standard input (/dev/null)
  -1, --stdout FILE         its standard output is appended to FILE (/dev/null)
  -2, --stderr FILE         its standard error, likewise
  -k, --keep FD[,FD…]       descriptors that it keeps
  -i, --ignore-terminal     it ignores TTOU, TTIN, TSTP and HUP
`;

const USAGE_TEXT =
  "daemonize [ -d dir ] [ -m umask ] [ -p pidfile ] [ -0 file ] [ -1 file ] [ -2 file ] [ -k fd,... ] [ -i ] program";
const SYNTAX: LongSyntax = {
  name: NAME,
  letters: "d:m:p:0:1:2:k:i",
  usage: USAGE_TEXT,
  longNames: {
    directory: "d",
    umask: "m",
    pidfile: "p",
    stdin: "0",
    stdout: "1",
    stderr: "2",
    keep: "k",
    "ignore-terminal": "i",
  },
};

export interface Order {
  readonly directory: Buffer;
  readonly umask: number;
  readonly pidFile: Buffer | undefined;
  /** For descriptors 0, 1 and 2; undefined for one that is kept. */
  readonly standard: readonly (Buffer | undefined)[];
  readonly keep: ReadonlySet<Fd>;
  readonly ignoreTerminal: boolean;
  readonly program: Words;
}

/** @throws End usage */
export function readOrder(words: Words): Order {
  const { options, rest } = readLongOptions(words, SYNTAX);
  if (rest.length === 0) throw usage(NAME, USAGE_TEXT);
  const last = (letter: string): Buffer | undefined =>
    options.findLast((option) => option.letter === letter)?.argument;
  const keep = new Set(options.flatMap(keptDescriptors));
  const standard = [0, 1, 2].map((fd) => {
    const file = last(String(fd));
    if (!keep.has(fd)) return file ?? Buffer.from("/dev/null");
    if (file !== undefined) throw wrong(`descriptor ${fd} cannot both be kept and be a file`);
    return undefined;
  });
  return {
    directory: last("d") ?? Buffer.from("/"),
    umask: readUmask(last("m")),
    pidFile: last("p"),
    standard,
    keep,
    ignoreTerminal: last("i") !== undefined,
    program: rest,
  };
}

function keptDescriptors({ letter, argument }: Option): Fd[] {
  if (letter !== "k") return [];
  const text = argument.toString("latin1");
  if (!/^[0-9]{1,9}(,[0-9]{1,9})*$/.test(text)) {
    throw wrong(`keep takes descriptors with commas between them, not ${text}`);
  }
  return text.split(",").map(Number);
}

function readUmask(value: Buffer | undefined): number {
  const text = value?.toString("latin1") ?? "0";
  if (!/^0*[0-7]{1,3}$/.test(text)) throw wrong(`umask is an octal number up to 777, not ${text}`);
  return Number.parseInt(text, 8);
}

function wrong(complaint: string): Error {
  return usage(NAME, USAGE_TEXT, USAGE, Buffer.from(`${NAME}: ${complaint}\n`));
}
