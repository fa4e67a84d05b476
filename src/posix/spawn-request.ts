/**
 * The memory in which two threads agree on a program that one of them is to start for the other:
 * a state, an answer, and what is asked for as numbers.
 */
import type { Spawned, SpawnSettings, SpawnStrings } from "./spawn-call.ts";
import type { Fd } from "./types.ts";

/** What the memory is at. */
export const NOT_READY = 0;
/** The thread takes a table of its own. */
export const PREPARING = 1;
export const IDLE = 2;
export const ASKED = 3;
/** The thread cannot do it here. */
export const UNABLE = 4;
type State = typeof NOT_READY | typeof PREPARING | typeof IDLE | typeof ASKED | typeof UNABLE;

/** Pairs of descriptors that there is room for. */
const MOST_PAIRS = 64;
const ERRNO_AT = 1;
const PID_AT = 2;
/** Int32: state, errno, pid, and one to spare; then words of eight bytes. */
const WORDS_AT_BYTES = 16;
const PAIRS_AT = 9;
const BYTES = WORDS_AT_BYTES + 8 * (PAIRS_AT + 2 * MOST_PAIRS);
const NONE = -1n;
/** No errno. */
const UNPREPARED = -1;

export class SpawnRequest {
  readonly memory: SharedArrayBuffer;
  private readonly answer: Int32Array;
  private readonly words: BigInt64Array;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.memory = memory;
    this.answer = new Int32Array(memory, 0, WORDS_AT_BYTES / 4);
    this.words = new BigInt64Array(memory, WORDS_AT_BYTES);
  }

  get state(): number {
    return Atomics.load(this.answer, 0);
  }

  /** Says it, and wakes who waits for it. */
  enter(state: State): void {
    Atomics.store(this.answer, 0, state);
    Atomics.notify(this.answer, 0);
  }

  /** This thread stands still while that is the state, and no longer than that. */
  waitWhile(state: State, mostMs: number = Number.POSITIVE_INFINITY): void {
    const deadline = performance.now() + mostMs;
    for (;;) {
      const leftMs = deadline - performance.now();
      if (this.state !== state || leftMs <= 0) return;
      Atomics.wait(this.answer, 0, state, leftMs);
    }
  }

  /** Goes from one state to another. @returns false when another thread was quicker */
  exchange(from: State, to: State): boolean {
    return Atomics.compareExchange(this.answer, 0, from, to) === from;
  }

  /** @returns false where there is no room for it */
  write({ path, argv, environment }: SpawnStrings, settings: SpawnSettings): boolean {
    const { descriptors, directory, ignoredSignals = 0n, blockedSignals = 0n } = settings;
    if (descriptors.size > MOST_PAIRS) return false;
    const flags = (settings.newSession ? 1n : 0n) + (settings.newGroup ? 2n : 0n);
    const place = directory === undefined ? NONE : BigInt(directory);
    const numbers = [path, argv, environment, ignoredSignals, blockedSignals, flags, place];
    this.words.set(numbers.map((number) => BigInt.asIntN(64, number)));
    this.words[PAIRS_AT - 1] = BigInt(descriptors.size);
    this.words.set([...descriptors].flat().map(BigInt), PAIRS_AT);
    return true;
  }

  read(): { readonly strings: SpawnStrings; readonly settings: SpawnSettings } {
    const word = (at: number): bigint => BigInt.asUintN(64, this.words[at] ?? 0n);
    const descriptors = new Map<Fd, Fd>();
    const end = PAIRS_AT + 2 * Number(word(PAIRS_AT - 1));
    for (let at = PAIRS_AT; at < end; at += 2)
      descriptors.set(Number(word(at)), Number(word(at + 1)));
    const flags = word(5);
    return {
      strings: { path: word(0), argv: word(1), environment: word(2) },
      settings: {
        ignoredSignals: word(3),
        blockedSignals: word(4),
        newSession: (flags & 1n) !== 0n,
        newGroup: (flags & 2n) !== 0n,
        directory: this.words[6] === NONE ? undefined : Number(word(6)),
        descriptors,
      },
    };
  }

  /** What came of it; undefined: it could not be prepared, and was not tried. */
  get spawned(): Spawned | undefined {
    const errno = this.answer[ERRNO_AT] ?? 0;
    return errno === UNPREPARED ? undefined : { errno, pid: this.answer[PID_AT] ?? -1 };
  }

  set spawned(spawned: Spawned | undefined) {
    this.answer[ERRNO_AT] = spawned?.errno ?? UNPREPARED;
    this.answer[PID_AT] = spawned?.pid ?? -1;
  }
}
