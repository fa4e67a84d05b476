/**
 * A system that fails, stops or comes up short at the n-th call, for tests.
 *
 * It stands before a real one and counts every call. `fail` throws a SystemFailure instead of
 * calling; `stop` is a crash: the call is made or not, and from then on nothing can be done any
 * more; `short` lets a write take half of what it was given.
 */
import { SystemFailure } from "./failure.ts";
import type { Posix } from "./types.ts";

export type Fault =
  | { readonly kind: "fail"; readonly at: number; readonly code: string; readonly times?: number }
  | { readonly kind: "stop"; readonly at: number; readonly when: "before" | "after" }
  | { readonly kind: "short"; readonly at: number };

/** What a stopped system throws at everyone who still asks. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** Calls that change nothing on the disk and cannot fail in life. */
const FREE = new Set(["unlock", "monotonicMs", "sleep", "standStill", "localTime", "now", "watch"]);

export interface FailingPosix {
  readonly posix: Posix;
  /** How many calls were made, and the name of each. */
  readonly calls: string[];
  readonly stopped: () => boolean;
}

export function failingPosix(real: Posix, fault: Fault | undefined): FailingPosix {
  const calls: string[] = [];
  let stopped = false;

  function meet(name: string, method: (...args: unknown[]) => unknown, args: unknown[]): unknown {
    if (stopped) throw new Stopped(name);
    if (FREE.has(name)) return method(...args);
    const number = calls.push(name);
    if (fault === undefined || number < fault.at) return method(...args);
    switch (fault.kind) {
      case "fail":
        if (number >= fault.at + (fault.times ?? 1)) return method(...args);
        throw new SystemFailure(fault.code, name);
      case "short":
        return method(...(number === fault.at && name === "write" ? shortened(args) : args));
      case "stop":
        if (number === fault.at && fault.when === "after") method(...args);
        stopped = true;
        throw new Stopped(name);
    }
  }

  const posix = new Proxy(real, {
    get: (target, name: keyof Posix) => {
      const method = target[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => meet(name, method, args);
    },
  });
  return { posix, calls, stopped: () => stopped };
}

/** write(fd, memory, offset, length) with half the length, one byte at the least. */
function shortened([fd, memory, offset, length]: unknown[]): unknown[] {
  return [fd, memory, offset, Math.max(1, Math.floor((length as number) / 2))];
}
