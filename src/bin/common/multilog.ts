/**
 * The command multilog: reads lines from its standard input and writes them where its logging script says.
 *
 * No option parser: every argument is an action, also those that begin with `-` and `+`.
 */
import { startMultilog } from "../../multilog/multilog.ts";
import { parseScript } from "../../multilog/script.ts";
import {
  Fatal,
  ignoreAgain,
  joined,
  leave,
  OWN_FAULT,
  ownFault,
  posix,
  put,
  SYSTEM_TROUBLE,
  say,
  setUmask,
} from "../../posix/index.ts";

const NAME = "multilog";
const STDIN = 0;
const STDOUT = 1;
/** As in the C program: what multilog makes is readable, whatever its caller's umask. */
const UMASK = 0o022;

/**
 * Runs multilog as this process, to its end.
 *
 * @param words  its actions
 * @returns the exit code
 */
export async function multilog(words: readonly Uint8Array[]): Promise<number> {
  try {
    ignoreAgain();
    const [first, ...rest] = words.map((word) => Buffer.from(word).toString());
    if (rest.length === 0 && (first === "--help" || first === "--version"))
      return await tell(first);
    if (first === "--check") return await check(words.slice(1));
    return await capture(words);
  } catch (failure) {
    if (failure instanceof Fatal) {
      say(NAME, ["fatal: ", failure.line]);
      return failure.exitCode;
    }
    say(NAME, ["fatal: ", ownFault(failure)]);
    return OWN_FAULT;
  }
}

async function capture(words: readonly Uint8Array[]): Promise<number> {
  const script = parseScript(words);
  setUmask(UMASK);
  // A signal that comes while logs are being opened acts as soon as they are; where that does not
  // go on, TERM ends the program, as nothing was read.
  const early: NodeJS.Signals[] = [];
  let warned = false;
  let act = (signal: NodeJS.Signals): void => {
    if (signal === "SIGTERM" && warned) leave(SYSTEM_TROUBLE);
    early.push(signal);
  };
  for (const signal of ["SIGTERM", "SIGALRM"] as const) process.on(signal, () => act(signal));
  const running = await startMultilog(script, {
    input: STDIN,
    isAlone: true,
    onWarning: (line) => {
      warned = true;
      say(NAME, ["warning: ", line]);
    },
  });
  act = (signal) => void (signal === "SIGTERM" ? running.close() : running.rotate());
  for (const signal of early) act(signal);
  return (await running.closed) ? 0 : SYSTEM_TROUBLE;
}

async function check(words: readonly Uint8Array[]): Promise<number> {
  const { checkScript } = await import("../../multilog/check.ts");
  const { explanation, mistakes } = checkScript(words, posix);
  for (const line of explanation) print(line);
  for (const mistake of mistakes) say(NAME, ["mistake: ", mistake]);
  return mistakes.length === 0 ? 0 : 100;
}

async function tell(what: "--help" | "--version"): Promise<number> {
  if (what === "--help") print((await import("./multilog-help.ts")).HELP);
  else print((await import("./version.ts")).version());
  return 0;
}

/** Writes a line to standard output. */
function print(line: string | Uint8Array): void {
  put(STDOUT, joined([line, "\n"]));
}
