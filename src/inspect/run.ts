/** One run of svlog: what was asked for, put together from the parts of this room. */
import { isGlob } from "../posix/glob.ts";
import { Fatal, type Posix, SystemFailure, unableTo } from "../posix/index.ts";
import { LocalClock, universalTime } from "../tai64/local-time.ts";
import { daemontoolsStyle, isoStyle, type Style } from "../tai64/styles.ts";
import { CursorFile } from "./cursor-file.ts";
import { JsonShow } from "./json-show.ts";
import { UNIX_OFFSET } from "./label-key.ts";
import type { ReadOptions } from "./open-log.ts";
import type { Output } from "./output.ts";
import { copyPlainly } from "./plain-copy.ts";
import { Printer } from "./printer.ts";
import { daemontoolsTime } from "./producer.ts";
import { Session } from "./session.ts";
import { RawShow, type Show, type ShowOptions, TextShow } from "./show.ts";
import { type Log, type Targets, UnknownTarget } from "./targets.ts";

export interface RunOptions extends ReadOptions {
  readonly words: readonly Buffer[];
  readonly form: "text" | "raw" | "json";
  readonly utc: boolean;
  readonly iso: boolean;
  readonly colour: boolean;
  readonly cursorPath?: Buffer | undefined;
  /** Says something on standard error. */
  readonly say: (text: string) => void;
}

/** @returns whether all went well; what could be read was shown in any case */
export async function runSvlog(
  posix: Posix,
  options: RunOptions,
  targets: Targets,
  output: Output,
): Promise<boolean> {
  const run = new Run(posix, options, targets, output);
  try {
    return await run.all();
  } finally {
    run.close();
  }
}

class Run {
  private readonly options: RunOptions;
  private readonly targets: Targets;
  private readonly output: Output;
  private readonly clock: LocalClock;
  private readonly style: Style;
  private readonly session: Session;
  private readonly printer: Printer;
  private readonly logs: readonly Log[];
  private readonly unknown = new Set<string>();
  private clean = true;
  private readonly said = new Set<string>();

  constructor(posix: Posix, options: RunOptions, targets: Targets, output: Output) {
    this.options = options;
    this.targets = targets;
    this.output = output;
    this.clock = new LocalClock(options.utc ? universalTime : (at) => posix.localTime(at));
    this.style = options.iso || options.form === "json" ? isoStyle(options.utc) : daemontoolsStyle;
    this.logs = this.findLogs();
    this.printer = new Printer(output, this.makeShow(), options.last, options.around);
    const news = (text: string, isFault: boolean): void => this.tell(text, isFault);
    const cursor = openCursor(posix, options.cursorPath);
    this.session = new Session(posix, { ...options, cursor, news }, this.printer);
    for (const log of this.logs) this.session.add(log, this.logs.length === 1);
  }

  private makeShow(): Show {
    const { output, clock, style, options } = this;
    const several = this.logs.length > 1 || (options.follow === true && this.mayGrow);
    const how: ShowOptions = { output, clock, style, colour: options.colour, names: several };
    if (options.form === "raw") return new RawShow(how);
    return options.form === "json" ? new JsonShow(how) : new TextShow(how);
  }

  private get mayGrow(): boolean {
    const { words } = this.options;
    return words[0] === undefined || words.length > 1 || isGlob(words[0]);
  }

  /** What is not there is said once; the others are read. */
  private findLogs(): Log[] {
    const { words } = this.options;
    const asked = words.length === 0 ? [[]] : words.map((word) => [word]);
    return asked.flatMap((one) => {
      try {
        return this.targets.find(one);
      } catch (failure) {
        if (failure instanceof UnknownTarget) this.missing(failure.message);
        else if (failure instanceof SystemFailure)
          this.tell(unableTo(["read ", one[0] ?? "."], failure).toString(), true);
        else throw failure;
        return [];
      }
    });
  }

  private missing(message: string): void {
    if (this.unknown.has(message)) return;
    this.unknown.add(message);
    if (this.options.follow) this.tell(`${message}: waiting for it`, false);
    else this.tell(message, true);
  }

  private tell(text: string, isFault: boolean): void {
    if (isFault) this.clean = false;
    // What is tried again is said once; what happens again is said again.
    if (isFault && this.said.has(text)) return;
    if (isFault && this.said.size < MOST_SAID) this.said.add(text);
    this.options.say(text);
  }

  async all(): Promise<boolean> {
    const { session, printer, options, output } = this;
    if (this.isPlain) await this.copy();
    else {
      await session.readAll();
      printer.letGo();
    }
    output.flush();
    session.reached();
    if (options.follow) await session.follow(() => this.findLogs());
    printer.end();
    return this.clean;
  }

  /** Whether all bytes of one log are wanted as text. */
  private get isPlain(): boolean {
    const { range, last, around, follow, cursorPath, form, colour } = this.options;
    const whole = [last, around, cursorPath, range?.since, range?.until, range?.after].every(
      (one) => one === undefined,
    );
    return whole && !follow && !colour && form === "text" && this.session.takesOneWhole;
  }

  private async copy(): Promise<void> {
    const source = this.session.beginOnly();
    if (source === undefined) return;
    const { toUnix } = source;
    // The label's seconds as daemontools reads them, to what they are by its producer.
    const own = (at: bigint): bigint => BigInt(toUnix(Number(at) + UNIX_OFFSET));
    const isUsual = toUnix === daemontoolsTime;
    const clock = isUsual ? this.clock : new LocalClock((at) => this.clock.at(own(at)));
    await copyPlainly(source, this.output, this.style, clock);
  }

  close(): void {
    this.session.close();
  }
}

const MOST_SAID = 1000;

function openCursor(posix: Posix, path: Buffer | undefined): CursorFile | undefined {
  if (path === undefined) return undefined;
  try {
    return new CursorFile(posix, path);
  } catch (cause) {
    if (!(cause instanceof SystemFailure || cause instanceof SyntaxError)) throw cause;
    throw new Fatal(
      cause instanceof SystemFailure ? 111 : 100,
      unableTo(["read the cursor file ", path], cause),
    );
  }
}
