/** What svlog is asked for, from its options. */
import type { Bound, Range } from "../../inspect/bound.ts";
import type { Producer } from "../../inspect/producer.ts";
import type { RunOptions } from "../../inspect/run.ts";
import { parseTime } from "../../inspect/time-words.ts";
import { clock } from "../../posix/clock.ts";
import { Fatal, USAGE, unableTo } from "../../posix/index.ts";
import { isTerminal } from "../../posix/terminal.ts";
import { universalTime } from "../../tai64/local-time.ts";
import type { SvlogOptions } from "./svlog-options.ts";
import { bytesOf, type SortedWords, textOf } from "./svlog-words.ts";

const STDOUT = 1;
const DEFAULT_LINES = 20;

/** @throws Fatal, TimeError */
export function wantedBy(
  options: SvlogOptions,
  { targets, patterns }: SortedWords,
  isPaged: boolean,
): Omit<RunOptions, "say"> {
  const zone = options.utc ? universalTime : (at: bigint) => clock.localTime(at);
  const time = (word: string | undefined): Bound | undefined =>
    word === undefined ? undefined : parseTime(textOf(word), clock.now(), zone);
  const around = time(options.at);
  const range = rangeOf(options, time);
  const { all, cursorFile, context = 0 } = options;
  const grep = options.grep === undefined ? undefined : textOf(options.grep);
  checkGrep(options, grep);
  const selects =
    [grep, range.since, range.until, range.after, cursorFile].some((one) => one !== undefined) ||
    patterns.length > 0;
  const usual = all || (selects && around === undefined) ? undefined : DEFAULT_LINES;
  const isSeen = isPaged || isTerminal(STDOUT);
  const colour = options.color ?? (isSeen && !process.env["NO_COLOR"]);
  return {
    words: targets,
    patterns,
    range,
    around,
    last: options.lines ?? usual,
    producer: options.producer as Producer,
    follow: options.follow ?? false,
    form: options.json ? "json" : options.raw ? "raw" : "text",
    utc: options.utc ?? false,
    iso: options.iso ?? false,
    colour: colour && !options.json && !options.raw,
    invert: options.invertMatch ?? false,
    before: options.before ?? context,
    after: options.after ?? context,
    cursorPath: cursorFile === undefined ? undefined : bytesOf(cursorFile),
    ...(grep === undefined
      ? {}
      : { grep: { pattern: grep, ignoreCase: options.ignoreCase ?? false } }),
  };
}

function rangeOf(
  { since, until, cursor, at }: SvlogOptions,
  time: (word: string | undefined) => Bound | undefined,
): Range {
  const [from, to, after] = [time(since), time(until), time(cursor)];
  if (at !== undefined && (from ?? to ?? after) !== undefined)
    throw usage("--at goes without --since, --until and --cursor");
  if (after !== undefined && after.kind !== "label")
    throw usage(`--cursor takes a label, and "${textOf(cursor ?? "")}" is none`);
  const isBefore =
    from?.kind === to?.kind &&
    from !== undefined &&
    to !== undefined &&
    (to.seconds < from.seconds || (to.seconds === from.seconds && to.nanos < from.nanos));
  if (isBefore)
    throw usage(
      `--until ${textOf(until ?? "")} is before --since ${textOf(since ?? "")}: no time is between them`,
    );
  return {
    ...(from === undefined ? {} : { since: from }),
    ...(to === undefined ? {} : { until: to }),
    ...(after === undefined ? {} : { after }),
  };
}

function checkGrep(options: SvlogOptions, grep: string | undefined): void {
  const { ignoreCase, invertMatch, after, before, context } = options;
  if (grep === undefined) {
    if ((ignoreCase ?? invertMatch ?? after ?? before ?? context) !== undefined)
      throw usage("-i, -v, -A, -B and -C go with --grep");
    return;
  }
  try {
    RegExp(grep, /\\[pP]\{|\\u\{/.test(grep) ? "u" : "");
  } catch (cause) {
    throw new Fatal(USAGE, unableTo(["understand the search"], cause));
  }
}

function usage(text: string): Fatal {
  return new Fatal(USAGE, Buffer.from(text));
}
