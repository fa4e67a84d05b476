/**
 * News of the states of services: of whatever changes in their `supervise/`, and in directories where
 * that is still to come.
 *
 * One inotify descriptor for the whole process while somebody listens, as a user has few of them. Where
 * there is none, nothing is ever told: whoever waits looks now and then all the same.
 */
import { joined, type Name } from "../posix/index.ts";
import { DirectoryNews, openWatch } from "./directory-news.ts";

let shared: DirectoryNews | undefined;

/**
 * Tells of changes from now on.
 *
 * @param directories  service directories, as they are reached from the working directory
 * @param onNews  is called once for whatever comes at once
 * @returns what ends it
 */
export function onStateNews(directories: readonly Name[], onNews: () => void): () => void {
  if (shared === undefined) {
    const watch = openWatch();
    if (watch === undefined) return () => undefined;
    shared = new DirectoryNews(watch);
  }
  const news = shared;
  const numbers = directories.map((directory) => news.add(placesOf(directory), onNews));
  return () => {
    for (const number of numbers) news.remove(number, onNews);
    if (!news.isIdle) return;
    news.close();
    if (shared === news) shared = undefined;
  };
}

/** Where its state comes from, or the nearest place in which that will be made. */
function placesOf(directory: Name): Name[] {
  return [joined([directory, "/supervise"]), directory, parentOf(directory)];
}

const SLASH = 0x2f;
const DOTS = new Set([".", ".."]);

/** The directory in which a directory has the name that it is called by. */
export function parentOf(directory: Name): Buffer {
  const name = withoutSlashes(Buffer.from(directory as Uint8Array));
  const slash = name.lastIndexOf(SLASH);
  if (DOTS.has(name.subarray(slash + 1).toString("latin1"))) return joined([name, "/.."]);
  if (slash === -1) return Buffer.from(".");
  return slash === 0 ? Buffer.from("/") : name.subarray(0, slash);
}

/** Its last name. */
export function lastNameOf(directory: Name): Buffer {
  const name = withoutSlashes(Buffer.from(directory as Uint8Array));
  return name.subarray(name.lastIndexOf(SLASH) + 1);
}

function withoutSlashes(name: Buffer): Buffer {
  let end = name.length;
  while (end > 1 && name[end - 1] === SLASH) end--;
  return name.subarray(0, end);
}
