/**
 * The logging script: one action per argument, evaluated from left to right.
 *
 * Everything up to `:` actions is multilog 0.76 and encore 1.11 (multilog.8; spec of each action in
 * docs/multilog.md). Settings are sticky: each applies to the log directories behind it.
 */
import { Fatal, joined } from "../posix/index.ts";
import { parseDuration, parseSize, scanNumber } from "./units.ts";

export type StampStyle = "tai64n" | "unix" | "iso" | "local";
export type MatchStyle = "simple" | "fnmatch";

/** How one log directory is kept. */
export interface LogdirSettings {
  /** `s`: where `current` is rotated, 4096 to 2147483647. */
  readonly sizeBytes: number;
  /** `n`: files in all, `current` among them, at least 2. */
  readonly files: number;
  /** `!`: a command for /bin/sh that each finished file goes through. */
  readonly processor: Uint8Array | undefined;
  /** `w`: what stands behind the dot of a finished file's name. */
  readonly suffix: Uint8Array;
  /** `:total`: most bytes that the directory may hold. */
  readonly totalBytes: number | undefined;
  /** `:age`: seconds after which a finished file is removed. */
  readonly ageSeconds: number | undefined;
  /** `:every`: rotate at every multiple of so many seconds of local time. */
  readonly everySeconds: number | undefined;
  /** `:sync`: seconds between fsyncs of `current`; 0 is before every consumption. */
  readonly syncSeconds: number | undefined;
}

export type Action =
  | {
      readonly kind: "select" | "deselect";
      readonly pattern: Uint8Array;
      readonly match: MatchStyle;
    }
  | { readonly kind: "stderr" }
  | { readonly kind: "status"; readonly file: Uint8Array }
  | { readonly kind: "logdir"; readonly path: Uint8Array; readonly settings: LogdirSettings };

export interface Script {
  readonly stamp: StampStyle | undefined;
  readonly actions: readonly Action[];
  /** `:stats`: where the account is written. */
  readonly statsFile: Uint8Array | undefined;
  /** Arguments that mean nothing and are passed over, as 0.76 does, by their place (from 0). */
  readonly ignored: readonly number[];
}

export const SMALLEST_SIZE = 4096;
export const LARGEST_SIZE = 2_147_483_647;
export const DEFAULT_SIZE = 99_999;
export const DEFAULT_FILES = 10;
export const MOST_FILES: number = 2 ** 31 - 1;

