/**
 * Running a filter: read, transform, write all of it, and only then read again, so that output is as
 * prompt as input and memory does not grow.
 *
 * Descriptors that somebody else made non-blocking (a shared terminal or pipe) are waited for.
 */

/** Writes all of a stretch of memory, or throws. */
export type Write = (memory: Uint8Array, from: number, to: number) => void;

/** Something between input and output; it lends the memory into which input is read. */
export interface ByteFilter {
  readonly memory: Uint8Array;
  /** Where the next input goes. */
  readonly inputAt: number;
  /** How much of it is welcome; at least 1. */
  readonly inputRoom: number;
  /** Takes `length` bytes that now stand at `inputAt`, and writes what comes of them. */
  take(length: number, write: Write): void;
  /** The input has ended: writes what is still held back. */
  finish(write: Write): void;
}

/** What a filter needs of the system; each throws an error with a `code`, as SystemFailure. */
export interface FilterSystem {
  read(fd: number, memory: Uint8Array, offset: number, length: number): number;
  write(fd: number, memory: Uint8Array, offset: number, length: number): number;
  poll(fd: number, events: number, timeoutMs: number): number;
}

/** poll(2)'s own numbers, the same on every Unix. */
const POLLIN = 1;
const POLLOUT = 4;
const FOR_EVER = -1;

/**
 * Filters one descriptor into another until the end of input.
 *
 * @throws what reading and writing throw, except EAGAIN
 */
export function runFilter(
  system: FilterSystem,
  input: number,
  output: number,
  filter: ByteFilter,
): void {
  const write: Write = (memory, from, to) => {
    for (let at = from; at < to; ) {
      at += whenReady(system, output, POLLOUT, () => system.write(output, memory, at, to - at));
    }
  };
  for (;;) {
    const length = whenReady(system, input, POLLIN, () =>
      system.read(input, filter.memory, filter.inputAt, filter.inputRoom),
    );
    if (length === 0) break;
    filter.take(length, write);
  }
  filter.finish(write);
}

function whenReady(
  system: FilterSystem,
  fd: number,
  events: number,
  attempt: () => number,
): number {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (codeOf(error) !== "EAGAIN") throw error;
      system.poll(fd, events, FOR_EVER);
    }
  }
}

/** The errno name that an error carries. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}
