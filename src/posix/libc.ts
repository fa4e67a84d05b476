/**
 * The C library as koffi sees it, and the one place that turns a -1 into a SystemFailure.
 */
import { createRequire } from "node:module";
import type koffiModule from "koffi";
import { errnoName, SystemFailure } from "./failure.ts";
import type { Name } from "./types.ts";

type Koffi = typeof koffiModule;

const requireHere = createRequire(import.meta.url);

let loaded: { readonly koffi: Koffi; readonly libc: ReturnType<Koffi["load"]> } | undefined;

/** koffi, loaded at the first use: a command that asks nothing of C is spared it. */
function load(): NonNullable<typeof loaded> {
  if (loaded === undefined) {
    const module = loadBinary() ?? (requireHere("koffi") as Koffi);
    loaded = { koffi: module, libc: module.load(null) };
  }
  return loaded;
}

/**
 * The binary that koffi's own loader would choose on most systems, without that loader: 1 ms in place
 * of 5 (bench/startup.bench.ts). It looks into Node's file to tell one C library from another.
 */
function loadBinary(): Koffi | undefined {
  const { arch, platform } = process;
  if (platform !== "linux") return undefined;
  try {
    return requireHere(`@koromix/koffi-linux-${arch}/linux_${arch}/koffi.node`) as Koffi;
  } catch {
    // Another C library, or koffi laid out differently: its loader knows.
    return undefined;
  }
}

export function koffi(): Koffi {
  return load().koffi;
}

/** A variable of the C library. */
export function variable(name: string, type: string): unknown {
  const { koffi: k, libc } = load();
  return k.decode(libc.symbol(name, type), type);
}

/** Sets a pointer of the C library. */
export function setPointer(name: string, address: bigint): void {
  const { koffi: k, libc } = load();
  const place = k.address(libc.symbol(name, "void *"));
  new BigUint64Array(k.view(place, BigUint64Array.BYTES_PER_ELEMENT))[0] = address;
}

/** A stretch of this process's memory; what is written there is written at once. */
export function memoryAt(address: number, length: number): Buffer {
  return Buffer.from(koffi().view(BigInt(address), length));
}

/** A C function: its arguments are checked by koffi when it is called. */
type Foreign = (...args: unknown[]) => number;
type AsyncForeign = (...args: unknown[]) => Promise<number>;

function find(declaration: string): Foreign & { async?: (...args: unknown[]) => void } {
  try {
    return load().libc.func(declaration) as Foreign;
  } catch {
    const name = /(\w+)\(/.exec(declaration)?.[1] ?? declaration;
    return () => {
      throw new SystemFailure("ENOSYS", name);
    };
  }
}

/**
 * Binds a function of the C library at its first call; where this system lacks it, calling it
 * fails with ENOSYS.
 *
 * @param declaration  a C prototype, as koffi reads it
 */
export function bind(declaration: string): Foreign {
  let found: Foreign | undefined;
  return (...args) => {
    found ??= find(declaration);
    return found(...args);
  };
}

/** Like `bind`, but the call runs in a pool thread. */
export function bindAsync(declaration: string): AsyncForeign {
  let found: ReturnType<typeof find> | undefined;
  return (...args) =>
    new Promise((resolve, reject) => {
      found ??= find(declaration);
      if (found.async === undefined) reject(new SystemFailure("ENOSYS", declaration));
      else {
        found.async(...args, (error: Error | null, result: number) => {
          if (error) reject(error);
          else resolve(result);
        });
      }
    });
}

/** The name of the errno that the last call left. */
export function lastErrno(): string {
  return errnoName(koffi().errno());
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

/** Like `call`, for a call that may find nothing to do now (EAGAIN): -1 then. No error is made for it. */
export function callOrNothing(syscall: string, attempt: () => number): number {
  for (;;) {
    const result = attempt();
    if (result !== -1) return result;
    const code = lastErrno();
    if (code === "EAGAIN") return -1;
    if (code !== "EINTR") throw new SystemFailure(code, syscall);
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
