/**
 * What a service directory says beside `run`: files of one number, signal or name each, read whenever
 * they are needed. One that cannot be used is warned about, once, and counts as absent.
 *
 * @see spec of s6, servicedir; `max-deaths` and `backoff` are ours
 */
import {
  type Fd,
  firstLine,
  joined,
  type Name,
  type Posix,
  unableTo,
  type Words,
} from "../posix/index.ts";
import { signalName, signalNumber } from "../posix/signals.ts";
import { readSmall } from "./small-file.ts";

const FINISH_MS = 5000;
const BACKOFF_MS = 60_000;
const REMEMBERED_DEATHS = 100;
const MOST_REMEMBERED_DEATHS = 4096;
/** A path that is longer is none. */
const MOST_PATH_BYTES = 512;
const MS_PER_SECOND = 1000;
/** What setTimeout can wait. */
const MOST_MS = 2 ** 31 - 1;

export class Settings {
  private readonly posix: Posix;
  private readonly dir: Fd;
  private readonly name: Name;
  private readonly tell: (words: Words) => void;
  /** What was said of each file, until it can be used or is gone. */
  private readonly told = new Map<string, string>();

  /**
   * @param dir  the service directory, called `name` in messages
   * @param warn  is given what to say, without `warning: `
   */
  constructor(posix: Posix, dir: Fd, name: Name, warn: (words: Words) => void) {
    this.posix = posix;
    this.dir = dir;
    this.name = name;
    this.tell = warn;
  }

  /** What `d` sends first. */
  get downSignal(): NodeJS.Signals {
    const text = this.firstLine("down-signal");
    if (text === undefined) return "SIGTERM";
    const name = parseSignal(text);
    if (name !== undefined) return this.usable("down-signal", name);
    this.invalid("down-signal", "a signal's name or number");
    return "SIGTERM";
  }

  /** How long `run` may take to end after `d`; undefined: for ever. */
  get killAfterMs(): number | undefined {
    return this.time("timeout-kill") || undefined;
  }

  /** How long `finish` may take; undefined: for ever. */
  get finishMs(): number | undefined {
    return (this.time("timeout-finish") ?? FINISH_MS) || undefined;
  }

  /** The descriptor on which the service says that it is ready. */
  get notificationFd(): Fd | undefined {
    return this.number("notification-fd", { least: 1, most: 2 ** 20 });
  }

  /** The descriptor on which the service holds its own lock. */
  get lockFd(): Fd | undefined {
    const fd = this.number("lock-fd", { least: 1, most: 2 ** 20 });
    if (fd === undefined || fd !== this.notificationFd) return fd;
    this.invalid("lock-fd", "another number than that of notification-fd");
    return undefined;
  }

  /** The longest delay of a service that keeps dying; undefined: it is not delayed. An empty file: a minute. */
  get backoffMs(): number | undefined {
    return this.firstLine("backoff") === "" ? BACKOFF_MS : this.time("backoff");
  }

  /** After how many deaths in a row the service is given up. */
  get mostDeaths(): number | undefined {
    return this.number("max-deaths", { least: 1 });
  }

  /** How long `run` has to live to count as started; undefined: however short it was, it was. */
  get startMs(): number | undefined {
    const seconds = this.number("start-seconds");
    if (seconds === undefined) return undefined;
    return Math.min(seconds * MS_PER_SECOND, MOST_MS);
  }

  /** How often in a row a start that failed is tried again. */
  get startRetries(): number | undefined {
    return this.number("start-retries");
  }

  /** The exit codes with which the service has done what it is there for; undefined: it never has. */
  get exitCodes(): ReadonlySet<number> | "any" | undefined {
    const text = this.firstLine("exit-codes");
    if (text === undefined || text === "any") return text;
    const codes = text.split(/[ ,\t]+/).filter((word) => word !== "");
    if (codes.every((code) => /^[0-9]{1,3}$/.test(code))) return new Set(codes.map(Number));
    this.invalid("exit-codes", "exit codes with blanks between them, or any");
    return undefined;
  }

