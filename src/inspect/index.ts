/** The room's face for outside users. */
export type { Bound, Range } from "./bound.ts";
export type { GrepOptions } from "./grep.ts";
export { type LibraryOptions, type LogLine, lineText, readLog, textLines } from "./library.ts";
export type { News, Place } from "./line-source.ts";
export type { Producer } from "./producer.ts";
export type { Wanted } from "./selection.ts";
export type { ReadOptions } from "./session.ts";
export { UnknownTarget } from "./targets.ts";
export { parseTime, TimeError, type Zone } from "./time-words.ts";
