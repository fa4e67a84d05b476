/** What the parts of the page share. */

import type { Deed } from "./actions.ts";
import type { Me } from "./api.ts";
import type { Place } from "./pure/place.ts";
import type { Services } from "./services.ts";

export interface App {
  readonly services: Services;
  readonly me: Me;
  /** Does something to services, asking first where it is grave, and shows what came of it. */
  perform(deed: Deed, names: readonly string[]): Promise<void>;
  /** Offers everything that can be done to them. */
  offer(names: readonly string[]): Promise<void>;
  /** Says something in the line at the bottom, aloud as well. */
  say(words: string, isBad?: boolean): void;
}

/** What stands in the middle of the page. */
export interface Screen {
  readonly element: HTMLElement;
  /** Services have changed, or are gone. */
  update(changed: readonly string[], gone: readonly string[]): void;
  /** A second has passed. */
  tick(): void;
  /** @returns whether the key was for it */
  press(event: KeyboardEvent): boolean;
  /** It is shown, at the place that has just been gone to. */
  enter(place: Place): void;
  leave(): void;
}
