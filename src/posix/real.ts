/** The system itself. */

import { becomeSubreaper, ended, expectOrphan, own, reap } from "./children.ts";
import { clock } from "./clock.ts";
import { files } from "./files.ts";
import { pipes } from "./pipes.ts";
import { ageMs, findProcess, isDescendant } from "./process-table.ts";
import { kill, spawn } from "./spawn.ts";
import { start } from "./start.ts";
import type { Posix } from "./types.ts";
import { exited, watch } from "./waiter.ts";

export const posix: Posix = {
  ...files,
  ...pipes,
  ...clock,
  start,
  reap,
  ended,
  exited,
  own,
  expectOrphan,
  becomeSubreaper,
  findProcess,
  ageMs,
  isDescendant,
  kill,
  spawn,
  watch,
};
