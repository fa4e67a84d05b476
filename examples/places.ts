/**
 * Where a demonstration happens.
 */
import { existsSync, mkdirSync } from "node:fs";
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

/** Makes the directory that a demonstration writes into. */
export function makePlace(dir: string, name: string): string {
  const place = join(dir, name);
  if (!existsSync(place)) mkdirSync(place, { recursive: true });
  return place;
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
