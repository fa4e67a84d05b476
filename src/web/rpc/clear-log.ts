/**
 * Clearing a log without hurting who writes it: it is rotated, and the archives that there are then are removed.
 * Where nobody writes it, all of its files are.
 *
 * Lines that are written meanwhile may stay or go; none that is written later goes.
 */
import { isArchive } from "../../multilog/archive.ts";
import { AT_CWD, type Fd, ignoring, type Posix } from "../../posix/index.ts";
import { RpcFault } from "./faults.ts";

/** How long a logger may take: a processor may run at each rotation. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 20;
/** What a log consists of while it is written, beside its archives. */
const UNFINISHED = ["current", "previous", "processed"];

/**
 * @param directories  log directories of one service
 * @param rotate  asks for a rotation of all of them. @throws RpcFault
 * @throws RpcFault FAILED when a logger does not rotate; SystemFailure
 */
export async function clearLogs(
  posix: Posix,
  directories: readonly string[],
  rotate: () => Promise<void>,
): Promise<void> {
  const dirs = directories.flatMap((directory) => {
    const dir = ignoring(["ENOENT"], () => posix.openAt(AT_CWD, directory, "directory"));
    return dir === undefined ? [] : [dir];
  });
  try {
    const written = dirs.filter((dir) => !clearUnwritten(posix, dir));
    const full = written.filter((dir) => (posix.statusAt(dir, "current")?.sizeBytes ?? 0) > 0);
    const before = full.map((dir) => inodeOf(posix, dir));
    if (full.length > 0) await rotate();
    const deadlineMs = posix.monotonicMs() + PATIENCE_MS;
    for (const [at, dir] of full.entries()) await rotated(posix, dir, before[at], deadlineMs);
    for (const dir of written) removeFrom(posix, dir, isArchive);
  } finally {
    for (const dir of dirs) posix.close(dir);
  }
}

/** @returns false where somebody writes there; else all of it is gone */
function clearUnwritten(posix: Posix, dir: Fd): boolean {
  const lock = ignoring(["ENOENT"], () => posix.openAt(dir, "lock", "read"));
  if (lock === undefined) return false;
  try {
    if (!posix.lock(lock)) return false;
    const isUnfinished = (name: Buffer): boolean => UNFINISHED.includes(name.toString("latin1"));
    removeFrom(posix, dir, (name) => isArchive(name) || isUnfinished(name));
    posix.unlock(lock);
    return true;
  } finally {
    posix.close(lock);
  }
}

function removeFrom(posix: Posix, dir: Fd, isIt: (name: Buffer) => boolean): void {
  for (const name of posix.list(dir).filter(isIt))
    ignoring(["ENOENT"], () => posix.unlinkAt(dir, name));
}

function inodeOf(posix: Posix, dir: Fd): number | undefined {
  return posix.statusAt(dir, "current")?.inode;
}

async function rotated(
  posix: Posix,
  dir: Fd,
  before: number | undefined,
  deadlineMs: number,
): Promise<void> {
  for (;;) {
    const now = inodeOf(posix, dir);
    const isOver = posix.statusAt(dir, "previous") === undefined;
    if (now !== undefined && now !== before && isOver) return;
    if (posix.monotonicMs() > deadlineMs)
      throw new RpcFault("FAILED", "its logger has not rotated the log: nothing was removed");
    await posix.sleep(LOOK_MS);
  }
}
