/** The room's face for others: what a supervisor does to a service as a chain would. */
export {
  type BackgroundEnd,
  type BackgroundOptions,
  type BackgroundSystem,
  type BackgroundWatch,
  watchBackground,
} from "./background.ts";
export { type Verdict, verdict } from "./background-verdict.ts";
export { type Attempt, readVariables } from "./env-files.ts";
export { change, type Environment } from "./environment.ts";
export { LIMIT_LETTERS, LIMIT_VARIABLES, limitValue } from "./limit-values.ts";
