/**
 * A logging script as it is tried out: the same work, in a directory of its own.
 *
 * What it would do elsewhere is left out: processors, which may do anything, and `e`.
 */
import { parseScript } from "../multilog/script.ts";
import { USAGE } from "../posix/exit-codes.ts";
import { Fatal } from "../posix/message.ts";

export interface TrialScript {
  /** Its words, with every path below the working directory. */
  readonly words: readonly string[];
  /** The same, and no file of a log is ever removed. */
  readonly keepingWords: readonly string[];
  /** Where its lines go; relative to the working directory, as in the words. */
  readonly logdirs: readonly string[];
  /** Words that are not tried. */
  readonly leftOut: readonly string[];
  /** Where the first directory rotates. */
  readonly fileBytes: number;
}

/** @throws Fatal when it is no script, or writes into no directory */
export function makeTrialScript(words: readonly Buffer[]): TrialScript {
  const logdirs: string[] = [];
  const leftOut: string[] = [];
  const kept = words.map(String).flatMap((word, place) => {
    if (/^[./]/.test(word)) {
      logdirs.push(`./log${logdirs.length}`);
      return logdirs.slice(-1);
    }
    if (word.startsWith("=")) return [`=./status${place}`];
    if (word.startsWith(":stats=")) return [`:stats=./stats${place}`];
    if (!/^[!we]/.test(word)) return [word];
    leftOut.push(word);
    return [];
  });
  const { actions } = parseScript(kept.map((word) => Buffer.from(word)));
  const first = actions.find((action) => action.kind === "logdir");
  if (first === undefined) throw new Fatal(USAGE, Buffer.from(noDirectory(words)));
  const { sizeBytes: fileBytes } = first.settings;
  return { words: kept, keepingWords: keeping(kept), logdirs, leftOut, fileBytes };
}

function noDirectory(words: readonly Buffer[]): string {
  const script = words.map(String).join(" ");
  return `"${script}" names no log directory: add one, as in: t s1000000 n10 ./main`;
}

/** `t` works as the first word only. */
function keeping(words: readonly string[]): string[] {
  const stamp = /^[tT]/.test(words[0] ?? "") ? 1 : 0;
  const others = words.slice(stamp).filter((word) => !/^(n|:total=|:age=)/.test(word));
  return [...words.slice(0, stamp), "n2147483647", ...others];
}
