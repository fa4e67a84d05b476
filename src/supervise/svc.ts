/**
 * Writing commands into `supervise/control`.
 *
 * @see daemontools 0.76, svc.c
 */
import {
  AT_CWD,
  joined,
  type Name,
  O_NONBLOCK,
  type Posix,
  SystemFailure,
  unableTo,
  type Words,
} from "../posix/index.ts";
import { hostedBy } from "./hosted-log.ts";
import type { Visits } from "./visits.ts";

/** What a log that svscan writes itself can be told: to rotate. And modifiers, which mean nothing to it. */
const FOR_HOSTED = Buffer.from("a+=l");

const ALARM = 0x61;
const CONTROL = "supervise/control";
const CAUSES: Readonly<Record<string, string>> = {
  ENXIO: "supervise not running",
  EAGAIN: "its supervisor reads no commands: too many wait already",
};

/** Why commands did not reach a service. */
export interface Unreached {
  /** Without `warning: `. */
  readonly line: Buffer;
  /** No supervisor is there, as opposed to a system that refuses. */
  readonly isAbsent: boolean;
}

/**
 * Writes commands to the supervisor of one directory; waits where its FIFO is full.
 *
 * @returns undefined when they were written
 * @throws Fatal when there is no way back from the directory
 */
export function sendCommands(
  visits: Visits,
  directory: Buffer,
  bytes: Uint8Array,
): Unreached | undefined {
  const service = hostedBy(visits.posix, directory);
  if (service !== undefined) return sendToHosted(visits, { directory, service }, bytes);
  try {
    return visits.in(directory, () =>
      writeTo(visits.posix, { directory, control: CONTROL }, bytes),
    );
  } catch (failure) {
    return unreached(["chdir to ", directory], failure);
  }
}

/**
 * The same for a program with a life of its own: its working directory stays, and it never waits. As
 * few bytes as these go into a FIFO all or not at all.
 *
 * @param directory  a service, from the working directory; not a log that svscan writes itself
 */
export function sendNow(posix: Posix, directory: Buffer, bytes: Uint8Array): Unreached | undefined {
  const control = joined([directory, `/${CONTROL}`]);
  return writeTo(posix, { directory, control, neverWaits: true }, bytes);
}

/** Through the supervisor of its service, which svscan is. */
function sendToHosted(
  visits: Visits,
  { directory, service }: { readonly directory: Buffer; readonly service: Buffer },
  bytes: Uint8Array,
): Unreached | undefined {
  const isKnown = bytes.every((byte) => FOR_HOSTED.includes(byte));
  if (isKnown)
    return sendCommands(
      visits,
      service,
      Buffer.concat([Buffer.from("L"), bytes.filter((byte) => byte === ALARM)]),
    );
  const why = ": svscan writes it, and all that it can be told is to rotate (svc -a)";
  return { line: joined(["unable to control ", directory, why]), isAbsent: false };
}

interface Address {
  readonly directory: Name;
  /** Its FIFO, from the working directory. */
  readonly control: Name;
  /** Nothing is written where the FIFO is full. */
  readonly neverWaits?: true;
}

function writeTo(
  posix: Posix,
  { directory, control, neverWaits }: Address,
  bytes: Uint8Array,
): Unreached | undefined {
  let step: Words = ["unable to control ", directory];
  try {
    const fd = posix.openAt(AT_CWD, control, "write");
    try {
      step = ["error writing commands to ", directory];
      if (!neverWaits) posix.setStatusFlags(fd, posix.getStatusFlags(fd) & ~O_NONBLOCK);
      if (bytes.length > 0) posix.write(fd, bytes, 0, bytes.length);
    } finally {
      posix.close(fd);
    }
    return undefined;
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    const isAbsent = failure.code === "ENXIO" || failure.code === "ENOENT";
    const cause = CAUSES[failure.code] ?? failure.text;
    return { line: joined([...step, ": ", cause]), isAbsent };
  }
}

function unreached(words: Words, failure: unknown): Unreached {
  if (!(failure instanceof SystemFailure)) throw failure;
  return { line: unableTo(words, failure), isAbsent: failure.code === "ENOENT" };
}
