/** News of the directories of logs; without inotify every log is looked at each time. */
import { DirectoryWatch, type Posix, SystemFailure } from "../posix/index.ts";
import type { Log } from "./targets.ts";

/** How long is waited where nothing tells of news. */
const BLIND_MS = 25;
const SLASH = 0x2f;

export class Watching {
  private readonly posix: Posix;
  private readonly directories: DirectoryWatch | undefined;
  private readonly numbers = new Map<Log, number | undefined>();
  private readonly blindMs: number;

  /** @param looksMs  look so often, and let nothing be told; undefined: where it can be, be told */
  constructor(posix: Posix, looksMs: number | undefined) {
    this.posix = posix;
    this.blindMs = looksMs ?? BLIND_MS;
    if (looksMs !== undefined) return;
    try {
      this.directories = new DirectoryWatch();
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
    }
  }

  add(log: Log): void {
    const path = log.kind === "file" ? directoryOf(log.path) : log.path;
    this.numbers.set(log, this.directories?.add(path));
  }

  /** Takes the news; answers whether a log may have some. */
  take(): (log: Log) => boolean {
    const told = new Set<number>();
    this.directories?.take((number) => told.add(number));
    return (log) => {
      const number = this.numbers.get(log);
      return number === undefined || told.has(number) || told.has(-1);
    };
  }

  /** Ends a wait. */
  wake(): void {
    this.directories?.wake();
  }

  async wait(timeoutMs: number): Promise<void> {
    const isBlind = [...this.numbers.values()].includes(undefined);
    const patienceMs = isBlind ? this.blindMs : timeoutMs;
    if (this.directories === undefined) await this.posix.sleep(patienceMs);
    else await this.directories.wait(patienceMs);
  }

  close(): void {
    this.directories?.close();
  }
}

function directoryOf(path: Buffer): Buffer {
  const slash = path.lastIndexOf(SLASH);
  return slash < 0 ? Buffer.from(".") : path.subarray(0, slash + 1);
}
