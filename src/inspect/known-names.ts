/**
 * Which names in a log directory are new. They ascend, unless a clock was set back: what was not there at
 * the last look is new then, wherever it stands.
 */
import { archiveNames, type Listing } from "./listing.ts";

/** Of more old names than this none is looked at, unless the clock was seen to be set back. */
const MOST_OLD_NAMES = 5000;

export class KnownNames {
  /** The newest archive at the last look. */
  newest: Buffer | undefined;
  private known = new Set<string>();
  private isStepped = false;
  private isLarge = false;

  /** Archives that were not there at the last look; those behind a clock that was set back come last. */
  fresh(listing: Listing): Buffer[] {
    const isFresh = (name: Buffer): boolean => !this.known.has(name.toString("latin1"));
    const newer = listing.names.filter(isFresh);
    if (this.leavesOut(listing)) return newer;
    const setBack = archiveNames(listing.older.filter(isFresh));
    this.isStepped ||= setBack.length > 0;
    return [...newer, ...setBack];
  }

  remember(listing: Listing): void {
    const { names, older } = listing;
    this.newest = names.at(-1) ?? this.newest;
    const all = this.leavesOut(listing) ? names : [...older, ...names];
    this.known = new Set(all.map((name) => name.toString("latin1")));
  }

  /** Once left out, old names stay so: nobody knows any more which of them were there. */
  private leavesOut({ older }: Listing): boolean {
    this.isLarge ||= older.length > MOST_OLD_NAMES && !this.isStepped;
    return this.isLarge;
  }
}
