/** The system itself. */

import { becomeSubreaper, ended, expectOrphan, own, reap } from "./children.ts";
import { clock } from "./clock.ts";
import { files } from "./files.ts";
import { lastingPipe, openPipe, pipeOf } from "./lasting-pipe.ts";
import { pipes } from "./pipes.ts";
import { ageMs, findProcess, hasOpen, isDescendant } from "./process-table.ts";
import { kill, spawn } from "./spawn.ts";
import { start, startAside } from "./start.ts";
import type { Posix } from "./types.ts";
import { exited, watch } from "./waiter.ts";

export const posix: Posix = {
  ...files,
  ...pipes,
  lastingPipe,
  pipeOf,
  openPipe,
  ...clock,
  start,
  startAside,
  reap,
  ended,
  exited,
  own,
  expectOrphan,
  becomeSubreaper,
  findProcess,
  hasOpen,
  ageMs,
  isDescendant,
  kill,
  spawn,
  watch,
};
