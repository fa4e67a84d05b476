/**
 * The pipe between a service and its logger: a new one, or, where an earlier svscan was killed and the
 * service goes on, the one that it writes into, so that what stands there is read.
 */
import {
  AT_CWD,
  type Fd,
  ignoring,
  joined,
  type Name,
  type Posix,
  unlessRefused,
} from "../posix/index.ts";
import { findLeftover } from "./leftover.ts";
import { readSmall } from "./small-file.ts";
import { decodeStatus } from "./status.ts";

const STDIN = 0;
/** It has ended meanwhile, or is not ours to look into. */
const NOT_HAD = ["ENOENT", "ESRCH", "EACCES", "EPERM", "ENXIO"];

/** What a pipe is for. */
interface Use {
  /** The service's descriptor that leads into it. */
  readonly fd: Fd;
  /** Where its logger is. */
  readonly folder: string;
}

/** @throws SystemFailure when there is no pipe to be had */
export function openLogPipe(
  posix: Posix,
  service: Name,
  use: Use,
): readonly [readEnd: Fd, writeEnd: Fd] {
  const run = findProcess(posix, service);
  return (run === 0 ? undefined : openLeft(posix, run, service, use)) ?? posix.lastingPipe();
}

/** Only a pipe that a svscan made: what a service puts between itself and its children is its own. */
function openLeft(
  posix: Posix,
  run: number,
  service: Name,
  { fd, folder }: Use,
): [Fd, Fd] | undefined {
  const written = posix.pipeOf(run, fd);
  if (written === undefined) return undefined;
  const isOurs = written.lasts || written.inode === readByLogger(posix, service, folder);
  return isOurs ? ignoring(NOT_HAD, () => posix.openPipe(run, fd)) : undefined;
}

/** Of the C svscan's pipes, the logger that was left has the other end. */
function readByLogger(posix: Posix, service: Name, folder: string): number | undefined {
  const logger = findProcess(posix, joined([service, `/${folder}`]));
  return logger === 0 ? undefined : posix.pipeOf(logger, STDIN)?.inode;
}

/** @returns the process of a service that was left; 0: none */
function findProcess(posix: Posix, service: Name): number {
  const found = unlessRefused(() => {
    const status = readSmall(posix, AT_CWD, joined([service, "/supervise/status"]));
    return findLeftover(posix, status && decodeStatus(status));
  });
  return found?.pid ?? 0;
}
