/** The room's face. */
export type { Surroundings } from "./configuration.ts";
export { planImport, report, writeService } from "./import.ts";
export { Mistake } from "./ini.ts";
