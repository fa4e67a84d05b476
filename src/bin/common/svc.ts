/** svc: telling supervisors what to do. */
import type { Resident } from "../../chain/chain.ts";
import { posix, SYSTEM_TROUBLE, say, workingDirectory } from "../../posix/index.ts";
import { addressees } from "../../supervise/addressees.ts";
import { Awaited, awaitServices, FAILED, GOAL_WORDS, type Goal } from "../../supervise/awaiting.ts";
import { sendCommands } from "../../supervise/svc.ts";
import { readLetters, VERBS, type Verb } from "../../supervise/svc-words.ts";
import { Visits } from "../../supervise/visits.ts";
import { namesOf, serviceDir } from "./service-names.ts";
import { asResident, Usage } from "./tool.ts";

const NAME = "svc";
/** As much as one write puts into a FIFO undivided. */
const MOST_BYTES = 4096;
const ABSENT = 100;
/** As in s6. */
const TIME_IS_OVER = 99;
const MS_PER_SECOND = 1000;

const LETTERS_TEXT =
  "svc options: + kill process group, = kill parent process, L kill log, l kill main, u up, d down, " +
  "o once, x exit, p pause, c continue, h hup, a alarm, i interrupt, t term, k kill, q quit, " +
  "1 SIGUSR1, 2 SIGUSR2, w SIGWINCH";

const HELP = `Usage: svc -LETTERS DIR…
       svc WORD [--wait SECONDS] DIR…

Tells the supervisors of service directories what to do. A name that is not here is looked for in
$SERVICE_DIR, else in /service; '*', '?' and '[…]' match names.

${Object.entries(VERBS)
  .map(([word, { bytes, help }]) => `  ${word.padEnd(11)}-${bytes.padEnd(4)}${help}`)
  .join("\n")}

Letters can be put together (-dx). + in front of signals sends them to the process group, L to the logger.
--wait waits until what start, stop, restart and exit ask for has come about; with a file
notification-fd, start and restart wait until the service says that it is ready.

Exit codes: with letters always 0. With a word: 0; 99 the time is over; 100 usage, no such service, or no
supervisor there; 111 system trouble.
`;

export const svc: Resident = asResident({
  name: NAME,
  help: HELP,
  run: (words, { environment }) => {
    const names = namesOf(environment);
    const resolve = (given: readonly Buffer[]): Buffer[] => given.flatMap((w) => names.resolve(w));
    const verb = Object.hasOwn(VERBS, String(words[0])) ? VERBS[String(words[0])] : undefined;
    if (verb === undefined) return byLetters(words, resolve);
    return byWord(verb, words.slice(1), resolve, serviceDir(environment));
  },
});

type Resolve = (words: readonly Buffer[]) => Buffer[];

/** As in 0.76: whatever becomes of it is a warning. */
function byLetters(words: readonly Buffer[], resolve: Resolve): number {
  const { bytes, directories, illegal } = readLetters(words);
  if (illegal !== undefined) {
    throw new Usage(`svc: illegal option -- ${illegal}`, LETTERS_TEXT);
  }
  if (bytes.length > MOST_BYTES) throw new Usage("svc: fatal: too many options");
  const visits = new Visits(posix, workingDirectory);
  const shares = resolve(directories).flatMap((one) => addressees(posix, one, bytes));
  for (const { directory, bytes: share } of shares) {
    const unreached = sendCommands(visits, directory, share);
    if (unreached !== undefined) say(NAME, ["warning: ", unreached.line]);
  }
  return 0;
}

async function byWord(
  verb: Verb,
  words: readonly Buffer[],
  resolve: Resolve,
  elsewhere: Buffer,
): Promise<number> {
  const { waitMs, rest } = readWait(words);
  const { bytes, goal } = verb;
  if (rest.length === 0) throw new Usage("svc: usage: svc WORD [--wait SECONDS] DIR…");
  if (waitMs !== undefined && goal === undefined)
    throw new Usage("svc: usage: --wait goes with start, stop, restart and exit");
  const visits = new Visits(posix, workingDirectory);
  const deadline = posix.monotonicMs() + (waitMs ?? 0);
  const awaited: Awaited[] = [];
  let code = 0;
  for (const directory of resolve(rest)) {
    const waiting = waitMs === undefined ? undefined : new Awaited(posix, directory, goal as Goal);
    const unreached = sendCommands(visits, directory, Buffer.from(bytes));
    if (unreached === undefined) {
      if (waiting !== undefined) awaited.push(waiting);
      continue;
    }
    const isName = unreached.isAbsent && !directory.includes("/");
    const hint = isName ? [" (nor is it in ", elsewhere, ")"] : [];
    say(NAME, ["warning: ", unreached.line, ...hint]);
    code = Math.max(code, unreached.isAbsent ? ABSENT : SYSTEM_TROUBLE);
  }
  await awaitServices(posix, awaited, { deadlineMs: deadline });
  for (const one of awaited) {
    const outcome = one.outcome();
    if (outcome === "reached") continue;
    const isFailed = outcome === "failed";
    const why = isFailed ? FAILED : ` after ${(waitMs ?? 0) / MS_PER_SECOND} seconds`;
    say(NAME, ["warning: ", one.directory, `: not ${GOAL_WORDS[one.goal]}`, why]);
    code = Math.max(code, isFailed ? ABSENT : TIME_IS_OVER);
  }
  return code;
}

/** Takes `--wait SECONDS` from the front. */
function readWait(words: readonly Buffer[]): { waitMs?: number; rest: readonly Buffer[] } {
  const [first, second] = words.map(String);
  if (!first?.startsWith("--")) return { rest: words };
  if (first === "--") return { rest: words.slice(1) };
  const [option, attached] = first.split("=", 2);
  const seconds = attached ?? second;
  if (option !== "--wait") throw new Usage(`svc: usage: there is no option ${option}`);
  if (seconds === undefined || !/^[0-9]+(\.[0-9]+)?$/.test(seconds))
    throw new Usage("svc: usage: --wait takes a number of seconds");
  return {
    waitMs: Number(seconds) * MS_PER_SECOND,
    rest: words.slice(attached === undefined ? 2 : 1),
  };
}
