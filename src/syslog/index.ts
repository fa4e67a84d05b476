/** The room's face. */
export { readEndpoint } from "./endpoint.ts";
export { Intake, type IntakeOptions } from "./intake.ts";
