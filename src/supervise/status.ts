/**
 * The status record of a service, `supervise/status`: 18 bytes.
 *
 *     0   8  TAI seconds, big end first: the last start or end of `run`, or the supervisor's start
 *     8   4  nanoseconds, big end first
 *    12   4  process id of `run`, little end first; 0: none
 *    16   1  1: paused by a command; always 0 without a process
 *    17   1  `u` wants up, `d` wants down, 0 runs once
 *
 * daemontools-encore appends two bytes, the first of them the phase, and behind those the same 20 bytes
 * for the service's logger; they are read, not written.
 *
 * @see daemontools 0.76, supervise.c, announce(); svstat.c
 */
import { type Instant, TAI64_BYTES, TAI64N_BYTES, writePacked } from "../tai64/index.ts";

export const STATUS_BYTES = 18;
const ENCORE_BYTES = 20;
const PID_AT = TAI64N_BYTES;
const PAUSED_AT = 16;
const WANT_AT = 17;
const PHASE_AT = 18;
const WANT_UP = 0x75;
const WANT_DOWN = 0x64;
/** By the number that stands for each. */
const ENCORE_PHASES = ["stopped", "starting", "started", "running", "stopping", "failed"] as const;

/** What is wanted of a service: to be kept up, to stay down, or to run and not be started again. */
export type Want = "up" | "down" | "once";

/** A phase that daemontools-encore tells, `unknown` for a number that it does not know itself. */
export type EncorePhase = (typeof ENCORE_PHASES)[number] | "unknown";

export interface Status {
  /** When the process id changed. Seconds are 0 to 2^64 - 1 where a file is damaged. */
  readonly since: Instant;
  /** 0: no process. */
  readonly pid: number;
  readonly paused: boolean;
  readonly want: Want;
}

export interface ReadStatus extends Status {
  /** Only in records of daemontools-encore. */
  readonly phase?: EncorePhase;
  /** The logger of the same supervisor, only there too. */
  readonly log?: ReadStatus;
}

/** @returns the 18 bytes; without a process nothing is paused */
export function encodeStatus({ since, pid, paused, want }: Status): Buffer {
  const record = Buffer.alloc(STATUS_BYTES);
  writePacked(record, 0, since);
  record.writeUInt32LE(pid, PID_AT);
  record[PAUSED_AT] = paused && pid !== 0 ? 1 : 0;
  record[WANT_AT] = want === "up" ? WANT_UP : want === "down" ? WANT_DOWN : 0;
  return record;
}

/** @returns undefined for fewer than 18 bytes; those behind a record that is known are passed over */
export function decodeStatus(bytes: Uint8Array): ReadStatus | undefined {
  if (bytes.length < STATUS_BYTES) return undefined;
  const record = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const wanted = record[WANT_AT];
  const status: Status = {
    since: { seconds: record.readBigUInt64BE(0), nanos: record.readUInt32BE(TAI64_BYTES) },
    pid: record.readUInt32LE(PID_AT),
    paused: record[PAUSED_AT] !== 0,
    want: wanted === WANT_UP ? "up" : wanted === WANT_DOWN ? "down" : "once",
  };
  if (record.length < ENCORE_BYTES) return status;
  const log = decodeStatus(record.subarray(ENCORE_BYTES));
  const phase = ENCORE_PHASES[record[PHASE_AT] ?? -1] ?? "unknown";
  return log === undefined ? { ...status, phase } : { ...status, phase, log };
}
