/** The room's face: one service under one supervisor, and what can be asked of it. */
export {
  type Death,
  type DeathEntry,
  type FailedStart,
  formatDeath,
  parseDeath,
  parseDeaths,
} from "./deaths.ts";
export {
  decodeStatus,
  type EncorePhase,
  encodeStatus,
  type ReadStatus,
  STATUS_BYTES,
  type Status,
  type Want,
} from "./status.ts";
export { Supervisor, type SupervisorOptions } from "./supervisor.ts";
