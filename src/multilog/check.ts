/**
 * `multilog --check`: what a logging script will do, in plain words (explain.ts), and what is wrong with it.
 */
import { Fatal, type Posix } from "../posix/index.ts";
import { sameDirectories, wrongPlaces } from "./check-places.ts";
import { explain, isNothing, narrowed, type PatternAction, shown } from "./explain.ts";
import { matchesNothing } from "./impossible.ts";
import {
  type Action,
  LARGEST_SIZE,
  MOST_FILES,
  parseScript,
  type Script,
  SMALLEST_SIZE,
} from "./script.ts";
import { stampOf } from "./stamp.ts";
import { scanNumber } from "./units.ts";

export interface Checked {
  /** What the script does, a line each. */
  readonly explanation: readonly string[];
  /** What is wrong with it; empty when nothing is. */
  readonly mistakes: readonly string[];
}

/** @param posix  is asked only what stands where the script leads */
export function checkScript(words: readonly Uint8Array[], posix: Posix): Checked {
  let script: Script;
  try {
    script = parseScript(words);
  } catch (failure) {
    if (!(failure instanceof Fatal)) throw failure;
    return { explanation: [], mistakes: [failure.message] };
  }
  return {
    explanation: explain(script),
    mistakes: [
      ...ignoredWords(script, words),
      ...clampedNumbers(words),
      ...uselessSettings(words, script),
      ...harmfulSettings(words),
      ...impossiblePatterns(script),
      ...emptySelections(script),
      ...misreadWords(words),
      ...wrongPlaces(script, posix),
      ...sameDirectories(script, posix),
      ...tightLimits(script),
      ...(script.actions.some(isDestination)
        ? []
        : ["no line goes anywhere: there is no directory, file or e"]),
    ],
  };
}

const isDestination = (action: Action): boolean =>
  action.kind !== "select" && action.kind !== "deselect";

function ignoredWords(script: Script, words: readonly Uint8Array[]): string[] {
  return script.ignored.map((place) => {
    const word = words[place] ?? new Uint8Array();
    const isStamp = word[0] === 0x74 || word[0] === 0x54;
    const text = Buffer.from(word).toString();
    if (isStamp) return `${shown(word)} does nothing here: t and T work as the first argument only`;
    if (/^[\w-]+\//.test(text))
      return `${shown(word)} is no directory to multilog: write ./${text}`;
    return `unknown action ${shown(word)}: it does nothing`;
  });
}

/** Numbers that are read otherwise than they look. */
function clampedNumbers(words: readonly Uint8Array[]): string[] {
  return words.flatMap((word) => {
    const text = Buffer.from(word).toString("latin1");
    const found = /^([sn])(.*)$/s.exec(text);
    if (found === null) return [];
    const [, letter = "", digits = ""] = found;
    const unit = letter === "s" ? "size in bytes" : "number of files";
    const [least, most] = letter === "s" ? [SMALLEST_SIZE, LARGEST_SIZE] : [2, MOST_FILES];
    const value = Math.min(most, Math.max(least, Number(scanNumber(digits))));
    if (!/^[0-9]+$/.test(digits))
      return [
        `${shown(word)} is read as ${letter}${value}, a ${unit}: what follows ${letter} is no number`,
      ];
    if (Number(digits) !== value)
      return [
        `${shown(word)} is read as ${letter}${value}: the ${unit} is from ${least} to ${most}`,
      ];
    return [];
  });
}

/** Settings behind the last directory, which apply to none. */
function uselessSettings(words: readonly Uint8Array[], script: Script): string[] {
  const isDirectory = (word: Uint8Array): boolean => word[0] === 0x2e || word[0] === 0x2f;
  const last = words.findLastIndex(isDirectory);
  if (last === -1) return [];
  return words.slice(last + 1).flatMap((word, place) => {
    const text = Buffer.from(word).toString("latin1");
    const isSetting = /^([sn!w]|:(total|age|every|sync)=)/.test(text);
    return isSetting && !script.ignored.includes(last + 1 + place)
      ? [`${shown(word)} does nothing: no directory comes behind it`]
      : [];
  });
}

/** Words whose first letter is an action, and that look like something else. */
function misreadWords(words: readonly Uint8Array[]): string[] {
  return words.flatMap((word, place) => {
    const text = Buffer.from(word).toString("latin1");
    if (/^e./s.test(text)) return [`${shown(word)} is read as e: selected lines go to stderr`];
    if (/^[tT]./s.test(text) && place === 0)
      return [
        `${shown(word)} is read as ${text.slice(0, 1)}: what follows the letter is passed over`,
      ];
    if (text === "=") return ["= names no file"];
    return [];
  });
}

/** Settings that do what nobody wants. */
function harmfulSettings(words: readonly Uint8Array[]): string[] {
  return words.flatMap((word) => {
    const text = Buffer.from(word).toString("latin1");
    if (/^!\s*$/.test(text))
      return [`${shown(word)} is a command that does nothing: every finished file would be empty`];
    if (/^w.*[/\0]/s.test(text))
      return [`${shown(word)} cannot be the end of a file's name: it holds a slash`];
    return [];
  });
}

/** Where no line can come. */
function emptySelections(script: Script): string[] {
  let selection: readonly PatternAction[] = [];
  return script.actions.flatMap((action) => {
    if ("pattern" in action) selection = narrowed(selection, action);
    if (!isDestination(action) || !isNothing(selection)) return [];
    const place =
      action.kind === "logdir"
        ? shown(action.path)
        : action.kind === "status"
          ? shown(action.file)
          : "stderr";
    return [`no line goes to ${place}: -* deselects every line, and nothing is selected behind it`];
  });
}

function impossiblePatterns(script: Script): string[] {
  const stamp =
    script.stamp === undefined ? undefined : stampOf(script.stamp, () => undefined).prefix(0n);
  return script.actions.flatMap((action) => {
    if (!("pattern" in action)) return [];
    const reason = matchesNothing(action.pattern, action.match, stamp);
    const sign = action.kind === "select" ? "+" : "-";
    return reason === undefined
      ? []
      : [`${printable(sign, action.pattern)} can never match: ${reason}`];
  });
}

/** A pattern as it was typed; quoted when it would break the line. */
function printable(sign: string, pattern: Uint8Array): string {
  const text = sign + Buffer.from(pattern).toString();
  return /\p{Cc}/u.test(text) ? JSON.stringify(text) : text;
}

function tightLimits(script: Script): string[] {
  return script.actions.flatMap((action) => {
    if (action.kind !== "logdir") return [];
    const { totalBytes, sizeBytes, ageSeconds, everySeconds } = action.settings;
    const mistakes: string[] = [];
    if (totalBytes !== undefined && totalBytes < 2 * sizeBytes) {
      mistakes.push(
        `${shown(action.path)}: :total=${totalBytes} leaves no room for an old file beside current (s${sizeBytes})`,
      );
    }
    if (ageSeconds !== undefined && everySeconds !== undefined && ageSeconds < everySeconds) {
      mistakes.push(
        `${shown(action.path)}: files would be too old (:age) before they are finished (:every)`,
      );
    }
    return mistakes;
  });
}
