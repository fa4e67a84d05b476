/**
 * Where everything stands in the kernel's memory: read by the loader (TypeScript) and by the kernel
 * itself (AssemblyScript), so plain numbers only. All are byte addresses or bytes, unless said.
 *
 *     0x000000  results, stamp, state, groups       what changes during a run
 *     0x010000  table                               the program that is loaded
 *     0x050000  stderr     64 KiB
 *     0x060000  status    128 slots of 1 KiB
 *     0x081000  input    1.25 MiB, with headroom before and slack behind
 *     0x1c2000  output   4.2 MiB, divided evenly by the groups
 *     0x600000  end: 6 MiB, fixed
 *
 * A *group* is the logdirs that stand behind the same selection, and so receive the same bytes.
 */

/** The text that patterns see and status files keep: the first bytes of a line, stamp included. */
export const WINDOW_BYTES = 1000;
/** The part of a line that goes to stderr; a longer one ends with `...`. */
export const STDERR_LINE_BYTES = 200;
export const NANOS_PER_SECOND = 1_000_000_000;

/** 32-bit words: lines begun, nanos of the next line, bytes on stderr. */
export const RESULTS_AT = 0x1000;
/** The prefix of the next line, with 64 bytes of room on either side. */
export const STAMP_AT = 0x1080;
/** The longest prefix: four vectors, right-aligned, must cover it and leave the LF before it alone. */
export const STAMP_BYTES_MAX = 62;
/** Every pair of digits, two bytes each: 256 in radix 16, 100 in radix 10. */
export const PAIRS_AT = 0x1200;
/** A 32-bit word per status slot: bytes of its text, -1 when no line went there. */
export const STATUS_LENGTHS_AT = 0x1400;
/** The outputs that the line at hand is selected for: addresses of their steps. */
export const HITS_AT = 0x1800;
/** State between runs: one byte "in a line", then one per group "the line goes there". */
export const STATE_AT = 0x4000;
/** A record per group, four words: area, cursor, limit, lines begun. */
export const GROUPS_AT = 0x5000;
export const GROUP_BYTES = 16;
export const GROUPS_MAX = 1024;

export const TABLE_AT = 0x10000;
export const TABLE_BYTES = 0x40000;

export const STDERR_AT = 0x50000;
export const STDERR_BYTES = 0x10000;
/** So many `stderr` actions that one line always fits into the area. */
export const STDERR_ACTIONS_MAX = 256;

export const STATUS_AT = 0x60000;
export const STATUS_SLOT_BYTES = 1024;
export const STATUS_SLOTS_MAX = 128;

export const INPUT_AT = 0x81000;
export const INPUT_BYTES = 0x140000;

export const OUTPUT_AT = 0x1c2000;
export const OUTPUT_BYTES = 0x43e000;
/** Copies go by vectors and may write so far behind what they were asked for. */
export const SLACK_BYTES = 128;
export const MEMORY_BYTES = 0x600000;

// The table: a header of 32-bit words at TABLE_AT, then steps (program.ts draws them).
export const HEADER_FIRST_STEP = 0;
export const HEADER_GROUPS = 4;
/** 1 when group 0 is every line as it came: its output is the input itself. */
export const HEADER_ALIAS = 8;
export const HEADER_AREA_BYTES = 12;
export const HEADER_MODE = 16;
export const HEADER_STAMP_BYTES = 20;
export const HEADER_COUNTER_AT = 24;
export const HEADER_DIGITS = 28;
export const HEADER_RADIX = 32;
export const HEADER_DIVISOR = 36;
export const HEADER_STATUS_SLOTS = 40;
export const HEADER_BYTES = 48;

/** Every line goes through the steps. */
export const MODE_JUDGE = 0;
/** The steps are one: the group that every line goes to. */
export const MODE_COPY = 1;
/** No steps at all: lines are only counted. */
export const MODE_COUNT = 2;

// A step is STEP_BYTES: kind, next step (of a test: when it matches), and two words of its own.
export const STEP_BYTES = 16;
export const STEP_NEXT = 4;
/** Of a test: the next step when the text does not match. */
export const STEP_OTHERWISE = 8;
/** Of a test: 1 when the text ends at its first NUL. */
export const STEP_CUT = 12;
/** Of a group: address of its record; of a status: its slot. */
export const STEP_OBJECT = 8;
/** Of a group: its number. */
export const STEP_NUMBER = 12;

export const KIND_END = 0;
export const KIND_TEST = 1;
export const KIND_STDERR = 2;
export const KIND_STATUS = 3;
export const KIND_GROUP = 4;
export const KIND_CHOICE = 5;

// A choice stands for a run of tests whose patterns begin at the same place, each the next one's
// otherwise: one look at one byte says which of them can match. NEXT is the step when none does.
// Behind the step: a word for each of the 256 bytes, bit i for test i; then the tests' addresses.
/** Of a choice: the byte that its tests skip to, -1 when they begin where the text does. */
export const STEP_FIRST = 8;
export const CHOICE_MASKS_BYTES = 1024;
export const CHOICE_TESTS_MAX = 32;

// Behind a test stand its segments, each SEGMENT_BYTES, then chunks, then sets.
export const SEGMENT_BYTES = 32;
export const SEGMENT_PLACE = 0;
/** The byte to look for, -1 when it can be any. */
export const SEGMENT_FIRST = 4;
export const SEGMENT_LENGTH = 8;
export const SEGMENT_THEN = 12;
export const SEGMENT_SETS = 16;
/** Address of the next segment. */
export const SEGMENT_NEXT = 20;
/** The byte after the FIRST, -1 when it can be any or is no part of the segment. */
export const SEGMENT_SECOND = 24;

/** The segment stands right here. */
export const PLACE_HERE = 0;
/** It stands at the next FIRST byte, or nowhere: djb's star. */
export const PLACE_SKIP = 1;
/** It stands where it fits first: fnmatch's star. */
export const PLACE_SEARCH = 2;
/** It ends the text: fnmatch's last star. */
export const PLACE_LAST = 3;

export const THEN_SEGMENT = 0;
/** The text must be at its end. */
export const THEN_END = 1;
/** Whatever follows. */
export const THEN_ANY = 2;

/** 16 bytes of text, 16 bytes of mask: 0xff where the byte counts. */
export const CHUNK_BYTES = 32;
/** A word, the byte's place in the segment, and 256 bits. */
export const SET_BYTES = 36;
