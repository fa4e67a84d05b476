/**
 * The C library as koffi sees it, and the one place that turns a -1 into a SystemFailure.
 */
import koffi from "koffi";
import { errnoName, SystemFailure } from "./failure.ts";
import type { Name } from "./types.ts";

const libc = koffi.load(null);

/** A C function: its arguments are checked by koffi when it is called. */
type Foreign = (...args: unknown[]) => number;

/**
 * Binds a function of the C library; where this system lacks it, calling it fails with ENOSYS.
 *
 * @param declaration  a C prototype, as koffi reads it
 */
export function bind(declaration: string): Foreign {
  try {
    return libc.func(declaration) as Foreign;
  } catch {
    const name = /(\w+)\(/.exec(declaration)?.[1] ?? declaration;
    return () => {
      throw new SystemFailure("ENOSYS", name);
    };
  }
}

/** Like `bind`, but the call runs in a pool thread. */
export function bindAsync(declaration: string): (...args: unknown[]) => Promise<number> {
  const foreign = bind(declaration) as Foreign & {
    async?: (...args: unknown[]) => void;
  };
  return (...args) =>
    new Promise((resolve, reject) => {
      if (foreign.async === undefined) reject(new SystemFailure("ENOSYS", declaration));
      else {
        foreign.async(...args, (error: Error | null, result: number) => {
          if (error) reject(error);
          else resolve(result);
        });
      }
    });
}

/** The name of the errno that the last call left. */
export function lastErrno(): string {
  return errnoName(koffi.errno());
}

/**
 * Calls until the call is not interrupted.
 *
 * @throws SystemFailure when it answers -1
 */
export function call(syscall: string, path: Name | undefined, attempt: () => number): number {
  for (;;) {
    const result = attempt();
    if (result !== -1) return result;
    const code = lastErrno();
    if (code !== "EINTR") throw new SystemFailure(code, syscall, path);
  }
}

/** A name as C wants it: bytes with a NUL at the end. A NUL inside is ENOENT, as no file bears it. */
export function cString(name: Name, syscall: string): Buffer {
  const bytes = typeof name === "string" ? Buffer.from(name) : name;
  if (bytes.includes(0)) throw new SystemFailure("ENOENT", syscall, name);
  const out = Buffer.alloc(bytes.length + 1);
  out.set(bytes);
  return out;
}
