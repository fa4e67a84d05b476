/**
 * Every system call fails, once and three times, with what the system may say there: before the
 * first byte that is fatal, after it a warning and a pause, and every line stands in the log once.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createMultilog } from "../../../src/multilog/index.ts";
import { Fatal, type Posix, SystemFailure } from "../../../src/posix/index.ts";
import { judge, judgeClosed, lines, Pipe, temporary, trackedPosix, until } from "./ground.ts";

const WIDTH = 300;
const COUNT = 27;
const PER_CHUNK = 9;
const KEEP_STATE = "!cat; cat <&4 >&5; echo x >&5";

/** What each call may say. Calls on pipes have nothing to say but of broken programs. */
const CODES: Partial<Record<keyof Posix, readonly string[]>> = {
  write: ["ENOSPC", "EIO", "EDQUOT"],
  writeAt: ["ENOSPC", "EIO"],
  openAt: ["EMFILE", "EACCES", "ENOSPC", "EIO"],
  status: ["EIO"],
  statusAt: ["EIO", "EACCES"],
  list: ["EMFILE", "EIO"],
  renameAt: ["EIO", "EACCES", "EROFS"],
  linkAt: ["ENOSPC", "EIO", "EPERM", "EMLINK"],
  unlinkAt: ["EIO", "EACCES", "EPERM"],
  setMode: ["EIO", "EPERM"],
  syncLater: ["EIO", "ENOSPC"],
  spawn: ["EAGAIN", "ENOMEM"],
  close: ["EIO"],
};

interface Failing {
  readonly posix: Posix;
  /** The call that failed; undefined when none came so far. */
  readonly hit: () => keyof Posix | undefined;
}

/** The n-th call of those that can fail fails, and `times` - 1 calls behind it that have that name. */
function failingFrom(below: Posix, at: number, times: number, pick: number): Failing {
  let calls = 0;
  let hit: keyof Posix | undefined;
  let left = times;
  const posix = new Proxy(below, {
    get: (target, name: keyof Posix) => {
      const method = target[name] as (...args: unknown[]) => unknown;
      const codes = CODES[name];
      if (codes === undefined) return method;
      return (...args: unknown[]) => {
        calls++;
        const isFirst = calls === at;
        if (isFirst) hit = name;
        if (!isFirst && (hit !== name || left === times)) return method(...args);
        if (left === 0) return method(...args);
        left--;
        const failure = new SystemFailure(codes[pick % codes.length] as string, name);
        if (name === "syncLater" || name === "spawn") return Promise.reject(failure);
        // close(2) lets go of the descriptor also when it fails.
        if (name === "close") method(...args);
        throw failure;
      };
    },
  });
  return { posix, hit: () => hit };
}

interface Outcome {
  readonly kind: "never reached" | "fatal" | "went on";
  readonly call: string;
  readonly warnings: readonly string[];
}

async function runFailing(
  t: TestContext,
  at: string,
  script: string[],
  dirs: string[],
  stampBytes: number,
  make: (below: Posix) => Failing,
): Promise<Outcome> {
  fs.mkdirSync(at);
  const pipe = new Pipe(t);
  const tracked = trackedPosix();
  const failing = make(tracked.posix);
  const warnings: string[] = [];
  const options = {
    input: pipe.out,
    pauseMs: 1,
    onWarning: (warning: Buffer): void => void warnings.push(warning.toString()),
  };
  pipe.put(lines(0, PER_CHUNK, WIDTH));
  let multilog: Awaited<ReturnType<typeof createMultilog>>;
  let kind: Outcome["kind"] = "went on";
  try {
    multilog = await createMultilog(script, { ...options, posix: failing.posix });
  } catch (failure) {
    assert.ok(failure instanceof Fatal, String((failure as Error).stack));
    assert.equal(failure.exitCode, 111);
    assert.deepEqual([...tracked.open], [], "descriptors after a fatal start");
    assert.equal(pipe.queued, PER_CHUNK * WIDTH, "nothing is read");
    kind = "fatal";
    multilog = await createMultilog(script, options);
  }
  for (let chunk = 1; chunk * PER_CHUNK < COUNT; chunk++) {
    await until(() => pipe.queued === 0, `chunk ${chunk} is taken`);
    pipe.put(lines(chunk * PER_CHUNK, (chunk + 1) * PER_CHUNK, WIDTH));
  }
  pipe.end();
  assert.equal(await multilog.closed, true);
  assert.deepEqual([...tracked.open], [], "descriptors at the end");
  for (const dir of dirs) {
    const found = judge(join(at, dir), { count: COUNT, width: WIDTH, stampBytes });
    assert.equal(found.repeats, 0);
    judgeClosed(join(at, dir));
  }
  const call = failing.hit();
  return call === undefined
    ? { kind: "never reached", call: "", warnings }
    : { kind, call, warnings };
}

