/** News of directories, where the system tells them. */
import { DirectoryWatch, type Name, unlessRefused } from "../posix/index.ts";

/** A wait without news; then another one begins. */
const WAIT_MS = 3_600_000;

type Listener = () => void;

export class DirectoryNews {
  private readonly watch: DirectoryWatch;
  private readonly listeners = new Map<number, Set<Listener>>();
  private isClosed = false;

  /** @param watch  closed by `close` */
  constructor(watch: DirectoryWatch) {
    this.watch = watch;
    void this.hear();
  }

  get isIdle(): boolean {
    return this.listeners.size === 0;
  }

  /**
   * Listens for names that come, go or change in the first of some directories that is there.
   *
   * @returns what `remove` wants to know; undefined where none can be watched
   */
  add(places: readonly Name[], listener: Listener): number | undefined {
    for (const place of places) {
      const number = this.watch.add(place);
      if (number === undefined) continue;
      this.listeners.set(number, (this.listeners.get(number) ?? new Set()).add(listener));
      return number;
    }
    return undefined;
  }

  remove(number: number | undefined, listener: Listener): void {
    const listeners = number === undefined ? undefined : this.listeners.get(number);
    listeners?.delete(listener);
    if (number === undefined || listeners?.size !== 0) return;
    this.listeners.delete(number);
    this.watch.remove(number);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.watch.close();
  }

  private async hear(): Promise<void> {
    while (!this.isClosed) {
      await this.watch.wait(WAIT_MS);
      if (!this.isClosed) for (const tell of this.told()) tell();
    }
  }

  private told(): Set<Listener> {
    const told = new Set<Listener>();
    const add = (some: Iterable<Listener> = []): void => {
      for (const one of some) told.add(one);
    };
    this.watch.take((number) => {
      if (number !== -1) add(this.listeners.get(number));
      else for (const some of this.listeners.values()) add(some);
    });
    return told;
  }
}

/** @returns undefined where there is none to be had: then directories are looked at from time to time */
export function openWatch(): DirectoryWatch | undefined {
  return unlessRefused(() => new DirectoryWatch());
}
