/**
 * A thread that starts programs for this process, with a descriptor table of its own.
 *
 * What posix_spawn(3) makes has a copy of the table of the thread that calls it, and closes all of that again before
 * the program takes over: with the 12,000 descriptors of a thousand services and their logs, a millisecond of
 * each start, and a quarter of the work of starting such a tree (bench/tree.bench.ts). This thread has a few dozen.
 */
import { ignoring } from "./failure.ts";
import { readLaunch } from "./launch.ts";
import { ownProgram } from "./own-program.ts";
import type { Spawned, SpawnSettings, SpawnStrings } from "./spawn-call.ts";
import { ASKED, IDLE, NOT_READY, PREPARING, SpawnRequest, UNABLE } from "./spawn-request.ts";
import { startThread, type Thread } from "./thread.ts";
import { turn } from "./turn.ts";
import type { Fd } from "./types.ts";

const program = ownProgram("spawner-thread", import.meta.url);

/** A machine that takes longer to start a thread has other cares. */
const MOST_START_MS = 5000;

/** What the thread is given. */
export interface SpawnerData {
  readonly memory: SharedArrayBuffer;
  /** Descriptors that the caller had open; no program has them but by its order. */
  readonly inherited: readonly Fd[];
}

interface Spawner {
  readonly request: SpawnRequest;
  readonly thread: Thread;
}

let running: Spawner | undefined;

/**
 * Has a thread start the programs of this process from now on. Where the system does not let it have a table of its
 * own, they are started as ever. This thread stands still until that is known, some 50 ms: what it opens behind
 * that, the other has no copies of, which would keep pipes from ending.
 *
 * @returns what ends the thread
 */
export function startSpawner(): () => void {
  if (process.platform === "linux") running ??= ignoring(["EAGAIN"], makeSpawner);
  return () => {
    awaitAnswer();
    running?.thread.end();
    forget();
  };
}

function makeSpawner(): Spawner {
  const request = new SpawnRequest();
  const data: SpawnerData = { memory: request.memory, inherited: readLaunch().inherited };
  const thread = startThread(program, data, () => undefined);
  request.waitWhile(NOT_READY, MOST_START_MS);
  // Too late is never.
  request.exchange(NOT_READY, UNABLE);
  request.waitWhile(PREPARING);
  thread.ended.then(forget, forget);
  return { request, thread };
}

function forget(): void {
  running = undefined;
}

/** What came of a start; undefined when the thread cannot do it, and nothing was tried: the caller then does it himself. */
export type Answer = Spawned | undefined;

/** Ends the start that the thread is at. */
let underWay: (() => void) | undefined;

/** Starts a program, and stands still meanwhile. */
export function spawnElsewhere(strings: SpawnStrings, settings: SpawnSettings): Answer {
  let spawned: Answer;
  const isAsked = askElsewhere(strings, settings, (answer) => {
    spawned = answer;
  });
  if (isAsked) awaitAnswer();
  return spawned;
}

/**
 * Has a program started while the caller goes on. What it was given is to stay as it is until the answer, which
 * comes in two turns of the event loop, or before the next start, if that is earlier.
 *
 * @returns false when there is no such thread, or no room for what is asked
 */
export function askElsewhere(
  strings: SpawnStrings,
  settings: SpawnSettings,
  hear: (answer: Answer) => void,
): boolean {
  awaitAnswer();
  const request = running?.request;
  if (request?.state !== IDLE || !request.write(strings, settings)) return false;
  request.enter(ASKED);
  const finish = (): void => {
    // No longer than posix_spawn would have taken here.
    request.waitWhile(ASKED);
    // A thread that has come to its end has not answered.
    hear(request.state === IDLE ? request.spawned : undefined);
  };
  underWay = finish;
  // Whoever starts many has had his turn by then, and has asked for the next.
  void turn()
    .then(turn)
    .then(() => {
      if (underWay === finish) awaitAnswer();
    });
  return true;
}

/** Whether there is a thread that starts programs. */
export function hasSpawner(): boolean {
  return running !== undefined;
}

/** Stands still until the start that is under way, if there is one, has come to something. */
export function awaitAnswer(): void {
  const finish = underWay;
  underWay = undefined;
  finish?.();
}
