/** Telling a service what to do, as svc does, and waiting for what becomes of it. */
import { joined, type Posix } from "../../posix/index.ts";
import { Awaited, awaitServices, FAILED, GOAL_WORDS } from "../../supervise/awaiting.ts";
import { loggersOf } from "../../supervise/hosted-log.ts";
import { sendNow, type Unreached } from "../../supervise/svc.ts";
import { VERBS } from "../../supervise/svc-words.ts";
import type { Action, ActOptions, Outcome } from "./types.ts";

const MS_PER_SECOND = 1000;
/** To a logger of its own; to svscan, which turns to its logs at `L`. */
const ROTATE = { own: Buffer.from("a"), hosted: Buffer.from("La") };

export interface Target {
  readonly name: string;
  readonly directory: Buffer;
}

/** @returns the outcome; what the system refuses is one as well */
export async function act(
  posix: Posix,
  target: Target,
  action: Action,
  { waitMs, gone }: Pick<ActOptions, "waitMs" | "gone">,
): Promise<Outcome> {
  if (action === "rotate") return rotate(posix, target);
  const { bytes = "", goal } = VERBS[action] ?? {};
  const isWaited = waitMs !== undefined && goal !== undefined;
  const awaited = isWaited ? new Awaited(posix, target.directory, goal) : undefined;
  const unreached = sendNow(posix, target.directory, Buffer.from(bytes));
  if (unreached !== undefined) return refused(target, unreached);
  if (awaited === undefined || waitMs === undefined) return told(target, action);
  const deadlineMs = posix.monotonicMs() + waitMs;
  await awaitServices(posix, [awaited], { deadlineMs, cancel: gone });
  const wanted = GOAL_WORDS[awaited.goal];
  const outcome = awaited.outcome();
  if (outcome === "reached")
    return { name: target.name, ok: true, words: `it is ${wanted}`, reached: true };
  const late = gone?.aborted ? " when who asked left" : ` after ${waitMs / MS_PER_SECOND} seconds`;
  const why = outcome === "failed" ? FAILED : late;
  return { name: target.name, ok: false, words: `not ${wanted}${why}`, reached: false };
}

function rotate(posix: Posix, target: Target): Outcome {
  const loggers = [...loggersOf(posix, target.directory)];
  const { name } = target;
  if (loggers.length === 0)
    return { name, ok: false, words: "it has no log of its own", reached: null };
  const own = loggers.filter(([, kind]) => kind === "supervised");
  const sent = own.map(([folder]) =>
    sendNow(posix, joined([target.directory, `/${folder}`]), ROTATE.own),
  );
  if (own.length < loggers.length) sent.push(sendNow(posix, target.directory, ROTATE.hosted));
  const unreached = sent.find((one) => one !== undefined);
  return unreached === undefined ? told(target, "rotate") : refused(target, unreached);
}

function told({ name }: Target, action: Action): Outcome {
  return { name, ok: true, words: `it was told to ${action}`, reached: null };
}

function refused({ name, directory }: Target, { line }: Unreached): Outcome {
  // Clients know it by its name.
  const words = line.toString().replaceAll(directory.toString(), name);
  return { name, ok: false, words, reached: null };
}
