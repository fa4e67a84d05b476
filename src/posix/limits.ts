/** Resource limits of this process. */
import { SystemFailure } from "./failure.ts";
import { bind, call } from "./libc.ts";
import type { ExactLimit, Limit, Resource } from "./types.ts";

const darwin = process.platform === "darwin";
const getrlimit = bind("int getrlimit(int resource, void *limit)");
const setrlimit = bind("int setrlimit(int resource, const void *limit)");

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

/** The value of a limit that is none, as the kernel has it. */
export const UNLIMITED: bigint = darwin ? 0x7fff_ffff_ffff_ffffn : 0xffff_ffff_ffff_ffffn;
const record = new BigUint64Array(2);

/** Soft and hard limit as the kernel has them: every one of their 64 bits, UNLIMITED for none. */
export function getExactLimit(resource: Resource): ExactLimit {
  call("getrlimit", undefined, () => getrlimit(RESOURCES[resource], record));
  return { soft: record[0] ?? 0n, hard: record[1] ?? 0n };
}

/** @throws SystemFailure EPERM when the hard limit is to rise without privilege */
export function setExactLimit(resource: Resource, limit: ExactLimit): void {
  record[0] = limit.soft;
  record[1] = limit.hard;
  call("setrlimit", undefined, () => setrlimit(RESOURCES[resource], record));
}

const toNumber = (value: bigint): number => (value === UNLIMITED ? Infinity : Number(value));
const fromNumber = (value: number): bigint => (value === Infinity ? UNLIMITED : BigInt(value));

export function getLimit(resource: Resource): Limit {
  const { soft, hard } = getExactLimit(resource);
  return { soft: toNumber(soft), hard: toNumber(hard) };
}

/** @throws SystemFailure EPERM when the hard limit is to rise without privilege */
export function setLimit(resource: Resource, limit: Limit): void {
  if (limit.soft > limit.hard) throw new SystemFailure("EINVAL", "setrlimit");
  setExactLimit(resource, { soft: fromNumber(limit.soft), hard: fromNumber(limit.hard) });
}
