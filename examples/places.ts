/**
 * Where a demonstration happens.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";

export interface Options {
  readonly for?: number;
  readonly rate: number;
  /** Absolute; where the logs go. */
  readonly dir: string;
}

/** Where things are, and how they are shown to whoever reads. */
export interface Places {
  /** The project's directory. */
  readonly root: string;
  /** dist/bin */
  readonly commands: string;
  /** A path as it can be typed where this was started. */
  readonly shown: (path: string) => string;
}

/**
 * Makes the directory that a demonstration writes into.
 *
 * @returns its path; undefined when it cannot be made, which has been said then
 */
export function makePlace(dir: string, name: string): string | undefined {
  const place = join(dir, name);
  try {
    mkdirSync(place, { recursive: true });
    return place;
  } catch (error) {
    console.error(`npm start: unable to make ${place}: ${(error as Error).message}`);
    return undefined;
  }
}

/** What to say when the logger could not begin: it has said why itself. */
export function sayNotStarted(place: string, places: Places): number {
  const shown = places.shown(place);
  console.error(
    `npm start: the logger did not begin. If ${shown} is in use by another npm start, end that one,\n` +
      "or give this one a place of its own: npm start -- --dir demo-log-2",
  );
  return 111;
}
