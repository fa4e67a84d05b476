/** Resource limits of this process. */
import { SystemFailure } from "./failure.ts";
import { bind, call } from "./libc.ts";
import type { Limit } from "./types.ts";

const darwin = process.platform === "darwin";
const getrlimit = bind("int getrlimit(int resource, void *limit)");
const setrlimit = bind("int setrlimit(int resource, const void *limit)");

/** The limits by what they limit. */
export type Resource =
  | "addressSpace"
  | "core"
  | "cpu"
  | "data"
  | "fileSize"
  | "lockedMemory"
  | "openFiles"
  | "processes"
  | "residentSet"
  | "stack";

/** Numbers from the kernels' headers. */
const RESOURCES: Readonly<Record<Resource, number>> = {
  cpu: 0,
  fileSize: 1,
  data: 2,
  stack: 3,
  core: 4,
  residentSet: 5,
  processes: darwin ? 7 : 6,
  openFiles: darwin ? 8 : 7,
  lockedMemory: darwin ? 6 : 8,
  addressSpace: darwin ? 5 : 9,
};

const RLIM_INFINITY = darwin ? 0x7fff_ffff_ffff_ffffn : 0xffff_ffff_ffff_ffffn;
const record = new BigUint64Array(2);

const fromRecord = (value: bigint): number =>
  value === RLIM_INFINITY ? Number.POSITIVE_INFINITY : Number(value);
const toRecord = (value: number): bigint =>
  value === Number.POSITIVE_INFINITY ? RLIM_INFINITY : BigInt(value);

export function getLimit(resource: Resource): Limit {
  call("getrlimit", undefined, () => getrlimit(RESOURCES[resource], record));
  return { soft: fromRecord(record[0] ?? 0n), hard: fromRecord(record[1] ?? 0n) };
}

/** @throws SystemFailure EPERM when the hard limit is to rise without privilege */
export function setLimit(resource: Resource, limit: Limit): void {
  if (limit.soft > limit.hard) throw new SystemFailure("EINVAL", "setrlimit");
  record[0] = toRecord(limit.soft);
  record[1] = toRecord(limit.hard);
  call("setrlimit", undefined, () => setrlimit(RESOURCES[resource], record));
}
