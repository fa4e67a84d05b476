/**
 * Where logs are written while they are timed: in memory when there is room, so that no disk is
 * measured; on a disk where the disk is what counts.
 */
import fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { availableMemory } from "./usage.ts";

const TMPFS_MAGIC = 0x01021994;
/** As test programs say that they were skipped; scripts/bench.mjs knows it. */
const LEFT_OUT = 77;

export interface Place {
  readonly path: string;
  /** "tmpfs", or what else it is. */
  readonly kind: string;
}

export type Wanted = "memory" | "disk";

/** Makes a directory of its own that is removed when this process ends; ends it where there is no room. */
export function makePlace(name: string, neededBytes: number, wanted: Wanted): Place {
  const base = candidates(wanted).find((path) => hasRoom(path, neededBytes));
  if (base === undefined) leaveOut(name, neededBytes, wanted);
  const path = fs.mkdtempSync(join(base, `timberline-${name}-`));
  const remove = (): void => fs.rmSync(path, { recursive: true, force: true });
  process.on("exit", remove);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => process.exit(111));
  }
  return { path, kind: isTmpfs(path) ? "tmpfs" : "disk" };
}

function candidates(wanted: Wanted): string[] {
  if (wanted === "memory") return ["/dev/shm", tmpdir()];
  const project = dirname(fileURLToPath(new URL("../../package.json", import.meta.url)));
  return [tmpdir(), "/var/tmp", project].filter((path) => fs.existsSync(path) && !isTmpfs(path));
}

function leaveOut(name: string, neededBytes: number, wanted: Wanted): never {
  const megabytes = Math.ceil(neededBytes / 1e6);
  const places = candidates(wanted).join(", ") || "no directory here is on a disk";
  console.log(`\n${name}: left out, it needs ${megabytes} MB of room (${places})`);
  process.exit(LEFT_OUT);
}

function isTmpfs(path: string): boolean {
  return fs.statfsSync(path).type === TMPFS_MAGIC;
}

function hasRoom(path: string, neededBytes: number): boolean {
  try {
    fs.accessSync(path, fs.constants.W_OK);
    const { bavail, bsize } = fs.statfsSync(path);
    // What is written to tmpfs takes memory, however large it says that it is.
    const memory = isTmpfs(path) ? availableMemory() : Number.POSITIVE_INFINITY;
    return Math.min(bavail * bsize, memory) > neededBytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}
