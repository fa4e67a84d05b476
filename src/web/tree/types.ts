/** The model of the tree: what all parts of this room know of services, and how they act on them. */
import type { DeathEntry, ServiceSettings } from "../../supervise/index.ts";
import type { LogStream } from "./log-place.ts";
import type { Action, Outcome, ServiceView } from "./shapes.ts";

export * from "./shapes.ts";

export interface ActOptions {
  /** How long to wait for the outcome; undefined: not at all. */
  readonly waitMs: number | undefined;
  /** Aborted when nobody waits for it any more. */
  readonly gone?: AbortSignal;
  /** Whom the record of changes names. */
  readonly who: string;
}

export type TreeListener = (changed: readonly ServiceView[], gone: readonly string[]) => void;

export interface Tree {
  /** The scan directories, absolute. */
  readonly directories: readonly string[];
  /** Sorted by name. */
  services(): readonly ServiceView[];
  service(name: string): ServiceView | undefined;
  /** Never rejects: what becomes of it is the outcome. */
  act(name: string, action: Action, options: ActOptions): Promise<Outcome>;
  /** Is told of what changes from now on. @returns what ends it */
  watch(listener: TreeListener): () => void;
  /** Those that are kept, oldest first; none of a service that is not there. */
  deaths(name: string): readonly DeathEntry[];
  /** @returns undefined for a service that is not there */
  settings(name: string): ServiceSettings | undefined;
  /** The log directories of a service, also of one without a logger of its own. */
  logDirectories(name: string, stream: LogStream): readonly Buffer[];
  /** What its logging script says, where it is known; a word each. */
  logScript(name: string, stream: LogStream): readonly Buffer[];
  /** The services that a word stands for: a name, a glob, `GROUP:*` or `GROUP:NAME`; none where it stands for none. */
  find(word: string): readonly ServiceView[];
  /** Nothing may be changed: `act` does nothing. */
  readonly isReadOnly: boolean;
  /** Is told of what became of actions from now on. @returns what ends it */
  watchOutcomes(listener: (outcome: Outcome, action: Action, who: string) => void): () => void;
  /** Looks at everything now, without waiting for news. */
  refresh(): void;
  close(): void;
}
