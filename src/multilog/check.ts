/**
 * `multilog --check`: what a logging script will do, in plain words, and what is wrong with it.
 */
import { AT_CWD, Fatal, type Posix } from "../posix/index.ts";
import { WINDOW_BYTES } from "./cut.ts";
import { matchesNothing } from "./impossible.ts";
import { type Action, type LogdirSettings, parseScript, type Script } from "./script.ts";
import { stampOf } from "./stamp.ts";
import { plural, showDuration, showSize } from "./units.ts";

export interface Checked {
  /** What the script does, a line each. */
  readonly explanation: readonly string[];
  /** What is wrong with it; empty when nothing is. */
  readonly mistakes: readonly string[];
}

/** @param posix  is asked only whether two directory names lead to one directory */
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
      ...impossiblePatterns(script),
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

const shown = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes).toString();
  return /^[\x21-\x7e]+$/.test(text) && !/['"\\$*?`;&|<>()]/.test(text)
    ? text
    : JSON.stringify(text);
};

const STAMPS = {
  tai64n: "Each line gets a TAI64N label and a blank in front (read it with tai64nlocal).",
  unix: "Each line gets the time in front, as seconds and microseconds since 1970.",
  iso: "Each line gets the time in front, UTC, as 2001-07-09T23:09:44.848605500Z.",
  local: "Each line gets the local time in front, as 2001-07-09 23:09:44.848605500.",
} as const;

function explain(script: Script): string[] {
  const lines = [
    script.stamp === undefined
      ? "Lines are written as they come, without a time."
      : STAMPS[script.stamp],
  ];
  if (script.stamp !== undefined && script.actions.some((action) => "pattern" in action)) {
    lines.push("Patterns see the time as well: a pattern that is to skip it begins with `* `.");
  }
  let selection: string[] = [];
  for (const action of script.actions) {
    switch (action.kind) {
      case "select":
      case "deselect":
        selection = [...narrowed(selection, action), describePattern(action)];
        break;
      case "stderr":
        lines.push(`${who(selection)} to stderr, the first 200 bytes of each.`);
        break;
      case "status":
        lines.push(
          `${who(selection)} to the file ${shown(action.file)}: the last of them stands there, 1001 bytes.`,
        );
        break;
      case "logdir":
        lines.push(
          `${who(selection)} to the log directory ${shown(action.path)}:`,
          ...keeping(action.settings),
        );
    }
  }
  if (script.statsFile !== undefined) {
    lines.push(`The account of all this is kept in ${shown(script.statsFile)}, as JSON.`);
  }
  return lines;
}

type PatternAction = Extract<Action, { pattern: Uint8Array }>;

const isEverything = ({ pattern }: PatternAction): boolean =>
  Buffer.from(pattern).toString() === "*";

/** `-*` and `+*` make what was said before them meaningless. */
function narrowed(selection: string[], action: PatternAction): string[] {
  return isEverything(action) ? [] : selection;
}

function describePattern(action: PatternAction): string {
  const verb = action.kind === "select" ? "with" : "without";
  if (isEverything(action)) return `${verb} everything`;
  const kind = action.match === "fnmatch" ? " (fnmatch)" : "";
  return `${verb} ${shown(action.pattern)}${kind}`;
}

function who(selection: readonly string[]): string {
  const steps = selection[0] === "with everything" ? selection.slice(1) : selection;
  if (steps.length === 0) return "Every line goes";
  if (steps[0] === "without everything") {
    return steps.length === 1
      ? "No line goes"
      : `No line but those selected (${steps.slice(1).join(", then ")}) goes`;
  }
  return `Lines as selected (all, then ${steps.join(", then ")}) go`;
}

function keeping(settings: LogdirSettings): string[] {
  const nearly = Math.max(0, settings.sizeBytes - WINDOW_BYTES);
  const lines = [
    `  current is rotated at ${showSize(settings.sizeBytes)}: at the first line end from ${nearly} bytes on`,
    `  ${plural(settings.files, "file")} are kept, current among them: about ${showSize(settings.files * settings.sizeBytes)} in all`,
  ];
  const add = (text: string): void => void lines.push(`  ${text}`);
  if (settings.everySeconds !== undefined)
    add(`current is rotated every ${showDuration(settings.everySeconds)} as well`);
  if (settings.totalBytes !== undefined)
    add(`the oldest files go when all would exceed ${showSize(settings.totalBytes)}`);
  if (settings.ageSeconds !== undefined)
    add(`files go when they are older than ${showDuration(settings.ageSeconds)}`);
  if (settings.syncSeconds === 0)
    add("every line is on the disk (fsync) before it is taken from the input");
  else if (settings.syncSeconds !== undefined)
    add(`current goes to the disk (fsync) every ${showDuration(settings.syncSeconds)}`);
  if (settings.processor !== undefined) {
    add(
      `each finished file goes through ${shown(settings.processor)} (/bin/sh), while lines go on into the next`,
    );
  }
  add(`finished files are named @TIME.${Buffer.from(settings.suffix).toString()}`);
  return lines;
}

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
    if (found === null || /^[0-9]+$/.test(found[2] ?? "")) return [];
    const unit = found[1] === "s" ? "size in bytes" : "number of files";
    return [`${shown(word)} is read as a ${unit}, and its value is no number`];
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

function impossiblePatterns(script: Script): string[] {
  const stamp =
    script.stamp === undefined ? undefined : stampOf(script.stamp, () => undefined).prefix(0n);
  return script.actions.flatMap((action) => {
    if (!("pattern" in action)) return [];
    const reason = matchesNothing(action.pattern, action.match, stamp);
    const sign = action.kind === "select" ? "+" : "-";
    return reason === undefined
      ? []
      : [`${sign}${Buffer.from(action.pattern).toString()} can never match: ${reason}`];
  });
}

function sameDirectories(script: Script, posix: Posix): string[] {
  const seen = new Map<string, Uint8Array>();
  return script.actions.flatMap((action) => {
    if (action.kind !== "logdir") return [];
    const status = posix.statusAt(AT_CWD, action.path);
    const key = status === undefined ? normal(action.path) : `${status.device}:${status.inode}`;
    const first = seen.get(key);
    seen.set(key, action.path);
    return first === undefined
      ? []
      : [
          `${shown(action.path)} is the directory ${shown(first)} again: one multilog can hold it only once`,
        ];
  });
}

function normal(path: Uint8Array): string {
  return Buffer.from(path)
    .toString("latin1")
    .split("/")
    .filter((part, place) => part !== "." && (part !== "" || place === 0))
    .join("/");
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
