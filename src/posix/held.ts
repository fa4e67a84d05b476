/**
 * The descriptors that a thread holds, noted where the process sees it: what a lost thread leaves behind, locks among
 * it, can be closed by that.
 */
import { ignoring } from "./failure.ts";
import type { Fd, Posix } from "./types.ts";

/** More than a thread will hold; those beyond are not closed when it is lost. */
const NOTED_DESCRIPTORS = 1 << 16;

/** Shared: byte n is 1 while the thread holds descriptor n. */
export type Held = Uint8Array;

/** To be given to a thread at its start. */
export function makeHeld(): Held {
  return new Uint8Array(new SharedArrayBuffer(NOTED_DESCRIPTORS));
}

/** The system as the thread is to see it: what is opened and closed by way of it is noted. */
export function noting(system: Posix, held: Held): Posix {
  const note = (fd: Fd): Fd => {
    held[fd] = 1;
    return fd;
  };
  return {
    ...system,
    openAt: (...given) => note(system.openAt(...given)),
    pipe: () => {
      const [readEnd, writeEnd] = system.pipe();
      return [note(readEnd), note(writeEnd)];
    },
    close: (fd) => {
      held[fd] = 0;
      system.close(fd);
    },
  };
}

/** Closes all that is noted: the thread is no more. */
export function closeHeld(system: Pick<Posix, "close">, held: Held): void {
  for (let fd: Fd = held.indexOf(1); fd !== -1; fd = held.indexOf(1, fd + 1))
    ignoring(["EBADF", "EIO"], () => system.close(fd));
}
