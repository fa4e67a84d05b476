/** What the process and a thread that writes logs say to each other. */
import type { Ending, Fd, Held, Name } from "../posix/index.ts";
import type { SpawnOptions } from "../posix/types.ts";

/** What a thread finds at its start. */
export interface LogThreadData {
  /** Where it notes its descriptors. */
  readonly held: Held;
}

/** How the start of a program for the thread went; `failure`: errno name and call. */
export type Spawned =
  | { readonly ending: Ending }
  | { readonly failure: readonly [code: string, syscall: string] };

export type ToLogThread =
  | {
      readonly kind: "open";
      readonly log: number;
      /** Where relative names of the script begin. */
      readonly directory: Fd;
      readonly input: Fd;
      readonly script: readonly Uint8Array[];
    }
  /** Once: finish the line, leave the rest in the pipe. Again: do not wait for the end of the line. */
  | { readonly kind: "close"; readonly log: number }
  | { readonly kind: "rotate"; readonly log: number }
  | { readonly kind: "started"; readonly call: number; readonly pid: number }
  | { readonly kind: "spawned"; readonly call: number; readonly outcome: Spawned };

export type FromLogThread =
  | { readonly kind: "warning"; readonly log: number; readonly line: Uint8Array }
  /** With what ended it, unless its input did or it was told to. */
  | { readonly kind: "ended"; readonly log: number; readonly cause?: Uint8Array }
  /** To be started by the process itself: it alone can wait for children. */
  | {
      readonly kind: "spawn";
      readonly call: number;
      readonly program: Name | readonly Name[];
      readonly argv: readonly Name[];
      readonly options: Omit<SpawnOptions, "onStart">;
    };
