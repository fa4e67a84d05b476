/** What the parts that answer requests share: the tree, and what is said about whom. */
import type { FastifyRequest } from "fastify";
import type { Tree } from "../tree/types.ts";

export interface Site {
  readonly tree: Tree;
  /** The version of the package. */
  readonly version: string;
  /** Nothing may be changed. */
  readonly readOnly: boolean;
  /** The user who asks; null where nobody is asked who they are. */
  user(request: FastifyRequest): string | null;
  /** Who asks, for the record: `USER@ADDRESS`, or where there are no users the address; of a unix socket `uid N`. */
  who(request: FastifyRequest): string;
  /** Records a change on standard error, one line, whatever is in the words. */
  record(who: string, words: string): void;
  /** Says something else on standard error. */
  warn(words: string): void;
  /** Aborted when the server ends: then streams are to end. */
  readonly ending: AbortSignal;
}
