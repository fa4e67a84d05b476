/** What a service's logging script does, in words: those of multilog --check. */
import { checkScript } from "../../multilog/check.ts";
import {
  AT_CWD,
  causeText,
  joined,
  type Posix,
  posixAt,
  SystemFailure,
} from "../../posix/index.ts";
import { LOG_FOLDER, type LogStream, scriptWords } from "../tree/log-place.ts";
import type { ServiceView } from "../tree/types.ts";

const ABSENT = ["ENOENT", "ENOTDIR"];

/** @returns no line where there is no script */
export function explainScript(
  posix: Posix,
  { directory }: ServiceView,
  stream: LogStream,
): string[] {
  try {
    return explained(posix, joined([directory, `/${LOG_FOLDER[stream]}`]));
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    if (ABSENT.includes(failure.code)) return [];
    return [`mistake: the script cannot be read: ${causeText(failure)}`];
  }
}

/** @throws SystemFailure */
function explained(posix: Posix, folder: Buffer): string[] {
  const words = scriptWords(posix, folder);
  if (words.length === 0) return [];
  const dir = posix.openAt(AT_CWD, folder, "directory");
  try {
    const { explanation, mistakes } = checkScript(words, posixAt(posix, dir));
    return [...explanation, ...mistakes.map((mistake) => `mistake: ${mistake}`)];
  } finally {
    posix.close(dir);
  }
}
