/** The room's face for programs: lines of logs as async iterators. */

import { Readable } from "node:stream";
import split2 from "split2";
import { type Posix, posix as realPosix } from "../posix/index.ts";
import { LABEL_BYTES } from "../tai64/label.ts";
import { LocalClock } from "../tai64/local-time.ts";
import { daemontoolsStyle } from "../tai64/styles.ts";
import type { Place } from "./line-source.ts";
import { type Selection, textAt } from "./selection.ts";
import { type ReadOptions, Session, type Taker } from "./session.ts";
import { Targets } from "./targets.ts";

/** A line of a log. */
export interface LogLine {
  /** The log's name, as svlog shows it. */
  readonly source: string;
  /** Undefined for a line that has none. */
  readonly label: string | undefined;
  /** Nanoseconds since 1970: the line's, or those of the line before it that has a label; undefined before the first. */
  readonly unixNanos: bigint | undefined;
  /** What stands behind the label, without the newline; the reader's own. */
  readonly text: Buffer;
  /** Behind the line; undefined in compressed files. */
  readonly place: Place | undefined;
}

export interface LibraryOptions extends Omit<ReadOptions, "cursor"> {
  /** Where services are; `$SERVICE_DIR`, or /service. */
  readonly services?: string | undefined;
  /** Ends the following, when what stands there has been read. */
  readonly signal?: AbortSignal;
  /** The system; for tests. */
  readonly posix?: Posix;
}

const BATCH_LINES = 1024;

/**
 * The lines of some logs in the order of their times; those to come as well with `follow`.
 *
 * Reading goes on when the lines that were read have been taken.
 *
 * @param targets  services, log directories, files or patterns
 * @throws UnknownTarget, SystemFailure
 */
export async function* readLog(
  targets: string | readonly string[],
  options: LibraryOptions = {},
): AsyncGenerator<LogLine, void> {
  const exchange = new Exchange(options.around === undefined ? options.last : undefined);
  const session = openSession(targets, options, exchange);
  const running = run(session, exchange, targets, options).finally(() => exchange.close());
  running.catch(() => undefined);
  const stop = (): void => session.finish();
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    for (let batch = await exchange.next(); batch !== undefined; batch = await exchange.next())
      yield* batch;
    await running;
  } finally {
    options.signal?.removeEventListener("abort", stop);
    exchange.close();
    session.stop();
    await running.catch(() => undefined);
    session.close();
  }
}

/** Makes lines text, as tai64nlocal shows them. */
export function lineText(posix: Posix = realPosix): (line: LogLine) => Buffer {
  const clock = new LocalClock((at) => posix.localTime(at));
  return ({ label, unixNanos, text }) => {
    if (label === undefined || unixNanos === undefined) return text;
    const unixSeconds = unixNanos / BILLION;
    const local = clock.at(unixSeconds);
    const nanos = Number(unixNanos % BILLION);
    const time = local ? daemontoolsStyle.render({ unixSeconds, nanos, local }) : label;
    return Buffer.concat([Buffer.from(`${time} `), text]);
  };
}

/**
 * The same lines as text, with their times as tai64nlocal writes them: a stream of strings, one a line.
 */
export function textLines(
  targets: string | readonly string[],
  options: LibraryOptions = {},
): NodeJS.ReadableStream {
  const text = Readable.from(shownLines(targets, options), { objectMode: false });
  const lines = split2();
  text.on("error", (error) => lines.destroy(error));
  return text.pipe(lines);
}

async function* shownLines(
  targets: string | readonly string[],
  options: LibraryOptions,
): AsyncGenerator<Buffer, void> {
  const textOf = lineText(options.posix);
  for await (const line of readLog(targets, options)) yield Buffer.concat([textOf(line), NEWLINE]);
}

const NEWLINE = Buffer.from("\n");
const BILLION = 1_000_000_000n;

function openSession(
  targets: string | readonly string[],
  options: LibraryOptions,
  taker: Taker,
): Session {
  const posix = options.posix ?? realPosix;
  const session = new Session(posix, options, taker);
  const logs = findAll(targets, options);
  for (const log of logs) session.add(log, logs.length === 1);
  return session;
}

function findAll(
  targets: string | readonly string[],
  options: LibraryOptions,
): ReturnType<Targets["find"]> {
  const words = typeof targets === "string" ? [targets] : targets;
  const services = options.services ?? process.env["SERVICE_DIR"];
  return new Targets(options.posix ?? realPosix, services).find(words);
}

async function run(
  session: Session,
  exchange: Exchange,
  targets: string | readonly string[],
  options: LibraryOptions,
): Promise<void> {
  await session.readAll();
  exchange.letGo();
  await exchange.flush();
  if (options.follow) await session.follow(() => findAll(targets, options));
}

/** Batches of lines, handed from the one that reads to the one that takes. */
class Exchange implements Taker {
  private batch: LogLine[] = [];
  /** Of what there is at first only so many lines are given; undefined: all, or no longer. */
  private last: number | undefined;
  private handed: LogLine[] | undefined;
  private isClosed = false;
  private wakeTaker: (() => void) | undefined;
  private wakeReader: (() => void) | undefined;

  constructor(last: number | undefined) {
    this.last = last;
  }

  /** What comes from now on is given, whatever there was. */
  letGo(): void {
    if (this.last !== undefined) this.batch = this.last > 0 ? this.batch.slice(-this.last) : [];
    this.last = undefined;
  }

  get isFull(): boolean {
    if (this.last !== undefined) {
      if (this.batch.length > 2 * this.last + BATCH_LINES)
        this.batch = this.last > 0 ? this.batch.slice(-this.last) : [];
      return false;
    }
    return this.batch.length >= BATCH_LINES;
  }

  line(source: Selection): void {
    const { line, from, to, labelled, seconds, nanos } = source;
    const begin = labelled ? textAt(line, from, to) : from;
    this.batch.push({
      source: source.name,
      label: labelled ? line.toString("latin1", from, from + LABEL_BYTES) : undefined,
      unixNanos: Number.isFinite(seconds) ? BigInt(seconds) * BILLION + BigInt(nanos) : undefined,
      text: Buffer.from(line.subarray(begin, to)),
      place: source.placeNow(),
    });
  }

  /** Kept when the batch was taken, and the one before it was dealt with. */
  async flush(): Promise<void> {
    if (this.last !== undefined || this.batch.length === 0 || this.isClosed) return;
    this.handed = this.batch;
    this.batch = [];
    this.wakeTaker?.();
    await new Promise<void>((resolve) => {
      this.wakeReader = resolve;
    });
  }

  /** @returns undefined at the end */
  async next(): Promise<LogLine[] | undefined> {
    if (this.handed === undefined && !this.isClosed) {
      this.wakeReader?.();
      await new Promise<void>((resolve) => {
        this.wakeTaker = resolve;
        if (this.handed !== undefined || this.isClosed) resolve();
      });
    }
    const { handed } = this;
    this.handed = undefined;
    return handed;
  }

  close(): void {
    this.isClosed = true;
    this.wakeReader?.();
    this.wakeTaker?.();
  }
}
