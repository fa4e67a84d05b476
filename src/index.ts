/** Timberline as a library. */
export * from "./multilog/index.ts";
export { Fatal, SystemFailure } from "./posix/index.ts";
export * from "./tai64/index.ts";
