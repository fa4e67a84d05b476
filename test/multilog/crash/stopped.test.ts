/**
 * A crash at every system call: the engine stops dead before or after its n-th call, for every n;
 * what it held is let go, as the kernel does; a new engine finishes the work on the same pipe.
 *
 * Not tested: power loss (what the disk forgets), which no test in a running system can show.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createMultilog } from "../../../src/multilog/index.ts";
import { failingPosix, type Posix, posix as real, Stopped } from "../../../src/posix/index.ts";
import {
  judge,
  judgeClosed,
  lines,
  Pipe,
  temporary,
  theirsTakesOver,
  trackedPosix,
  until,
} from "./ground.ts";
import { RECOVERY, STEPS, standingOf } from "./table.ts";

const WIDTH = 300;
const PER_CHUNK = 9;
const CHUNKS = 3;
const COUNT = PER_CHUNK * CHUNKS;
const TAI64N_BYTES = 26;
const REPEATED = /: the first (\d+) lines? may repeat/;
const KEEP_STATE = "!cat; cat <&4 >&5; echo x >&5";

interface Scenario {
  readonly script: (at: string) => string[];
  readonly stampBytes: number;
  /** Log directories, each of which is to hold every line. */
  readonly dirs: readonly string[];
}

const SCENARIOS: Record<string, Scenario> = {
  "one directory": {
    script: (at) => ["t", "s4096", `${at}/a`],
    stampBytes: TAI64N_BYTES,
    dirs: ["a"],
  },
  "a directory with a processor": {
    script: (at) => ["s4096", KEEP_STATE, `${at}/a`],
    stampBytes: 0,
    dirs: ["a"],
  },
  "a directory that is synced before every consumption": {
    script: (at) => ["t", ":sync=always", "s4096", `${at}/a`],
    stampBytes: TAI64N_BYTES,
    dirs: ["a"],
  },
  "two directories": {
    script: (at) => ["t", "s4096", `${at}/a`, "s5000", `${at}/b`],
    stampBytes: TAI64N_BYTES,
    dirs: ["a", "b"],
  },
  "a status file": {
    script: (at) => [`=${at}/status`, "s4096", `${at}/a`],
    stampBytes: 0,
    dirs: ["a"],
  },
};

/** Feeds the lines from `from` on, chunk by chunk, until all are taken or the engine is dead. */
async function feed(pipe: Pipe, chunks: string[], isOver: () => boolean): Promise<void> {
  for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
    pipe.put(chunk);
    await until(() => isOver() || pipe.queued === 0, "the pipe is empty");
    if (isOver()) return;
  }
}

const newChunks = (): string[] =>
  Array.from({ length: CHUNKS }, (_, c) => lines(c * PER_CHUNK, (c + 1) * PER_CHUNK, WIDTH));

/** @returns whether the engine came to its end without reaching the call at which it was to stop */
async function runOnce(
  pipe: Pipe,
  chunks: string[],
  script: string[],
  posix: Posix,
  onWarning: (warning: Buffer) => void = () => {},
): Promise<boolean> {
  let isOver = false;
  try {
    const multilog = await createMultilog(script, {
      posix,
      input: pipe.out,
      pauseMs: 1,
      onWarning,
    });
    const closed = multilog.closed.finally(() => {
      isOver = true;
    });
    await Promise.all([
      closed,
      feed(pipe, chunks, () => isOver).then(() => chunks.length === 0 && !isOver && pipe.end()),
    ]);
    return true;
  } catch (failure) {
    assert.ok(failure instanceof Stopped, String((failure as Error).stack));
    return false;
  }
}

interface Stop {
  readonly at: number;
  readonly when: "before" | "after";
}

interface Crash {
  readonly finished: boolean;
  readonly repeats: number;
  /** The call at which it died. */
  readonly call: string;
  /** What stood in the first directory then. */
  readonly left: string;
}

