/** The room's face for programs: lines of logs as async iterators. */

import { Readable } from "node:stream";
import split2 from "split2";
import { type Posix, posix as realPosix } from "../posix/index.ts";
import { LocalClock } from "../tai64/local-time.ts";
import { daemontoolsStyle } from "../tai64/styles.ts";
import { Exchange, type LogLine } from "./exchange.ts";
import type { ReadOptions } from "./open-log.ts";
import { Session, type Taker } from "./session.ts";
import { Targets } from "./targets.ts";

/** Names; bytes where they are no UTF-8. */
type Words = string | Uint8Array | readonly (string | Uint8Array)[];

export interface LibraryOptions extends Omit<ReadOptions, "cursor"> {
  /** Where services are; `$SERVICE_DIR`, or /service. */
  readonly services?: string | Uint8Array | undefined;
  /** Ends the following, when what stands there has been read. */
  readonly signal?: AbortSignal;
  /** Ends the reading at its next step, whatever is still to be read. */
  readonly cancel?: AbortSignal;
  /** The system; for tests. */
  readonly posix?: Posix;
}

/**
 * The lines of some logs in the order of their times; those to come as well with `follow`.
 *
 * Reading goes on when the lines that were read have been taken.
 *
 * @param targets  services, log directories, files or patterns
 * @throws UnknownTarget, SystemFailure
 */
export async function* readLog(
  targets: Words,
  options: LibraryOptions = {},
): AsyncGenerator<LogLine, void> {
  const exchange = new Exchange(options.last, options.around, options.mostHeldBytes);
  const session = openSession(targets, options, exchange);
  const running = run(session, exchange, targets, options).finally(() => exchange.close());
  running.catch(() => undefined);
  const stop = (): void => session.finish();
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener("abort", stop, { once: true });
  const cancel = (): void => {
    exchange.close();
    session.stop();
    session.finish();
  };
  if (options.cancel?.aborted) cancel();
  options.cancel?.addEventListener("abort", cancel, { once: true });
  try {
    for (let batch = await exchange.next(); batch !== undefined; batch = await exchange.next())
      yield* batch;
    await running;
  } finally {
    options.signal?.removeEventListener("abort", stop);
    options.cancel?.removeEventListener("abort", cancel);
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
export function textLines(targets: Words, options: LibraryOptions = {}): NodeJS.ReadableStream {
  const text = Readable.from(shownLines(targets, options), { objectMode: false });
  const lines = split2();
  text.on("error", (error) => lines.destroy(error));
  return text.pipe(lines);
}

async function* shownLines(targets: Words, options: LibraryOptions): AsyncGenerator<Buffer, void> {
  const textOf = lineText(options.posix);
  for await (const line of readLog(targets, options)) yield Buffer.concat([textOf(line), NEWLINE]);
}

const NEWLINE = Buffer.from("\n");
const BILLION = 1_000_000_000n;

function openSession(targets: Words, options: LibraryOptions, taker: Taker): Session {
  const posix = options.posix ?? realPosix;
  const session = new Session(posix, options, taker);
  const logs = findAll(targets, options);
  for (const log of logs) session.add(log, logs.length === 1);
  return session;
}

function findAll(targets: Words, options: LibraryOptions): ReturnType<Targets["find"]> {
  const words = typeof targets === "string" || targets instanceof Uint8Array ? [targets] : targets;
  const services = options.services ?? process.env["SERVICE_DIR"];
  return new Targets(options.posix ?? realPosix, services).find(words);
}

async function run(
  session: Session,
  exchange: Exchange,
  targets: Words,
  options: LibraryOptions,
): Promise<void> {
  await session.readAll();
  exchange.letGo();
  await exchange.flush();
  if (options.follow) await session.follow(() => findAll(targets, options));
}