  /** Which signals go to the process group that `run` leads: `kill` KILL alone, `all` also what asks it to stop. */
  get killGroup(): "kill" | "all" | undefined {
    const text = this.firstLine("kill-group");
    if (text === undefined || text === "kill") return text;
    if (text === "" || text === "all") return "all";
    this.invalid("kill-group", "all or kill");
    return undefined;
  }

  /** After which time alive a death does not belong to those before it. */
  get goodRunMs(): number {
    return this.backoffMs ?? BACKOFF_MS;
  }

  /** How many deaths are kept. */
  get rememberedDeaths(): number {
    const asked = this.number("max-death-tally") ?? REMEMBERED_DEATHS;
    return Math.min(asked, MOST_REMEMBERED_DEATHS);
  }

  /** The pid file of a `run` that puts itself into the background; relative to the service directory. */
  get pidFile(): Buffer | undefined {
    const path = this.firstLine("pidfile");
    if (path === undefined) return undefined;
    if (path !== "" && path.length < MOST_PATH_BYTES)
      return this.usable("pidfile", Buffer.from(path, "latin1"));
    this.invalid("pidfile", "the path of a pid file");
    return undefined;
  }

  /** The services that are to be up before this one is started, as `after` names them. */
  get after(): readonly Buffer[] {
    return wordsOf(this.text("after") ?? "");
  }

  /** Whether the others are to stop when it has ended. */
  get isEssential(): boolean {
    return this.firstLine("essential") !== undefined;
  }

  private time(name: string): number | undefined {
    const ms = this.number(name);
    return ms === undefined ? undefined : Math.min(ms, MOST_MS);
  }

  private number(
    name: string,
    { least = 0, most = Number.MAX_SAFE_INTEGER }: { least?: number; most?: number } = {},
  ): number | undefined {
    const text = this.firstLine(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^[0-9]+$/.test(text) && value >= least && value <= most) return this.usable(name, value);
    this.invalid(name, least === 0 ? "a number" : `a number from ${least} on`);
    return undefined;
  }

  private firstLine(name: string): string | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : firstLine(text);
  }

  private text(name: string): string | undefined {
    try {
      const text = readSmall(this.posix, this.dir, name)?.toString("latin1");
      if (text === undefined) this.told.delete(name);
      return text;
    } catch (failure) {
      this.warn(name, unableTo(["read ", this.name, `/${name}`], failure));
      return undefined;
    }
  }

  /** What may be said of the file is news again. */
  private usable<T>(name: string, value: T): T {
    this.told.delete(name);
    return value;
  }

  private invalid(name: string, wanted: string): void {
    const words = [`invalid ${name} in `, this.name, `: write ${wanted} into its first line`];
    this.warn(name, joined(words));
  }

  private warn(name: string, line: Buffer): void {
    const text = line.toString("latin1");
    if (this.told.get(name) !== text) this.tell([line]);
    this.told.set(name, text);
  }
}

/** Names in a file: any number in a line; what stands behind `#` is none. */
export function wordsOf(text: string): Buffer[] {
  const lines = text.split("\n").map((line) => line.replace(/#.*/, ""));
  const words = lines.flatMap((line) => line.split(/[ \t\r]+/)).filter((word) => word !== "");
  return words.map((word) => Buffer.from(word, "latin1"));
}

/** A signal by number, or by name with or without SIG, in any case. */
function parseSignal(text: string): NodeJS.Signals | undefined {
  const upper = text.toUpperCase();
  const name = upper.startsWith("SIG") ? upper : `SIG${upper}`;
  if (signalNumber(name) !== 0) return name as NodeJS.Signals;
  return /^[0-9]+$/.test(text) ? signalName(Number(text)) : undefined;
}
