/**
 * Which archives go when a file is finished: too many (`n`), too large in all (`:total`), too old (`:age`).
 *
 * The oldest go first, by name; a file that cannot be removed is said once and passed over, and the
 * next one goes in its place.
 */
import { ignoring, type Posix, SystemFailure, unableTo } from "../posix/index.ts";
import { toUnixNanos } from "../tai64/instant.ts";
import { readLabel } from "../tai64/label.ts";
import { countArchives, listArchives } from "./archive.ts";
import type { Place } from "./place.ts";
import type { LogdirSettings } from "./script.ts";
import { NANOS_PER_SECOND } from "./stamp.ts";

export interface Pruning {
  readonly removed: readonly Buffer[];
  /** What could not be removed, and why. */
  readonly stuck: readonly { readonly name: Buffer; readonly failure: SystemFailure }[];
}

/**
 * Removes the archives that the settings no longer allow.
 *
 * @param now  wall clock, nanoseconds since 1970
 * @param rest  bytes that the directory holds or soon will beside its archives
 * @throws SystemFailure when the directory cannot be read
 */
export function prune(
  posix: Posix,
  directory: number,
  settings: LogdirSettings,
  now: bigint,
  rest: number,
): Pruning {
  const { files, totalBytes, ageSeconds } = settings;
  const isCounted = totalBytes === undefined && ageSeconds === undefined;
  // The usual case, and a cheap one: there are not too many.
  if (isCounted && countArchives(posix, directory) < files) return { removed: [], stuck: [] };
  const archives = listArchives(posix, directory);
  const sizes = settings.totalBytes === undefined ? [] : sizesOf(posix, directory, archives);
  let held = rest + sizes.reduce((sum, size) => sum + size, 0);
  let count = archives.length;
  const removed: Buffer[] = [];
  const stuck: { name: Buffer; failure: SystemFailure }[] = [];
  for (const [place, name] of archives.entries()) {
    const tooMany = count >= settings.files;
    const tooLarge = settings.totalBytes !== undefined && held > settings.totalBytes;
    if (!tooMany && !tooLarge && !isTooOld(name, settings.ageSeconds, now)) break;
    try {
      ignoring(["ENOENT"], () => posix.unlinkAt(directory, name));
      removed.push(name);
      count--;
      held -= sizes[place] ?? 0;
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      stuck.push({ name, failure });
    }
  }
  return { removed, stuck };
}

function sizesOf(posix: Posix, directory: number, names: readonly Buffer[]): number[] {
  return names.map((name) => posix.statusAt(directory, name)?.sizeBytes ?? 0);
}

function isTooOld(name: Buffer, ageSeconds: number | undefined, now: bigint): boolean {
  if (ageSeconds === undefined) return false;
  const label = readLabel(name);
  return label !== undefined && toUnixNanos(label) < now - BigInt(ageSeconds) * NANOS_PER_SECOND;
}

/** Removes the archives that are not to be kept, and says which could not be removed. */
export function pruneAndSay({ posix, directory, settings, warn, path, told }: Place): void {
  // `current` will grow to its size; the total is kept then too.
  const { stuck } = prune(posix, directory, settings, posix.now(), settings.sizeBytes);
  for (const { name, failure } of stuck) {
    const key = name.toString("latin1");
    if (told.has(key)) continue;
    told.add(key);
    warn(unableTo(["remove ", path, "/", name, ", keeping it"], failure));
  }
}
