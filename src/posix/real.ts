/** The system itself. */
import { clock } from "./clock.ts";
import { files } from "./files.ts";
import { pipes } from "./pipes.ts";
import { kill, spawn } from "./spawn.ts";
import type { Posix } from "./types.ts";
import { watch } from "./waiter.ts";

export const posix: Posix = { ...files, ...pipes, ...clock, kill, spawn, watch };
