/** The room's face for outside users. */
export type { Bound, Range } from "./bound.ts";
export type { LogLine } from "./exchange.ts";
export type { GrepOptions } from "./grep.ts";
export { type LibraryOptions, lineText, readLog, textLines } from "./library.ts";
export type { Place } from "./line-buffer.ts";
export type { News } from "./line-source.ts";
export type { ReadOptions } from "./open-log.ts";
export type { Producer } from "./producer.ts";
export type { Wanted } from "./selection.ts";
export { UnknownTarget } from "./targets.ts";
export { parseTime, TimeError, type Zone } from "./time-words.ts";
