/** The room's face for outside users: what service directories tell, waiting for them, and a supervisor. */
export { posix } from "../posix/index.ts";
export type { Goal } from "./awaiting.ts";
export {
  type Death,
  type DeathEntry,
  type FailedStart,
  formatDeath,
  parseDeath,
  parseDeaths,
} from "./deaths.ts";
export {
  readService,
  type ServiceReport,
  type ServiceSettings,
  type WaitOptions,
  waitForServices,
} from "./library.ts";
export type { TellingPhase } from "./phase.ts";
export { type ServiceState } from "./service-state.ts";
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
