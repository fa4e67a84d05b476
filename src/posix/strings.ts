/** Strings laid out as execve(2) and posix_spawn(3) want them, at addresses that stay. */
import { cString, koffi } from "./libc.ts";
import type { Name } from "./types.ts";

/** A table of pointers to strings, a null pointer at its end. They stay until it is released, or nobody holds it. */
export class StringBlock {
  /** The address of the table. */
  readonly table: bigint;
  /** The address of the first string; 0 when there is none. */
  readonly first: bigint;
  private readonly pointers: BigUint64Array;
  private readonly strings: Buffer[];

  /** @param syscall  the call that it is for, which is blamed for a NUL inside a string */
  constructor(strings: readonly Name[], syscall: string) {
    this.strings = strings.map((string) => cString(string, syscall));
    this.pointers = new BigUint64Array(strings.length + 1);
    for (const [at, string] of this.strings.entries()) this.pointers[at] = koffi().address(string);
    this.table = koffi().address(this.pointers);
    this.first = this.pointers[0] ?? 0n;
  }

  /** C has looked at it. Called behind that, it keeps the block from being collected before. */
  release(): void {
    this.strings.length = 0;
    this.pointers.fill(0n);
  }
}
