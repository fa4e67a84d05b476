/** svwait: waits until services are up, ready, down or restarted. */
import type { Resident } from "../../chain/chain.ts";
import { type Option, readOptions } from "../../chain/options.ts";
import { posix, say } from "../../posix/index.ts";
import { Awaited, awaitServices, FAILED, GOAL_WORDS, type Goal } from "../../supervise/awaiting.ts";
import { namesOf } from "./service-names.ts";
import { asResident, Usage } from "./tool.ts";

const NAME = "svwait";
const USAGE = "svwait [-u|-U|-d|-D|-r|-R] [-a|-o] [-t ms] dir…";
const HELP = `Usage: svwait [-u|-U|-d|-D|-r|-R] [-a|-o] [-t MS] DIR…

Waits until services are as is wanted:

  -u  up (unless another is given)
  -U  up and ready; of one that does not tell, up is enough
  -d  down
  -D  down, with its finish and its stop, and not to be started again
  -r  started again; -R  and ready

  -a  all of them (unless -o is given)
  -o  one of them
  -t  not longer than MS milliseconds; 0: for ever

A name that is not here is looked for in $SERVICE_DIR, else in /service; '*', '?' and '[…]' match names.

Exit codes: 0; 99 the time is over; 100 usage; 101 our own fault; 111 system trouble; else how many will
not come to be so, as they were given up or their supervisor has ended (98: so many, or more).
`;
const GOALS: Readonly<Record<string, Goal>> = {
  u: "up",
  U: "ready",
  d: "down",
  D: "finished",
  r: "restarted",
  R: "restarted and ready",
};
/** As in s6. */
const TIME_IS_OVER = 99;
const MOST_FAILED = 98;

interface Order {
  readonly goal: Goal;
  readonly any: boolean;
  /** undefined: for ever */
  readonly timeoutMs: number | undefined;
  readonly words: readonly Buffer[];
}

export const svwait: Resident = asResident({
  name: NAME,
  help: HELP,
  run: async (given, { environment }) => {
    const { goal, any, timeoutMs, words } = readOrder(given);
    const names = namesOf(environment);
    const directories = words.flatMap((word) => names.resolve(word));
    const deadlineMs = timeoutMs && posix.monotonicMs() + timeoutMs;
    const services = directories.map((directory) => new Awaited(posix, directory, goal));
    if (services.length === 0) return 0;
    await awaitServices(posix, services, { deadlineMs, any });
    return tell(services, { any, timeoutMs });
  },
});

function readOrder(given: readonly Buffer[]): Order {
  const syntax = { name: NAME, letters: "uUdDrRaot:", usage: USAGE };
  const { options, rest } = readOptions([Buffer.from(NAME), ...given], syntax);
  const last = (letters: string): Option | undefined =>
    options.findLast(({ letter }) => letters.includes(letter));
  const text = last("t")?.argument.toString() ?? "0";
  if (!/^[0-9]{1,15}$/.test(text)) throw new Usage(`${NAME}: usage: ${USAGE}`);
  return {
    goal: GOALS[last("uUdDrR")?.letter ?? "u"] ?? "up",
    any: last("ao")?.letter === "o",
    timeoutMs: Number(text) || undefined,
    words: rest,
  };
}

/** Says what has not come about. @returns the exit code */
function tell(
  services: readonly Awaited[],
  { any, timeoutMs }: Pick<Order, "any" | "timeoutMs">,
): number {
  const ends = services.map((service) => ({ service, outcome: service.outcome() }));
  const isDone = ({ outcome }: { readonly outcome: string }): boolean => outcome === "reached";
  if (any ? ends.some(isDone) : ends.every(isDone)) return 0;
  let failed = 0;
  for (const { service, outcome } of ends) {
    if (outcome === "reached") continue;
    if (outcome === "failed") failed++;
    const why = outcome === "failed" ? FAILED : ` after ${timeoutMs} milliseconds`;
    say(NAME, ["warning: ", service.directory, `: not ${GOAL_WORDS[service.goal]}`, why]);
  }
  const isLate = ends.some(({ outcome }) => outcome === "waiting");
  return isLate ? TIME_IS_OVER : Math.min(failed, MOST_FAILED);
}
