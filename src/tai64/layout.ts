/**
 * The memory that the kernel and its callers share: 16 pages, laid out once, never grown.
 *
 *   0      CONTROL         what the two tell each other (offsets below)
 *   4096   INPUT           bytes as read; a few more may be touched behind them, never used
 *   ...    OUTPUT          bytes to write; a few more may be overwritten behind them
 *
 * Both sides import this file: the kernel is AssemblyScript, which reads it as 32-bit constants.
 */

export const CONTROL = 1024;
export const INPUT = 4096;
/** Larger chunks than this gain nothing and fall out of the cache. */
export const INPUT_BYTES = 262144;
export const OUTPUT = 270336; // INPUT + INPUT_BYTES + 4096
export const OUTPUT_BYTES = 774144; // up to 4096 bytes before the end of the 16 pages
/** No stamp that the kernel writes is longer; a line is begun only where it and all input fit. */
export const STAMP_ROOM = 64;

// Results of a call.
/** u32: the first input byte that was not taken. */
export const TAKEN = 1024;
/** u32: the end of the output. */
export const MADE = 1028;
/** u64: the label seconds for which the kernel has no text. */
export const WANTED_SECONDS = 1032;

// What localise() needs to know.
/** u64: the label seconds whose text stands at TEXT; 0: none. */
export const TEXT_SECONDS = 1040;
/** u64 each: label seconds from START up to, not including, END have the date at TEXT. */
export const BLOCK_START = 1048;
export const BLOCK_END = 1056;
/** u32: seconds since local midnight at BLOCK_START. */
export const BLOCK_TIME = 1064;
/** u32 and 16 bytes: what follows the nanoseconds. */
export const SUFFIX_BYTES = 1068;
export const SUFFIX = 1072;
/** 32 bytes, 20 in use: `YYYY-MM-DD HH:MM:SS.` */
export const TEXT = 1088;
/** 16 bytes: the hex digits of TEXT_SECONDS (the kernel's own note). */
export const TEXT_DIGITS = 1120;

// What stamp() needs to know, and leaves advanced by the lines that it stamped.
/** u64: label seconds. */
export const STAMP_SECONDS = 1136;
/** u32: nanoseconds of the next label. */
export const STAMP_NANOS = 1144;

// Why a call came back.
/** All input is taken; it ended behind an LF. */
export const AT_LINE_START = 0;
/** All input is taken; it ended inside a line. */
export const IN_LINE = 1;
/** The line at TAKEN begins with `@` and is not a plain stamp, or not all of it is there. */
export const ODD = 2;
/** The stamp at TAKEN is of a second that the kernel cannot tell: WANTED_SECONDS. */
export const WANTING = 3;
/** The output has to be written before the line at TAKEN. */
export const FULL = 4;
