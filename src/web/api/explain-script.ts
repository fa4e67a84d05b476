/** What a service's logging script does, in words: those of multilog --check. */
import { checkScript } from "../../multilog/check.ts";
import { AT_CWD, ignoring, joined, type Posix, posixAt } from "../../posix/index.ts";
import { LOG_FOLDER, type LogStream } from "../tree/log-place.ts";
import type { ServiceView, Tree } from "../tree/types.ts";

const UNSEEN = ["ENOENT", "ENOTDIR", "EACCES"];

/** @returns no line where there is no script */
export function explainScript(
  posix: Posix,
  tree: Tree,
  { name, directory }: ServiceView,
  stream: LogStream,
): string[] {
  const words = tree.logScript(name, stream);
  if (words.length === 0) return [];
  const path = joined([directory, `/${LOG_FOLDER[stream]}`]);
  const dir = ignoring(UNSEEN, () => posix.openAt(AT_CWD, path, "directory"));
  if (dir === undefined) return [];
  try {
    const { explanation, mistakes } = checkScript(words, posixAt(posix, dir));
    return [...explanation, ...mistakes.map((mistake) => `mistake: ${mistake}`)];
  } finally {
    posix.close(dir);
  }
}
