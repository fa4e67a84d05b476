/**
 * The services that a service is started after, as its file `after` names them: directories beside its own.
 *
 * A cycle is looked for in the files of all that are waited for, by directory (device and inode) and not
 * by name: nobody in it would ever be started.
 */
import {
  AT_CWD,
  type Fd,
  joined,
  type Name,
  type Posix,
  SystemFailure,
  type Words,
} from "../posix/index.ts";
import { isReady, readState } from "./service-state.ts";
import { wordsOf } from "./settings.ts";
import { readSmall } from "./small-file.ts";
import { lastNameOf, parentOf } from "./state-news.ts";

/** Of a cycle that is longer, nothing is said; nor is a line of services that is. */
const LONGEST_CYCLE = 1000;

export interface Awaited {
  /** As `after` has it. */
  readonly name: Buffer;
  /** From the working directory. */
  readonly directory: Buffer;
  /** Why it will not come to be up by itself, unless somebody does something. */
  readonly trouble: string | undefined;
}

/** @returns those of the named services that are not up, or not ready where they tell */
export function findAwaited(posix: Posix, directory: Name, names: readonly Buffer[]): Awaited[] {
  return names.flatMap((name) => {
    const other = besides(directory, name);
    const trouble = look(posix, other, (dir) => (isReady(readState(posix, dir)) ? "up" : ""));
    if (trouble === "up") return [];
    return [{ name, directory: other, trouble: trouble === "" ? undefined : trouble }];
  });
}

/**
 * Whether a service waits for itself.
 *
 * @returns the names of those in the cycle, itself at both ends
 */
export function findCycle(
  posix: Posix,
  directory: Name,
  names: readonly Buffer[],
): Words | undefined {
  const own = identityOf(posix, directory);
  const seen = new Set<string>();
  const search = (
    at: Name,
    after: readonly Buffer[],
    path: readonly Buffer[],
  ): Words | undefined => {
    if (path.length > LONGEST_CYCLE) return undefined;
    for (const name of after) {
      const other = besides(at, name);
      const identity = identityOf(posix, other);
      if (identity === undefined) continue;
      if (identity === own) return [...path, lastNameOf(directory)];
      if (seen.has(identity)) continue;
      seen.add(identity);
      const found = search(other, afterOf(posix, other), [...path, name]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return own === undefined ? undefined : search(directory, names, [lastNameOf(directory)]);
}

/** The directory that a service means by a name. */
function besides(directory: Name, name: Buffer): Buffer {
  return joined([parentOf(directory), "/", name]);
}

function afterOf(posix: Posix, directory: Name): Buffer[] {
  let names: Buffer[] = [];
  look(posix, directory, (dir) => {
    names = wordsOf(readSmall(posix, dir, "after")?.toString("latin1") ?? "");
    return "";
  });
  return names;
}

function identityOf(posix: Posix, directory: Name): string | undefined {
  let identity: string | undefined;
  look(posix, directory, (dir) => {
    const { device, inode } = posix.status(dir);
    identity = `${device}:${inode}`;
    return "";
  });
  return identity;
}

/** @returns what `tell` says of the directory, or why it cannot be looked at */
function look(posix: Posix, directory: Name, tell: (dir: Fd) => string): string {
  try {
    const dir = posix.openAt(AT_CWD, directory, "directory");
    try {
      return tell(dir);
    } finally {
      posix.close(dir);
    }
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    return failure.text;
  }
}
