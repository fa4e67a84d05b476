/** timberline bench: what this machine and this disk can take with a logging script. */
import { runBench } from "../../bench/run.ts";
import type { Resident } from "../../chain/chain.ts";
import {
  AT_CWD,
  Fatal,
  joined,
  orFatal,
  posix,
  SYSTEM_TROUBLE,
  SystemFailure,
  unableTo,
} from "../../posix/index.ts";
import { bin } from "./own-place.ts";
import { asResident, print, type Tool, Usage } from "./tool.ts";

const NAME = "timberline bench";
const LOST = 1;
const USUAL_SECONDS = 8;
const MOST_SECONDS = 60;
const USUAL_SCRIPT = ["t", "s1000000", "n10", "./main"].map((word) => Buffer.from(word));
const HELP = `Usage: timberline bench [--dir DIR] [--lines FILE] [--seconds N] [SCRIPT…]

Tries out a logging script (t s1000000 n10 ./main unless given) on this machine and this disk: how fast
lines get into the logs, how long a service waits for its log, and whether a line is lost when multilog
is killed again and again. It takes under a minute and touches nothing but a directory of its own in
DIR, which it removes.

  --dir DIR      where the logs would be; the working directory unless given
  --lines FILE   lines of yours to log, again and again
  --seconds N    for each of the three trials; ${USUAL_SECONDS} unless given, at most ${MOST_SECONDS}

Exit code 0: no line was lost; 1: some were, or the disk took none; 100: wrong usage; 111: it cannot be
tried.
`;

interface Options {
  readonly directory: string;
  readonly seconds: number;
  readonly lines: Buffer | undefined;
  readonly script: readonly Buffer[];
}

export const bench: Tool = {
  name: NAME,
  help: HELP,
  run: async (words) => {
    const options = readOptions(words);
    const program = `${bin()}/multilog`;
    try {
      const isWhole = await runBench(posix, { ...options, program }, (line) =>
        print(joined([line, "\n"])),
      );
      return isWhole ? 0 : LOST;
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      throw new Fatal(SYSTEM_TROUBLE, unableTo(["try it in ", options.directory], failure));
    }
  },
};

/** By a name of its own. */
export const timberlineBench: Resident = { ...asResident(bench), name: "timberline-bench" };

/** Options stand before the script, whose words may look like some. */
function readOptions(words: readonly Buffer[]): Options {
  const values = new Map<string, string>();
  let at = 0;
  for (; String(words[at]).startsWith("--"); at += 2) {
    const [name, value] = [String(words[at]), words[at + 1]];
    if (name === "--") break;
    if (!["--dir", "--lines", "--seconds"].includes(name)) throw wrong(`unknown option ${name}`);
    if (value === undefined) throw wrong(`${name} wants a value`);
    values.set(name, String(value));
  }
  const script = words.slice(String(words[at]) === "--" ? at + 1 : at);
  const file = values.get("--lines");
  return {
    directory: values.get("--dir") ?? ".",
    seconds: secondsOf(values.get("--seconds")),
    lines: file === undefined ? undefined : orFatal(["read ", file], () => readWhole(file)),
    script: script.length === 0 ? USUAL_SCRIPT : script,
  };
}

function secondsOf(text: string | undefined): number {
  const seconds = Number(text ?? USUAL_SECONDS);
  if (seconds > 0 && seconds <= MOST_SECONDS) return seconds;
  throw wrong(`--seconds wants a number up to ${MOST_SECONDS}, and "${text}" is none`);
}

function readWhole(path: string): Buffer {
  const file = posix.openAt(AT_CWD, path, "read");
  const whole = Buffer.alloc(posix.status(file).sizeBytes);
  const read = posix.read(file, whole, 0, whole.length);
  posix.close(file);
  return whole.subarray(0, read);
}

function wrong(what: string): Usage {
  return new Usage(`${NAME}: fatal: ${what}; --help tells more`);
}
