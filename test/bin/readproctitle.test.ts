// Not tested: macOS, and systems without /proc/self/mem, where process.title shows what it can.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { test } from "node:test";
import { shell } from "../posix/launched.ts";
import { ours, peer } from "../support/commands.ts";
import { Pipe } from "../support/pipe.ts";
import { Chance, chooseSeed } from "../support/random.ts";
import type { Scope } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const readproctitle = ours("readproctitle");
const original = peer("readproctitle");
const timeout = 60_000;
const NAME = "readproctitle";

/** One that runs, fed by a pipe; argv[0] is its bare name. */
class Shown {
  readonly input: Pipe;
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown[]>;

  constructor(scope: Scope, program: string, words: readonly string[]) {
    this.input = new Pipe(scope, { large: true });
    this.child = spawn(program, words, {
      argv0: NAME,
      stdio: [this.input.readEnd, "ignore", "inherit"],
      env: { PATH: "/usr/bin:/bin" },
    });
    this.exited = once(this.child, "exit");
    scope.after(() => this.child.kill("SIGKILL"));
  }

  /** The words that the kernel shows; NULs behind the last one count for nothing, to ps as well. */
  get words(): string {
    return fs.readFileSync(`/proc/${this.child.pid}/cmdline`, "latin1").replace(/\0+$/, "");
  }

  get name(): string {
    return fs.readFileSync(`/proc/${this.child.pid}/comm`, "latin1");
  }

  get line(): string {
    return shell(`ps -o args= -p ${this.child.pid}`).stdout;
  }

  async shows(words: string): Promise<void> {
    await until(`${JSON.stringify(words)}, not ${JSON.stringify(this.words)}`, () => {
      return this.words === words;
    });
  }

  async end(): Promise<unknown> {
    this.input.end();
    return (await this.exited)[0];
  }
}

const programs = [
  { name: NAME, path: readproctitle, skip: false },
  { name: "the C readproctitle", ...original },
] as const;

for (const { name, path, skip } of programs) {
  test(`${name} shows the last bytes of its input behind three dots`, {
    skip,
    timeout,
  }, async (t) => {
    const shown = new Shown(t, path, ["service", "errors:", "o".repeat(20)]);
    const before = `${NAME}\0service\0errors:\0`;
    await shown.shows(before + ".".repeat(20));
    for (const [said, seen] of [
      ["hello\n", "..............hello\n"],
      ["a\0b\xff\x01\t", ".........hello\nab\xff\x01\t"],
      ["\0\0", ".........hello\nab\xff\x01\t"],
      ["0123456789abcdefghijk", "...456789abcdefghijk"],
      ["z", "...56789abcdefghijkz"],
      [`${"line\n".repeat(50_000)}17 bytes at last.`, "...17 bytes at last."],
    ] as const) {
      await shown.input.write(Buffer.from(said, "latin1"));
      await shown.shows(before + seen);
    }
    assert.equal(shown.name, `${NAME}\n`);
    assert.equal(shown.line, `${NAME} service errors: ...17 bytes at last.\n`);
    assert.equal(await shown.end(), 0);
  });

  test(`${name} needs no word but the dots`, { skip, timeout }, async (t) => {
    const shown = new Shown(t, path, ["....."]);
    await shown.shows(`${NAME}\0.....`);
    await shown.input.write("abc");
    await shown.shows(`${NAME}\0...bc`);
    assert.equal(await shown.end(), 0);
  });
}

test("readproctitle shows what the C program shows, whatever comes", {
  skip: original.skip,
  timeout,
}, async (t) => {
  const seed = chooseSeed();
  t.diagnostic(`seed ${seed}`);
  const chance = new Chance(seed);
  const words = ["\xe4\xf6", "", "x".repeat(5 + chance.below(400))];
  const [mine, theirs] = [readproctitle, original.path].map((path) => new Shown(t, path, words));
  for (let round = 0; round < 20; round++) {
    const length = chance.below(chance.once(3) ? 2000 : 20);
    // Never a NUL alone at the end: what is waited for is to be seen.
    const bytes = Buffer.from([...chance.list(length, () => chance.below(256)), 1 + round]);
    for (const one of [mine!, theirs!]) {
      await one.input.write(bytes);
      await one.input.drained();
    }
    const last = String.fromCharCode(1 + round);
    await until("the C program to have shown it", () => theirs!.words.endsWith(last));
    await mine!.shows(theirs!.words);
    assert.equal(mine!.line, theirs!.line);
  }
});

test("readproctitle refuses and ends without a word, as the C program does", {
  skip: original.skip,
  timeout,
}, () => {
  const lines = [
    'exec "$1"',
    'exec "$1" ....',
    'exec "$1" service ""',
    'exec "$1" .......... abcd',
    'exec "$1" ..... </dev/null',
    'exec "$1" ..... <&-',
    'exec "$1" ..... </',
    'exec "$1" ..... 0>/dev/null',
  ];
  for (const line of lines) {
    const [mine, theirs] = [readproctitle, original.path].map((path) => {
      const { status, stdout, stderr } = shell(line, [path]);
      return { status, stdout, stderr };
    });
    assert.deepEqual(mine, theirs, line);
    assert.equal(theirs!.stdout + theirs!.stderr, "");
  }
});

const isRoot = process.getuid?.() === 0;

test("readproctitle shows the same when it has become another user's on the way", {
  skip: isRoot ? false : "becoming another user takes root",
  timeout,
}, async (t) => {
  const shown = new Shown(t, ours("setuidgid"), ["nobody", readproctitle, "errors:", "........"]);
  await shown.shows(`${readproctitle}\0errors:\0........`);
  await shown.input.write(Buffer.from("a\xff\nb", "latin1"));
  await shown.shows(`${readproctitle}\0errors:\0....a\xff\nb`);
  assert.equal(shown.name, `${NAME}\n`);
  assert.equal(await shown.end(), 0);
});

test("readproctitle goes on when somebody makes its input non-blocking", { timeout }, async (t) => {
  const shown = new Shown(t, readproctitle, ["......"]);
  await shown.shows(`${NAME}\0......`);
  const { input } = shown;
  const { posix } = await import("../../src/posix/index.ts");
  const flags = posix.getStatusFlags(input.readEnd) | fs.constants.O_NONBLOCK;
  posix.setStatusFlags(input.readEnd, flags);
  // Twice: the first of these reads may still be a blocking one.
  for (const letter of ["a", "b", "c"]) {
    await input.write(letter);
    await until("it to be shown", () => shown.words.endsWith(letter));
  }
  assert.equal(await shown.end(), 0);
});
