/**
 * A thread that starts programs for this process, with a descriptor table of its own.
 *
 * What posix_spawn(3) makes has a copy of the table of the thread that calls it, and closes all of that again before
 * the program takes over: with the 12,000 descriptors of a thousand services and their logs, a millisecond of
 * each start, and a quarter of the work of starting such a tree (bench/tree.bench.ts). This thread has a few dozen.
 */
import { ignoring } from "./failure.ts";
import { readLaunch } from "./launch.ts";
import type { Spawned, SpawnSettings, SpawnStrings } from "./spawn-call.ts";
import { ASKED, IDLE, NOT_READY, PREPARING, SpawnRequest, UNABLE } from "./spawn-request.ts";
import { startThread, type Thread } from "./thread.ts";
import type { Fd } from "./types.ts";

/** Beside this file, of the same kind: a module, or a bundle. */
const own = import.meta.url;
const program = new URL(`./spawner-thread${own.slice(own.lastIndexOf("."))}`, own);

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

/** @returns undefined when there is no such thread, or it cannot do it: the caller then does it himself */
export function spawnElsewhere(
  strings: SpawnStrings,
  settings: SpawnSettings,
): Spawned | undefined {
  const request = running?.request;
  if (request?.state !== IDLE || !request.write(strings, settings)) return undefined;
  request.enter(ASKED);
  // As long as posix_spawn would have taken here.
  request.waitWhile(ASKED);
  // A thread that has come to its end has not answered.
  return request.state === IDLE ? request.spawned : undefined;
}