const DEFAULTS: LogdirSettings = {
  sizeBytes: DEFAULT_SIZE,
  files: DEFAULT_FILES,
  processor: undefined,
  suffix: Buffer.from("s"),
  totalBytes: undefined,
  ageSeconds: undefined,
  everySeconds: undefined,
  syncSeconds: undefined,
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What the scan from left to right carries along. */
interface Scan {
  settings: LogdirSettings;
  match: MatchStyle;
  script: Mutable<Script> & { actions: Action[]; ignored: number[] };
}

/**
 * Reads a logging script.
 *
 * @param words  one action each, bytes as given on the command line
 * @throws Fatal, exit code 100, for a `:` action that is unknown, misplaced or has a bad value
 */
export function parseScript(words: readonly Uint8Array[]): Script {
  const script = { stamp: undefined, actions: [], statsFile: undefined, ignored: [] };
  const scan: Scan = { settings: DEFAULTS, match: "simple", script };
  for (const [place, word] of words.entries()) readWord(scan, word, place);
  return scan.script;
}

function readWord(scan: Scan, word: Uint8Array, place: number): void {
  const rest = word.subarray(1);
  const { script } = scan;
  switch (String.fromCharCode(word[0] ?? 0)) {
    case "t":
    case "T":
      if (place === 0) script.stamp = word[0] === 0x74 ? "tai64n" : "unix";
      else script.ignored.push(place);
      return;
    case "+":
      script.actions.push({ kind: "select", pattern: rest, match: scan.match });
      return;
    case "-":
      script.actions.push({ kind: "deselect", pattern: rest, match: scan.match });
      return;
    case "F":
      scan.match = "fnmatch";
      return;
    case "S":
      scan.match = "simple";
      return;
    case "e":
      script.actions.push({ kind: "stderr" });
      return;
    case "=":
      script.actions.push({ kind: "status", file: rest });
      return;
    case "s":
      scan.settings = { ...scan.settings, sizeBytes: clamp(rest, SMALLEST_SIZE, LARGEST_SIZE) };
      return;
    case "n":
      scan.settings = { ...scan.settings, files: clamp(rest, 2, MOST_FILES) };
      return;
    case "!":
      scan.settings = { ...scan.settings, processor: rest };
      return;
    case "w":
      scan.settings = { ...scan.settings, suffix: rest };
      return;
    case ".":
    case "/":
      script.actions.push({ kind: "logdir", path: word, settings: scan.settings });
      return;
    case ":":
      readNewAction(scan, word);
      return;
    default:
      script.ignored.push(place);
  }
}

function clamp(digits: Uint8Array, least: number, most: number): number {
  const value = scanNumber(Buffer.from(digits).toString("latin1"));
  return Number(
    value < BigInt(least) ? BigInt(least) : value > BigInt(most) ? BigInt(most) : value,
  );
}

const NEW_ACTIONS: Readonly<Record<string, (scan: Scan, value: Uint8Array) => boolean>> = {
  total: (scan, value) => setNumber(scan, "totalBytes", parseSize(text(value)), value),
  age: (scan, value) => setNumber(scan, "ageSeconds", parseDuration(text(value)), value),
  every: (scan, value) => setNumber(scan, "everySeconds", parseDuration(text(value)), value),
  sync: (scan, value) =>
    setNumber(
      scan,
      "syncSeconds",
      text(value) === "always" ? 0 : parseDuration(text(value)),
      value,
    ),
  stamp: (scan, value) => {
    const style = text(value);
    if (style !== "iso" && style !== "local") return false;
    if (scan.script.stamp !== undefined) throw misplaced(":stamp", "the lines are stamped already");
    if (scan.script.actions.length > 0) {
      throw misplaced(":stamp", "put it before the first pattern, file or directory");
    }
    scan.script.stamp = style;
    return true;
  },
  stats: (scan, value) => {
    if (value.length === 0) return false;
    if (scan.script.statsFile !== undefined)
      throw misplaced(":stats", "one file holds the account");
    scan.script.statsFile = value;
    return true;
  },
};

type NumberSetting = "totalBytes" | "ageSeconds" | "everySeconds" | "syncSeconds";

/** `none` switches a setting off again for the directories behind it. */
function setNumber(
  scan: Scan,
  key: NumberSetting,
  parsed: number | undefined,
  value: Uint8Array,
): boolean {
  if (parsed === undefined && text(value) !== "none") return false;
  scan.settings = { ...scan.settings, [key]: parsed };
  return true;
}

function readNewAction(scan: Scan, word: Uint8Array): void {
  const equals = word.indexOf(0x3d);
  const name = text(word.subarray(1, equals === -1 ? word.length : equals));
  const action = Object.hasOwn(NEW_ACTIONS, name) ? NEW_ACTIONS[name] : undefined;
  if (action === undefined) {
    const known = Object.keys(NEW_ACTIONS).map((key) => `:${key}`);
    throw new Fatal(100, joined(["unknown action ", word, `: it is one of ${known.join(" ")}`]));
  }
  if (equals === -1 || !action(scan, word.subarray(equals + 1))) {
    throw new Fatal(100, joined(["bad value in ", word, `: ${EXPECTED[name] ?? ""}`]));
  }
}

const SIZE = "a number of bytes above 0, with k, m or g behind it if you like, or none";
const DURATION = "a number of seconds above 0, or with s, m, h or d behind it, or none";
const EXPECTED: Readonly<Record<string, string>> = {
  total: SIZE,
  age: DURATION,
  every: DURATION,
  sync: `always, ${DURATION}`,
  stamp: "iso or local",
  stats: "the name of a file",
};

function misplaced(name: string, cure: string): Fatal {
  return new Fatal(100, joined([`misplaced action ${name}: ${cure}`]));
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