/** Runs until each stop in turn, and at last to the end. */
async function crashAndRestart(
  t: TestContext,
  at: string,
  scenario: Scenario,
  stop: Stop,
  again?: Stop,
): Promise<Crash & { readonly secondCall: string | undefined; readonly secondLeft: string }> {
  fs.mkdirSync(at);
  const pipe = new Pipe(t);
  const chunks = newChunks();
  const script = scenario.script(at);
  const tracked = trackedPosix();
  const failing = failingPosix(tracked.posix, { kind: "stop", ...stop });
  const finished = await runOnce(pipe, chunks, script, failing.posix);
  await tracked.bury();
  const first = join(at, scenario.dirs[0] ?? "");
  const left = fs.existsSync(first) ? standingOf(first) : "";
  const call = failing.calls.at(-1) ?? "";
  if (finished)
    return { finished, repeats: 0, call, left, secondCall: undefined, secondLeft: left };
  let secondCall: string | undefined;
  let secondLeft = left;
  if (again !== undefined) {
    const second = failingPosix(tracked.posix, { kind: "stop", ...again });
    if (!(await runOnce(pipe, chunks, script, second.posix))) secondCall = second.calls.at(-1);
    await tracked.bury();
    secondLeft = standingOf(first);
    if (secondCall === undefined)
      return { finished, repeats: 0, call, left, secondCall, secondLeft };
  }
  const warnings: string[] = [];
  const listen = (warning: Buffer): void => void warnings.push(warning.toString());
  assert.equal(await runOnce(pipe, chunks, script, real, listen), true);
  const found = scenario.dirs.map((dir) => {
    judgeClosed(join(at, dir));
    return judge(join(at, dir), { count: COUNT, width: WIDTH, stampBytes: scenario.stampBytes });
  });
  const crashes = again === undefined ? 1 : 2;
  for (const { returns, repeats } of found) {
    assert.ok(returns <= crashes, "more than one batch was repeated");
    assert.ok(repeats <= crashes * PER_CHUNK, `${repeats} lines were repeated`);
  }
  const repeats = found[0]?.repeats ?? 0;
  if (again === undefined && !script.includes(KEEP_STATE)) {
    // The report is exact where nothing but multilog has written the files.
    const reported = warnings.map((warning) => Number(REPEATED.exec(warning)?.[1]));
    const repeated = found.map((one) => one.repeats).filter((count) => count > 0);
    assert.deepEqual(reported, repeated);
  }
  return { finished, repeats, call, left, secondCall, secondLeft };
}

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  test(`a multilog with ${name} loses nothing, whichever system call it dies at`, {
    timeout: 120_000,
  }, async (t) => {
    const home = temporary(t);
    const met = new Set<string>();
    const standing = new Set<string>();
    let repeating = 0;
    let cases = 0;
    const dirs: string[] = [];
    for (const when of ["before", "after"] as const) {
      for (let n = 1; ; n++) {
        const at = join(home, `${when}-${n}`);
        const result = await crashAndRestart(t, at, scenario, { at: n, when }).catch((failure) => {
          throw new Error(`stopped ${when} call ${n}`, { cause: failure });
        });
        if (result.finished) break;
        cases++;
        met.add(result.call);
        standing.add(result.left);
        if (result.repeats > 0) repeating++;
        dirs.push(...scenario.dirs.map((dir) => join(at, dir)));
      }
    }
    theirsTakesOver(dirs);
    t.diagnostic(`${cases} crashes, ${repeating} repeated lines, at ${[...met].sort().join(" ")}`);
    assert.ok(cases > 150, `${cases} crashes`);
    const known = new Set([...STEPS, ...RECOVERY, ""]);
    for (const left of standing) assert.ok(known.has(left), `docs/logdir.md does not list ${left}`);
    assert.ok(repeating > 0, "no crash between writing and taking");
    for (const call of ["write", "splice", "tee", "renameAt", "linkAt", "unlinkAt", "syncLater"]) {
      assert.ok(met.has(call), `no crash at ${call}`);
    }
  });
}

test("a start that dies at any system call leaves what the next start can use", {
  timeout: 240_000,
}, async (t) => {
  const home = temporary(t);
  const scenario = SCENARIOS["a directory with a processor"] as Scenario;
  const firsts = new Map<string, number>();
  let number = 0;
  for (let n = 1; ; n++) {
    const at = join(home, String(number++));
    const { finished, left } = await crashAndRestart(t, at, scenario, { at: n, when: "after" });
    if (finished) break;
    if (left !== "" && !firsts.has(left)) firsts.set(left, n);
  }
  // Every state that the page lists is one that a crash has left.
  const standing = new Set(firsts.keys());
  const plain = SCENARIOS["one directory"] as Scenario;
  for (let n = 1; ; n++) {
    const at = join(home, String(number++));
    const { finished, left } = await crashAndRestart(t, at, plain, { at: n, when: "after" });
    if (finished) break;
    standing.add(left);
  }
  for (const step of STEPS) assert.ok(standing.has(step), `no crash left ${step}`);

  const recovering = new Set<string>();
  let cases = 0;
  for (const n of firsts.values()) {
    for (const when of ["before", "after"] as const) {
      for (let m = 1; ; m++) {
        const at = join(home, String(number++));
        const first: Stop = { at: n, when: "after" };
        const crash = await crashAndRestart(t, at, scenario, first, { at: m, when }).catch(
          (failure) => {
            throw new Error(`stopped after call ${n}, then ${when} call ${m}`, { cause: failure });
          },
        );
        recovering.add(crash.secondLeft);
        if (crash.secondCall === undefined || crash.secondCall === "tee") break;
        cases++;
      }
    }
  }
  t.diagnostic(`${firsts.size} states, ${cases} crashes in their recovery`);
  assert.ok(cases > 400, `${cases} crashes`);
  const known = new Set([...STEPS, ...RECOVERY]);
  for (const left of recovering) assert.ok(known.has(left), `docs/logdir.md does not list ${left}`);
  for (const left of RECOVERY) assert.ok(recovering.has(left), `no crash of a start left ${left}`);
});

test("no file bears the bit before fsync has covered all of it and its name", {
  timeout: 30_000,
}, async (t) => {
  const at = join(temporary(t), "x");
  fs.mkdirSync(at);
  const pipe = new Pipe(t);
  const unsynced = new Set<string>();
  const inode = (fd: number): string => String(real.status(fd).inode);
  let marked = 0;
  let namesChanged = 0;
  const posix: Posix = {
    ...real,
    write: (fd, memory, from, length) => {
      unsynced.add(inode(fd));
      return real.write(fd, memory, from, length);
    },
    renameAt: (dir, from, to) => {
      namesChanged++;
      unsynced.add(inode(dir));
      real.renameAt(dir, from, to);
    },
    syncLater: async (fd) => {
      const about = inode(fd);
      await real.syncLater(fd);
      unsynced.delete(about);
    },
    setMode: (fd, mode) => {
      if (mode === 0o744) {
        marked++;
        assert.ok(!unsynced.has(inode(fd)), "marked before its bytes are on the disk");
      }
      real.setMode(fd, mode);
    },
    linkAt: (dir, from, to) => {
      assert.ok(!unsynced.has(inode(dir)), "linked before the directory is on the disk");
      real.linkAt(dir, from, to);
    },
  };
  assert.equal(await runOnce(pipe, newChunks(), ["t", "s4096", `${at}/a`], posix), true);
  assert.ok(marked >= 4 && namesChanged >= 3, `${marked} marks, ${namesChanged} renames`);
});
