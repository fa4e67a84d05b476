/**
 * TAI64N for other programs: labels, packed forms, instants, local time, and the two filters.
 *
 * Nothing here touches the system: the clock, the time zone and the descriptors are arguments.
 */
export { AnywhereLocaliser } from "./anywhere.ts";
export { type ByteFilter, type FilterSystem, runFilter, type Write } from "./filter.ts";
export { compileFormat, type Moment, type Render } from "./format.ts";
export {
  addNanos,
  compareInstants,
  fromUnixNanos,
  type Instant,
  makeInstant,
  nanosBetween,
  toUnixNanos,
  toUnixSeconds,
  UNIX_EPOCH_SECONDS,
} from "./instant.ts";
export { type Kernel, localiseUrl, makeKernel, type Pass } from "./kernel.ts";
export {
  addNanosToLabel,
  compareLabels,
  formatLabel,
  isLabel,
  LABEL_BYTES,
  parseLabel,
  readLabel,
  writeLabel,
} from "./label.ts";
export {
  type AskLocalTime,
  type Block,
  LocalClock,
  type LocalTime,
  universalTime,
} from "./local-time.ts";
export { Localiser } from "./localiser.ts";
export {
  readPacked,
  readPackedSeconds,
  TAI64_BYTES,
  TAI64N_BYTES,
  writePacked,
} from "./packed.ts";
export { Stamper } from "./stamper.ts";
export { daemontoolsStyle, formatStyle, isoStyle, type Style } from "./styles.ts";
