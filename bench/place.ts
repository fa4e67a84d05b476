/** Where logs are written while they are timed: in memory when there is room, so that no disk is measured. */
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TMPFS_MAGIC = 0x01021994;

export interface Place {
  readonly path: string;
  /** "tmpfs", or what else it is. */
  readonly kind: string;
}

/** Makes a directory of its own that is removed when this process ends. */
export function makePlace(name: string, neededBytes: number): Place {
  const base = ["/dev/shm", tmpdir()].find((path) => hasRoom(path, neededBytes));
  if (base === undefined) throw new Error(`${neededBytes} bytes fit neither /dev/shm nor tmpdir`);
  const path = fs.mkdtempSync(join(base, `timberline-${name}-`));
  const remove = (): void => fs.rmSync(path, { recursive: true, force: true });
  process.on("exit", remove);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => process.exit(111));
  }
  return { path, kind: fs.statfsSync(path).type === TMPFS_MAGIC ? "tmpfs" : "disk" };
}

function hasRoom(path: string, neededBytes: number): boolean {
  try {
    fs.accessSync(path, fs.constants.W_OK);
    const { bavail, bsize } = fs.statfsSync(path);
    return bavail * bsize > neededBytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}
