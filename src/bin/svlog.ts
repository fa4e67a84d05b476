/** svlog: finds, follows and shows lines of logs. */
import type { Command } from "commander";
import type { Bound, Range } from "../inspect/bound.ts";
import { Output, ReaderGone } from "../inspect/output.ts";
import type { Producer } from "../inspect/producer.ts";
import { type RunOptions, runSvlog } from "../inspect/run.ts";
import { Targets } from "../inspect/targets.ts";
import { parseTime, TimeError } from "../inspect/time-words.ts";
import { clock } from "../posix/clock.ts";
import {
  argumentBytes,
  Fatal,
  leave,
  ownFault,
  posix,
  restoreEnvironment,
  SystemFailure,
  say,
  unableTo,
} from "../posix/index.ts";
import { isTerminal } from "../posix/terminal.ts";
import { universalTime } from "../tai64/local-time.ts";
import { makeCommand, type SvlogOptions } from "./common/svlog-options.ts";

const NAME = "svlog";
const STDOUT = 1;
const STDERR = 2;
const FAULT = 1;
const USAGE = 100;
const SYSTEM_TROUBLE = 111;
const OWN_FAULT = 101;
const DEFAULT_LINES = 20;
const manifest = new URL("../../../package.json", import.meta.url);

// The pager's, the time zone's and the services': the launcher has kept them from Node.
restoreEnvironment();
void main(argumentBytes()).then(leave);

async function main(words: readonly Buffer[]): Promise<number> {
  try {
    const { patterns, others } = takePatterns(words);
    const command = makeCommand(manifest);
    command.parse(others.map(String), { from: "user" });
    return await run(command, patterns);
  } catch (failure) {
    return explain(failure);
  }
}

function explain(failure: unknown): number {
  // As when the reader of a filter goes: there is nothing left to say to it.
  if (failure instanceof ReaderGone) return 0;
  if (failure instanceof Fatal) {
    say(NAME, ["fatal: ", failure.line]);
    return failure.exitCode;
  }
  if (failure instanceof TimeError) {
    say(NAME, ["fatal: ", failure.message]);
    return USAGE;
  }
  if (failure instanceof SystemFailure) {
    say(NAME, ["fatal: ", unableTo(["go on"], failure)]);
    return SYSTEM_TROUBLE;
  }
  say(NAME, ["fatal: ", ownFault(failure)]);
  return OWN_FAULT;
}

/**
 * Patterns of a logging script among the words: `+…` and `-*…` anywhere, every `-…` behind `--`.
 * No other option begins so.
 */
function takePatterns(words: readonly Buffer[]): { patterns: Buffer[]; others: Buffer[] } {
  const end = words.findIndex((word) => String(word) === "--");
  const isPattern = (word: Buffer, index: number): boolean =>
    /^(?:\+|-\*)/.test(String(word)) || (end >= 0 && index > end && word[0] === 0x2d);
  return {
    patterns: words.filter(isPattern),
    others: words.filter((word, index) => !isPattern(word, index)),
  };
}

async function run(command: Command, patterns: readonly Buffer[]): Promise<number> {
  const options = command.opts<SvlogOptions>();
  const targets = new Targets(posix, process.env["SERVICE_DIR"]);
  if (options.stats || options.verify) {
    const { examine } = await import("../inspect/examine.ts");
    const output = new Output(posix, STDOUT);
    return (await examine(posix, options, command.args, targets, output, warn)) ? 0 : FAULT;
  }
  const pager = options.pager ? await openPager() : undefined;
  const output = new Output(posix, pager?.fd ?? STDOUT);
  try {
    const wanted = runOptions(options, command.args, patterns, pager !== undefined);
    return (await runSvlog(posix, wanted, targets, output)) ? 0 : FAULT;
  } finally {
    await pager?.close();
  }
}

function runOptions(
  options: SvlogOptions,
  words: readonly string[],
  patterns: readonly Uint8Array[],
  isPaged: boolean,
): RunOptions {
  const time = (text: string | undefined): Bound | undefined =>
    text === undefined
      ? undefined
      : parseTime(text, clock.now(), options.utc ? universalTime : (at) => clock.localTime(at));
  const around = time(options.at);
  const range = rangeOf(options, time);
  const { grep, all, cursorFile } = options;
  checkGrep(options);
  const selects =
    [grep, range.since, range.until, range.after, cursorFile].some((one) => one !== undefined) ||
    patterns.length > 0;
  const usual = all || (selects && around === undefined) ? undefined : DEFAULT_LINES;
  const context = options.context ?? 0;
  const isSeen = isPaged || isTerminal(STDOUT);
  const colour = options.color ?? (isSeen && !process.env["NO_COLOR"]);
  return {
    words,
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
    cursorPath: cursorFile,
    say: warn,
    ...(grep === undefined
      ? {}
      : { grep: { pattern: grep, ignoreCase: options.ignoreCase ?? false } }),
  };
}

function rangeOf(
  { since, until, cursor, at }: SvlogOptions,
  time: (text: string | undefined) => Bound | undefined,
): Range {
  const [from, to, after] = [time(since), time(until), time(cursor)];
  if (at !== undefined && (from ?? to ?? after) !== undefined)
    throw new Fatal(USAGE, Buffer.from("--at goes without --since, --until and --cursor"));
  if (after !== undefined && after.kind !== "label")
    throw new Fatal(USAGE, Buffer.from(`--cursor takes a label, and "${cursor}" is none`));
  const isBefore =
    from?.kind === to?.kind &&
    from !== undefined &&
    to !== undefined &&
    (to.seconds < from.seconds || (to.seconds === from.seconds && to.nanos < from.nanos));
  if (isBefore)
    throw new Fatal(
      USAGE,
      Buffer.from(`--until ${until} is before --since ${since}: no time is between them`),
    );
  return {
    ...(from === undefined ? {} : { since: from }),
    ...(to === undefined ? {} : { until: to }),
    ...(after === undefined ? {} : { after }),
  };
}

function checkGrep({ grep, ignoreCase, invertMatch, after, before, context }: SvlogOptions): void {
  if (grep === undefined) {
    if ((ignoreCase ?? invertMatch ?? after ?? before ?? context) !== undefined)
      throw new Fatal(USAGE, Buffer.from("-i, -v, -A, -B and -C go with --grep"));
    return;
  }
  try {
    RegExp(grep, /\\[pP]\{|\\u\{/.test(grep) ? "u" : "");
  } catch (cause) {
    throw new Fatal(USAGE, unableTo(["understand the search"], cause));
  }
}

/** Starts `$PAGER`, or less, on a pipe. */
async function openPager(): Promise<{ fd: number; close: () => Promise<void> }> {
  const [readEnd, fd] = posix.pipe();
  const program = process.env["PAGER"] || "less -R";
  const ended = posix.spawn("/bin/sh", ["sh", "-c", program], {
    descriptors: [readEnd, STDOUT, STDERR],
  });
  posix.close(readEnd);
  return {
    fd,
    close: async () => {
      posix.close(fd);
      await ended;
    },
  };
}

function warn(text: string): void {
  say(NAME, ["warning: ", text]);
}
