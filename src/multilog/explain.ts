/**
 * What a logging script does, in plain words.
 */
import { WINDOW_BYTES } from "./cut.ts";
import type { Action, LogdirSettings, Script } from "./script.ts";
import { plural, showDuration, showSize } from "./units.ts";

export const shown = (bytes: Uint8Array): string => {
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

export function explain(script: Script): string[] {
  const lines = [
    script.stamp === undefined
      ? "Lines are written as they come, without a time."
      : STAMPS[script.stamp],
  ];
  if (script.stamp !== undefined && script.actions.some((action) => "pattern" in action)) {
    lines.push(
      "Patterns are held against the time as well; a pattern that begins with `* ` skips it.",
    );
  }
  let selection: readonly PatternAction[] = [];
  for (const action of script.actions) {
    switch (action.kind) {
      case "select":
      case "deselect":
        selection = narrowed(selection, action);
        break;
      case "stderr":
        lines.push(`${who(selection)} to stderr, the first 200 bytes of each.`);
        break;
      case "status":
        lines.push(
          `${who(selection)} to the file ${shown(action.file)}, which holds the last of them alone (1000 bytes of it).`,
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

export type PatternAction = Extract<Action, { pattern: Uint8Array }>;

const isEverything = ({ pattern }: PatternAction): boolean =>
  Buffer.from(pattern).toString() === "*";

/** `-*` and `+*` make what was said before them meaningless; `+*` says nothing itself. */
export function narrowed(
  selection: readonly PatternAction[],
  action: PatternAction,
): readonly PatternAction[] {
  if (!isEverything(action)) return [...selection, action];
  return action.kind === "select" ? [] : [action];
}

export function isNothing(selection: readonly PatternAction[]): boolean {
  const [first, ...others] = selection;
  return (
    first !== undefined && first.kind === "deselect" && isEverything(first) && others.length === 0
  );
}

/** Which lines, as the beginning of a sentence: `Every line goes`. */
function who(selection: readonly PatternAction[]): string {
  if (selection.length === 0) return "Every line goes";
  if (isNothing(selection)) return "No line goes";
  const [first, ...others] = selection as [PatternAction, ...PatternAction[]];
  const fromNothing = first.kind === "deselect" && isEverything(first);
  const steps = fromNothing ? others : selection;
  const wanted = fromNothing ? "select" : "deselect";
  if (steps.every(({ kind }) => kind === wanted)) {
    const patterns = steps.map(showPattern).join(" or ");
    return `Lines that ${fromNothing ? "match" : "do not match"} ${patterns} go`;
  }
  const story = steps.map(
    (step) => `${step.kind === "select" ? "with" : "without"} ${showPattern(step)}`,
  );
  return `Lines as selected (${fromNothing ? "none" : "all"}, then ${story.join(", then ")}) go`;
}

function showPattern({ pattern, match }: PatternAction): string {
  return `${shown(pattern)}${match === "fnmatch" ? " (fnmatch)" : ""}`;
}

function keeping(settings: LogdirSettings): string[] {
  const nearly = Math.max(0, settings.sizeBytes - WINDOW_BYTES);
  const lines = [
    `  current is rotated at ${settings.sizeBytes} bytes (${showSize(settings.sizeBytes)}): at the first line end from byte ${nearly} on`,
    `  ${plural(settings.files, "file")} are kept, current among them: at most ${showSize(settings.files * settings.sizeBytes)} in all`,
  ];
  const add = (text: string): void => void lines.push(`  ${text}`);
  if (settings.everySeconds !== undefined)
    add(
      `current is rotated every ${showDuration(settings.everySeconds).replace(/^1 /, "")} as well`,
    );
  if (settings.totalBytes !== undefined)
    add(`the oldest files go when all would exceed ${showSize(settings.totalBytes)}`);
  if (settings.ageSeconds !== undefined)
    add(`files go when they are older than ${showDuration(settings.ageSeconds)}`);
  if (settings.syncSeconds === 0)
    add("every line is on the disk (fsync) before it is taken from the input");
  else if (settings.syncSeconds !== undefined)
    add(
      `current goes to the disk (fsync) every ${showDuration(settings.syncSeconds).replace(/^1 /, "")}`,
    );
  if (settings.processor !== undefined) {
    add(
      `each finished file goes through ${shown(settings.processor)} (/bin/sh), while lines go on into the next`,
    );
  }
  add(`finished files are named @TIME.${Buffer.from(settings.suffix).toString()}`);
  return lines;
}
