/**
 * Input: lines as services write them, made up here, the same on every run.
 *
 * The shapes are those of a distributed file system, a web server, a login daemon and a mail system;
 * no line is anybody's. A block is written again and again until the file is as long as is wanted.
 */
import fs from "node:fs";

const BLOCK_BYTES = 16 * 2 ** 20;

export interface Input {
  readonly path: string;
  readonly bytes: number;
  readonly lines: number;
  /** For people: how long the lines are and what they look like. */
  readonly shape: string;
}

/** Numbers that look random and are the same every time. */
class Chance {
  #state = 20_130_401;

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) >>> 0;
    return (this.#state >>> 8) % limit;
  }

  of(words: readonly string[]): string {
    return words[this.below(words.length)] ?? "";
  }

  digits(count: number): string {
    return String(this.below(10 ** Math.min(count, 7))).padStart(count, "7");
  }

  address(): string {
    return `10.${this.below(256)}.${this.below(256)}.${this.below(256)}`;
  }
}

type MakeLine = (chance: Chance) => string;

const storage: MakeLine = (c) =>
  c.below(3) === 0
    ? `081109 ${c.digits(6)} ${c.below(4000)} INFO dfs.DataNode$PacketResponder: PacketResponder ${c.below(3)} for block blk_${c.digits(19)} terminating`
    : `081109 ${c.digits(6)} ${c.below(4000)} INFO dfs.FSNamesystem: BLOCK* NameSystem.addStoredBlock: blockMap updated: ${c.address()}:50010 is added to blk_${c.digits(19)} size ${c.below(67108864)}`;
const web: MakeLine = (c) =>
  c.below(2) === 0
    ? `[Sun Dec 04 04:${10 + c.below(50)}:${10 + c.below(50)} 2005] [error] mod_jk child workerEnv in error state ${c.below(12)}`
    : `${c.address()} - - [04/Dec/2005:04:${10 + c.below(50)}:01 +0000] "GET /${c.of(["index.html", "images/logo.png", "login", "api/v1/items"])} HTTP/1.1" ${c.of(["200", "304", "404"])} ${c.below(90000)}`;
const login: MakeLine = (c) =>
  `Dec 10 06:${10 + c.below(50)}:${10 + c.below(50)} host sshd[${c.below(32768)}]: ${c.of(["Failed password for invalid user", "Accepted publickey for", "Connection closed by"])} ${c.of(["webmaster", "root", "test9", "pgadmin"])} from ${c.address()} port ${c.below(65536)} ssh2`;
const services: MakeLine = (c) => [storage, web, login][c.below(3)]?.(c) ?? "";

const mail: MakeLine = (c) => {
  const message = c.below(100_000);
  const delivery = c.below(1_000_000);
  return c.of([
    `new msg ${message}`,
    `info msg ${message}: bytes ${c.below(90000)} from <user${c.below(500)}@example.org> qp ${c.below(32768)} uid 49491`,
    `starting delivery ${delivery}: msg ${message} to remote user${c.below(500)}@example.net`,
    `status: local ${c.below(10)}/10 remote ${c.below(20)}/20`,
    `delivery ${delivery}: success: ${c.address()}_accepted_message./Remote_host_said:_250_ok_${c.digits(10)}_qp_${c.below(32768)}/`,
    `end msg ${message}`,
  ]);
};

const letters = "abcdefghijklmnopqrstuvwxyz0123456789 .:/=-";

/** Lines of one length, the line end included. */
function ofLength(bytes: number): MakeLine {
  return (c) => {
    let line = "";
    while (line.length < bytes - 1) line += letters[c.below(letters.length)];
    return line;
  };
}

/** @param kind  "services", "mail", or the length of every line in bytes */
export function writeLines(path: string, bytes: number, kind: "services" | "mail" | number): Input {
  const named = { services, mail } as const;
  const make = typeof kind === "number" ? ofLength(kind) : named[kind];
  return repeat(path, makeBlock(make, Math.min(bytes, BLOCK_BYTES)), bytes, String(kind));
}

/** Somebody's own lines, again and again. */
export function copyLines(path: string, bytes: number, from: string): Input {
  const text = fs.readFileSync(from).subarray(0, bytes);
  const end = text.lastIndexOf("\n") + 1;
  if (end === 0) throw new Error(`${from} has no line`);
  return repeat(path, text.subarray(0, end), bytes, "lines of a file of yours");
}

/** The first lines of an input, in a file of their own beside it: a power of two of bytes, at most. */
export function beginningOf(input: Input, bytes: number): Input {
  if (bytes >= input.bytes) return input;
  const text = Buffer.alloc(2 ** Math.floor(Math.log2(bytes)));
  const path = `${input.path}.${text.length}`;
  const fd = fs.openSync(input.path, "r");
  fs.readSync(fd, text);
  fs.closeSync(fd);
  const whole = text.subarray(0, text.lastIndexOf("\n") + 1);
  fs.writeFileSync(path, whole);
  return { ...input, path, bytes: whole.length, lines: countLines(whole) };
}

function makeBlock(make: MakeLine, bytes: number): Buffer {
  const chance = new Chance();
  const parts: string[] = [];
  for (let size = 0; size < bytes; ) {
    const line = `${make(chance)}\n`;
    parts.push(line);
    size += line.length;
  }
  return Buffer.from(parts.join(""), "latin1");
}

function repeat(path: string, block: Buffer, bytes: number, kind: string): Input {
  const fd = fs.openSync(path, "w");
  const perBlock = countLines(block);
  let [size, lines] = [0, 0];
  for (; size < bytes; size += block.length, lines += perBlock) fs.writeSync(fd, block);
  fs.closeSync(fd);
  const mean = (size / lines).toFixed(0);
  const words = /^\d+$/.test(kind) ? "" : `${kind}, `;
  const shape = `${words}${mean} bytes a line on average, ${(size / 1e6).toFixed(0)} MB`;
  return { path, bytes: size, lines, shape };
}

function countLines(text: Buffer): number {
  let count = 0;
  for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) count++;
  return count;
}