const SCRIPTS: Record<string, (at: string) => string[]> = {
  "one directory": (at) => ["t", "s4096", `${at}/a`],
  "a processor": (at) => ["t", "s4096", KEEP_STATE, `${at}/a`],
  "a sync before every consumption": (at) => ["t", ":sync=always", "s4096", `${at}/a`],
  "a status file and two directories": (at) => [
    "t",
    `=${at}/status`,
    "s4096",
    `${at}/a`,
    "s5000",
    `${at}/b`,
  ],
};

for (const [name, script] of Object.entries(SCRIPTS)) {
  test(`with ${name}, every call that fails is done again, and no line is lost or doubled`, {
    timeout: 120_000,
  }, async (t) => {
    const home = temporary(t);
    const dirs = script("")
      .filter((word) => word.startsWith("/"))
      .map((word) => word.slice(1));
    let cases = 0;
    const said = new Set<string>();
    const silent = new Set<string>();
    const outcomes = { fatal: 0, "went on": 0 };
    for (const times of [1, 3]) {
      for (let n = 1; ; n++) {
        const at = join(home, `${times}-${n}`);
        const make = (below: Posix): Failing => failingFrom(below, n, times, n);
        const outcome = await runFailing(t, at, script(at), dirs, 26, make).catch((failure) => {
          throw new Error(`call ${n} failing ${times} times`, { cause: failure });
        });
        if (outcome.kind === "never reached") break;
        cases++;
        outcomes[outcome.kind]++;
        for (const warning of outcome.warnings) {
          said.add(
            warning
              .replaceAll(at, "AT")
              .replace(/@[0-9a-f]{24}/, "@")
              .replace(/: [a-z /-]+$/, ""),
          );
        }
        if (outcome.kind === "went on" && outcome.warnings.length === 0) silent.add(outcome.call);
      }
    }
    t.diagnostic(`${cases} failures: ${outcomes.fatal} fatal, ${outcomes["went on"]} overcome`);
    t.diagnostic(`said: ${[...said].sort().join("; ")}`);
    t.diagnostic(`without a word: ${[...silent].sort().join(" ")}`);
    assert.ok(cases > 60, `${cases} failures`);
    assert.ok(said.has("unable to write to AT/a/current, pausing"));
    assert.ok(said.has("unable to rename current to previous in directory AT/a, pausing"));
    assert.ok(said.has("unable to link to AT/a/@, pausing"));
  });
}

/** What each run writes: every chunk is one batch, and a file ends behind its seventh line. */
const WRITES_OF_LINES = [7, 2, 5, 4, 3, 6];

test("a write that is cut short is continued where it stopped", { timeout: 60_000 }, async (t) => {
  const home = temporary(t);
  for (let n = 0; n <= WRITES_OF_LINES.length; n++) {
    const at = join(home, String(n));
    const asked: number[] = [];
    // The last run has no such write: what is awaited of the others is what it asks for.
    const outcome = await runFailing(t, at, ["t", "s4096", `${at}/a`], ["a"], 26, (below) => ({
      posix: {
        ...below,
        write: (fd, memory, offset, length) => {
          const isShort = asked.push(length) === n + 1;
          return below.write(fd, memory, offset, isShort ? Math.floor(length / 2) : length);
        },
      },
      hit: () => "write",
    }));
    assert.deepEqual(outcome.warnings, []);
    const awaited = WRITES_OF_LINES.map((count) => count * (WIDTH + 26));
    const cut = awaited[n];
    if (cut !== undefined) awaited.splice(n + 1, 0, cut - Math.floor(cut / 2));
    assert.deepEqual(asked, awaited);
  }
});

test("writes of one byte at a time write the same files", { timeout: 60_000 }, async (t) => {
  const at = join(temporary(t), "x");
  let writes = 0;
  await runFailing(t, at, ["t", "s4096", `${at}/a`], ["a"], 26, (below) => ({
    posix: {
      ...below,
      write: (fd, memory, offset, length) => {
        writes++;
        return below.write(fd, memory, offset, Math.min(1, length));
      },
    },
    hit: () => "write",
  }));
  assert.equal(writes, COUNT * (WIDTH + 26));
});
