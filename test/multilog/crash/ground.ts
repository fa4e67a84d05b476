/**
 * What the crash tests stand on: directories of their own, numbered lines, a system that remembers
 * what it opened, and the judge of what a log directory holds.
 */
import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { type Fd, type Posix, posix as real, type Watch } from "../../../src/posix/index.ts";

export const ROOT: string = fileURLToPath(new URL("../../../../", import.meta.url));
export const OURS: string = join(ROOT, "dist/bin/multilog");
/** The C program, where it is installed. */
export const THEIRS: string | undefined = ["/usr/bin/multilog", "/usr/local/bin/multilog"].find(
  (path) => fs.existsSync(path),
);
export const NO_C: string | false =
  THEIRS === undefined ? "the C multilog is not installed here" : false;
/** Memory where there is some: thousands of runs sync their files. */
const SHELF = fs.existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

export function temporary(t: TestContext): string {
  const path = fs.mkdtempSync(join(SHELF, "timberline-crash-"));
  t.after(() => fs.rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Resolves in the loop's next turn. */
export const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Waits until `holds`, looking at every turn of the loop at first and every millisecond later. */
export async function until(holds: () => boolean, what: string, mostMs = 20_000): Promise<void> {
  const end = performance.now() + mostMs;
  for (let looks = 0; !holds(); looks++) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    if (looks < 200) await turn();
    else await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** A pipe that the test holds both ends of. */
export class Pipe {
  readonly out: Fd;
  in: Fd;

  constructor(t: TestContext) {
    [this.out, this.in] = real.pipe();
    t.after(() => {
      this.end();
      real.close(this.out);
    });
  }

  get queued(): number {
    return real.queued(this.out);
  }

  put(bytes: Uint8Array | string): void {
    const all = Buffer.from(bytes);
    for (let at = 0; at < all.length; ) at += fs.writeSync(this.in, all, at);
  }

  end(): void {
    if (this.in >= 0) real.close(this.in);
    this.in = -1;
  }
}

/** A system that remembers what was opened through it, so that the dead can be buried. */
export interface Tracked {
  readonly posix: Posix;
  readonly open: ReadonlySet<Fd>;
  /** Lets go of everything that its user still holds, as the kernel does after SIGKILL. */
  readonly bury: () => Promise<void>;
}

export function trackedPosix(below: Posix = real): Tracked {
  const open = new Set<Fd>();
  const pending = new Set<Promise<unknown>>();
  const watches = new Set<Watch>();
  const remember = <T>(promise: Promise<T>): Promise<T> => {
    const settled: Promise<unknown> = promise
      .catch(() => undefined)
      .finally(() => pending.delete(settled));
    pending.add(settled);
    return promise;
  };
  const posix: Posix = {
    ...below,
    openAt: (dir, name, how, mode) => {
      const fd = below.openAt(dir, name, how, mode);
      open.add(fd);
      return fd;
    },
    pipe: () => {
      const ends = below.pipe();
      for (const fd of ends) open.add(fd);
      return ends;
    },
    close: (fd) => {
      open.delete(fd);
      below.close(fd);
    },
    syncLater: (fd) => remember(below.syncLater(fd)),
    spawn: (program, argv, options) => remember(below.spawn(program, argv, options)),
    watch: (fd) => {
      const watch = below.watch(fd);
      if (watch === undefined) return undefined;
      const own: Watch = {
        next: (timeoutMs) => watch.next(timeoutMs),
        wake: () => watch.wake(),
        stop: () => {
          watches.delete(own);
          watch.stop();
        },
      };
      watches.add(own);
      return own;
    },
  };
  const bury = async (): Promise<void> => {
    while (pending.size > 0) await Promise.all(pending);
    for (const watch of watches) watch.stop();
    for (const fd of open) posix.close(fd);
  };
  return { posix, open, bury };
}

/** Line number `number`, `width` bytes with its newline. */
const FILLING = "abcdefghij".repeat(1000);

export function line(number: number, width: number): string {
  return `${String(number).padStart(8, "0")} ${FILLING.slice(0, width - 10)}\n`;
}

export function lines(from: number, to: number, width: number): string {
  let text = "";
  for (let number = from; number < to; number++) text += line(number, width);
  return text;
}

/** The files of a log directory that hold its lines, oldest first. */
export function logFiles(dir: string): string[] {
  const archives = fs.readdirSync(dir).filter((name) => name.startsWith("@"));
  return [...archives.sort(), "current"];
}

export interface Found {
  /** How many lines were found again, and bytes of them. */
  readonly repeats: number;
  readonly repeatedBytes: number;
  /** In how many places the numbers went back, and the most lines at one of them. */
  readonly returns: number;
  readonly longestReturn: number;
  /** Unfinished lines at the end of unclean files. */
  readonly torn: number;
}

export interface Expected {
  /** Lines 0 to `count` - 1 are to be there, each `width` bytes. */
  readonly count: number;
  readonly width: number;
  readonly stampBytes: number;
}

/**
 * Judges a log directory: every line is there, in order, and labels strictly increase. Lines may
 * come again only where a file was left unclean, and a line may be torn only at the end of one.
 */
export function judge(dir: string, { count, width, stampBytes }: Expected): Found {
  let next = 0;
  let repeats = 0;
  let returns = 0;
  let longestReturn = 0;
  let torn = 0;
  let label = "";
  let rest = "";
  for (const name of logFiles(dir)) {
    const text = fs.readFileSync(join(dir, name), "latin1");
    const pieces = text.split("\n");
    const last = pieces.pop() ?? "";
    if (rest !== "") {
      // The line that was torn comes whole.
      const again = (pieces[0] ?? "").slice(stampBytes);
      assert.ok(again.startsWith(rest.slice(stampBytes)), `${dir}: ${rest} is no line's beginning`);
      torn++;
    }
    for (const piece of pieces) {
      if (stampBytes > 0) {
        const stamp = piece.slice(0, stampBytes);
        assert.ok(stamp > label, `${dir}/${name}: label ${stamp} is not later than ${label}`);
        label = stamp;
      }
      const number = Number(piece.slice(stampBytes, stampBytes + 8));
      if (`${piece.slice(stampBytes)}\n` !== line(number, width)) {
        assert.fail(`${dir}/${name}: ${piece} comes where ${next} was awaited`);
      }
      if (number !== next) {
        const files = (): string => logFiles(dir).join(" ").slice(0, 4000);
        assert.ok(number < next, `${name}: line ${number} comes for ${next} in ${files()}`);
        repeats += next - number;
        returns++;
        longestReturn = Math.max(longestReturn, next - number);
      }
      next = number + 1;
    }
    assert.ok(last === "" || name.endsWith(".u"), `${dir}/${name} ends in the line ${last}`);
    rest = last;
  }
  assert.equal(rest, "", `${dir}: the last line is torn`);
  assert.equal(next, count, `${dir}: lines found`);
  return { repeats, repeatedBytes: repeats * width, returns, longestReturn, torn };
}

const STANDING = new Set(["lock", "current", "state"]);
const modeOf = (path: string): number => fs.statSync(path).mode & 0o777;

/** A log directory that was closed cleanly: its names and modes, and nothing left over. */
export function judgeClosed(dir: string): void {
  for (const name of fs.readdirSync(dir)) {
    const mode = modeOf(join(dir, name));
    if (/^@[0-9a-f]{24}\.s$/.test(name)) assert.equal(mode, 0o744, `mode of ${dir}/${name}`);
    else if (/^@[0-9a-f]{24}\.u$/.test(name))
      assert.ok([0o644, 0o744].includes(mode), `mode of ${dir}/${name}`);
    else assert.ok(STANDING.has(name), `${dir}/${name} is left over`);
  }
  assert.equal(modeOf(join(dir, "current")), 0o744, `mode of ${dir}/current`);
  assert.equal(modeOf(join(dir, "lock")), 0o600, `mode of ${dir}/lock`);
  assert.equal(modeOf(join(dir, "state")), 0o644, `mode of ${dir}/state`);
}

/** All that a directory holds, name by name. */
export function contents(dir: string): Record<string, string> {
  const held = logFiles(dir).map((name) => [name, fs.readFileSync(join(dir, name), "latin1")]);
  return Object.fromEntries(held) as Record<string, string>;
}

/** The C program takes the directories over, and changes nothing in them. */
export function theirsTakesOver(dirs: readonly string[]): void {
  const program = THEIRS;
  if (program === undefined) return;
  const most = 100;
  for (let at = 0; at < dirs.length; at += most) {
    const some = dirs.slice(at, at + most);
    const before = some.map(contents);
    const ended: SpawnSyncReturns<Buffer> = spawnSync(program, ["n1000", ...some], { input: "" });
    assert.equal(ended.stderr.toString(), "");
    assert.equal(ended.status, 0);
    assert.deepEqual(some.map(contents), before);
    for (const dir of some) judgeClosed(dir);
  }
}
