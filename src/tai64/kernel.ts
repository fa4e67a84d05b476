/** The compiled kernel (assembly/localise.ts): who wants it reads the file and hands in its bytes. */

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly localise: Pass;
  readonly stamp: Pass;
}

/** As much of WebAssembly as is used here: @types/node has none of it. */
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: KernelExports };
};

/** Where the kernel's file is, beside this module. */
export const localiseUrl: URL = new URL("./localise.wasm", import.meta.url);

/** A pass over a batch; see assembly/localise.ts and assembly/stamp.ts. */
export type Pass = (from: number, end: number, to: number, inLine: number) => number;

export interface Kernel {
  /** All of its memory (layout.ts); it never moves. */
  readonly memory: Uint8Array;
  readonly view: DataView;
  readonly localise: Pass;
  readonly stamp: Pass;
}

/**
 * Makes a kernel with memory of its own (1 MiB).
 *
 * @param code  the contents of the file at `localiseUrl`
 */
export function makeKernel(code: Uint8Array): Kernel {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
  const { memory, localise, stamp } = exports;
  return {
    memory: new Uint8Array(memory.buffer),
    view: new DataView(memory.buffer),
    localise,
    stamp,
  };
}
