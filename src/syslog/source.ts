/** Something that messages come from. */
import type { Fd } from "../posix/index.ts";

/** `more`: come again at once. `nothing`: when there is news. `over`: never again. */
export type Taken = "more" | "nothing" | "over";

export interface Source {
  readonly fd: Fd;
  /** Turns what has come into lines, a batch at the most. Never waits for longer than a moment. */
  take(): Taken;
  /** Nothing more is to come in; what has come can be taken until there is nothing. */
  refuseMore(): void;
  close(): void;
}
