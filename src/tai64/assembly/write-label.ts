/** tai64n: a label and a blank; each label is the one before and a nanosecond. */
import { STAMP_NANOS, STAMP_SECONDS } from "../layout";
import { toHex8 } from "./digits";

const AT: u8 = 0x40;
const BLANK: u8 = 0x20;
const LABEL_AND_BLANK: i32 = 26;

// The next label: its seconds, their digits, and its nanoseconds.
let seconds: u64 = 0;
let high: u64 = 0;
let low: u64 = 0;
let nanos: u32 = 0;

/** Begins with the label that the caller has laid down. */
export function beginLabels(): void {
  turnTo(load<u64>(STAMP_SECONDS));
  nanos = load<u32>(STAMP_NANOS);
}

/** Lays down the label to go on with. */
export function endLabels(): void {
  store<u64>(STAMP_SECONDS, seconds);
  store<u32>(STAMP_NANOS, nanos);
}

/** @returns the number of bytes written */
export function writeLabel(to: usize): i32 {
  store<u8>(to, AT);
  store<u64>(to + 1, high);
  store<u64>(to + 9, low);
  store<u64>(to + 17, toHex8(nanos));
  store<u8>(to + 25, BLANK);
  if (++nanos == 1000000000) {
    nanos = 0;
    turnTo(seconds + 1);
  }
  return LABEL_AND_BLANK;
}

function turnTo(second: u64): void {
  seconds = second;
  high = toHex8(<u32>(second >> 32));
  low = toHex8(<u32>second);
}
