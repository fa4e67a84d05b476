/**
 * What `ps` shows of this process: the memory in which the kernel handed it its arguments, and its name.
 *
 * process.title knows neither bytes that are not UTF-8 nor the NUL between two words.
 */
import fs from "node:fs";
import { bind, cString, memoryAt } from "./libc.ts";
import { argumentArea } from "./process-table.ts";
import type { Fd, Name } from "./types.ts";

const PR_SET_NAME = 15;
const prctl = bind("int prctl(int option, const uint8_t *name, ...)");

/** Where the arguments are shown from. */
interface Place {
  write(bytes: Uint8Array, from: number, to: number): void;
  release(): void;
}

export class Title {
  private readonly bytes: Buffer;
  private readonly place: Place;

  /** Shows `words` in place of this process's arguments, and the first of them as its name. */
  constructor(words: readonly Name[]) {
    const text = Buffer.concat(words.flatMap((word) => [Buffer.from(word), Buffer.alloc(1)]));
    const area = argumentArea();
    // What is left of the area is cleared: `ps` leaves out NULs at the end.
    this.bytes = Buffer.alloc(area?.length ?? text.length);
    text.copy(this.bytes);
    this.place =
      area === undefined
        ? NODES_OWN
        : (throughFile(area.start) ?? inMemory(area.start, area.length));
    this.place.write(this.bytes, 0, this.bytes.length);
    if (area !== undefined) rename(words[0] ?? "");
  }

  /** Puts `bytes` over what is shown, `at` bytes behind the beginning of the first word. */
  write(bytes: Uint8Array, at: number): void {
    const end = Math.min(at + bytes.length, this.bytes.length);
    this.bytes.set(bytes.subarray(0, end - at), at);
    this.place.write(this.bytes, at, end);
  }

  /** Leaves it as it is from now on, and holds no descriptor for it. */
  release(): void {
    this.place.release();
  }
}

const nothing = (): void => {};

/** Where the kernel does not tell where they are. */
const NODES_OWN: Place = {
  write: (bytes) => {
    process.title = Buffer.from(bytes).toString("latin1").replaceAll("\0", " ").trimEnd();
  },
  release: nothing,
};

/** Undefined where the system lacks the file, or where this process has become another user's. */
function throughFile(start: number): Place | undefined {
  const memory = ownFile("mem");
  if (memory === undefined) return undefined;
  return {
    write: (bytes, from, to) => void fs.writeSync(memory, bytes, from, to - from, start + from),
    release: () => fs.closeSync(memory),
  };
}

/** As good, but it loads koffi. */
function inMemory(start: number, length: number): Place {
  const memory = memoryAt(start, length);
  return {
    write: (bytes, from, to) => memory.set(bytes.subarray(from, to), from),
    release: nothing,
  };
}

/** The name that `ps -o comm` and `pgrep` go by: that of the program's file; the kernel keeps 15 bytes of it. */
function rename(word: Name): void {
  const path = Buffer.from(word);
  const name = path.subarray(path.lastIndexOf("/") + 1);
  const file = ownFile("comm");
  if (file === undefined) prctl(PR_SET_NAME, cString(name, "prctl"));
  else {
    fs.writeSync(file, name);
    fs.closeSync(file);
  }
}

function ownFile(name: string): Fd | undefined {
  try {
    return fs.openSync(`/proc/self/${name}`, "r+");
  } catch {
    // It is not there, or not for us.
    return undefined;
  }
}
