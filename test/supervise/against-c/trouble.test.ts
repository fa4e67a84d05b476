/** What can be wrong with a directory: the same words, codes and streams as the C programs. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { posix } from "../../../src/posix/index.ts";
import { encodeStatus } from "../../../src/supervise/status.ts";
import { fromUnixNanos } from "../../../src/tai64/index.ts";
import { type Scope, temporaryDirectory } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";
import {
  type Answer,
  ask,
  LISTENER,
  makeService,
  program,
  Supervised,
  skip,
} from "./supervised.ts";

const timeout = 60_000;
const HOUR_NANOS = 3_600_000_000_000n;
const { O_RDONLY, O_NONBLOCK } = fs.constants;

/** Makes FIFOs that somebody has open for reading, as long as the test lasts. */
function heldFifo(t: Scope, path: string): number {
  posix.makeFifo(posixCwd, path, 0o600);
  const fd = fs.openSync(path, O_RDONLY | O_NONBLOCK);
  t.after(() => fs.closeSync(fd));
  return fd;
}
const posixCwd = -100;

/** Service directories as they should not be. @returns their names */
function zoo(t: Scope, cwd: string): string[] {
  const now = BigInt(Date.now()) * 1_000_000n;
  const record = (since: bigint, pid: number): Buffer =>
    encodeStatus({ since: fromUnixNanos(since), pid, paused: true, want: "down" });
  const statuses: Readonly<Record<string, Buffer | undefined>> = {
    "no-status": undefined,
    empty: Buffer.alloc(0),
    short: record(now, 5).subarray(0, 17),
    good: record(now - HOUR_NANOS, 4_000_000_000),
    down: record(now - HOUR_NANOS, 0),
    future: record(now + HOUR_NANOS, 7),
    zeroes: Buffer.alloc(18),
    ones: Buffer.alloc(18, 0xff),
    encore: Buffer.concat([
      record(now - HOUR_NANOS, 9),
      Buffer.of(3, 0),
      record(now, 0),
      Buffer.of(5, 0),
    ]),
  };
  for (const [name, status] of Object.entries(statuses)) {
    fs.mkdirSync(join(cwd, name, "supervise"), { recursive: true });
    heldFifo(t, join(cwd, name, "supervise/ok"));
    heldFifo(t, join(cwd, name, "supervise/control"));
    if (status !== undefined) fs.writeFileSync(join(cwd, name, "supervise/status"), status);
  }
  fs.writeFileSync(join(cwd, "good/down"), "");
  fs.mkdirSync(join(cwd, "never"));
  fs.writeFileSync(join(cwd, "file"), "");
  fs.symlinkSync("loop", join(cwd, "loop"));
  fs.symlinkSync("nowhere", join(cwd, "dangling"));
  for (const name of ["down-loop", "ok-loop", "ok-file", "no-reader", "place-file", "ok-directory"])
    fs.mkdirSync(join(cwd, name));
  fs.symlinkSync("down", join(cwd, "down-loop/down"));
  fs.writeFileSync(join(cwd, "place-file/supervise"), "");
  for (const name of ["ok-loop", "ok-file", "no-reader", "ok-directory"])
    fs.mkdirSync(join(cwd, name, "supervise"));
  for (const file of ["ok", "control"]) {
    fs.symlinkSync(file, join(cwd, "ok-loop/supervise", file));
    fs.writeFileSync(join(cwd, "ok-file/supervise", file), "");
    posix.makeFifo(posixCwd, join(cwd, "no-reader/supervise", file), 0o600);
    fs.mkdirSync(join(cwd, "ok-directory/supervise", file));
  }
  const long = "x".repeat(300);
  const deep = Array.from({ length: 8 }, () => "d".repeat(200)).join("/");
  return [
    ...fs.readdirSync(cwd),
    "missing",
    "",
    long,
    deep,
    "-x",
    "--",
    "good/",
    "./good",
    `${cwd}/down`,
  ];
}

/** Seconds of a moment that passes; those of a damaged stamp stay. */
function still({ stdout, ...rest }: Answer): Answer {
  return { ...rest, stdout: stdout.replaceAll(/ \d{1,6} seconds/g, " N seconds") };
}

describe("a directory that is not as it should be", { concurrency: 2, skip }, () => {
  test("svstat says the same of each", { timeout }, (t) => {
    const cwd = temporaryDirectory(t);
    const names = zoo(t, cwd);
    assert.ok(names.length > 25);
    const theirs = still(ask("C", "svstat", names, { cwd }));
    assert.equal(theirs.stdout.split("\n").length, names.length + 1);
    assert.deepEqual(still(ask("ours", "svstat", names, { cwd })), theirs);
    assert.deepEqual(ask("ours", "svstat", [], { cwd }), ask("C", "svstat", [], { cwd }));
  });

  test("svc warns the same of each, and writes the same", { timeout }, (t) => {
    const cwd = temporaryDirectory(t);
    const names = zoo(t, cwd).filter((name) => !name.startsWith("-"));
    const read = fs.openSync(join(cwd, "good/supervise/control"), O_RDONLY | O_NONBLOCK);
    t.after(() => fs.closeSync(read));
    const lines = [
      ["-d", "-xu", ...names],
      names,
      ["-dx", "--", "-x"],
      ["-t", "-", "-x"],
      ["-"],
      ["--"],
      ["-u"],
      [],
    ];
    for (const args of lines) {
      const answers = (["C", "ours"] as const).map((family) => {
        const answer = ask(family, "svc", args, { cwd });
        const page = Buffer.alloc(100);
        const length = posix.queued(read) > 0 ? fs.readSync(read, page) : 0;
        const file = fs.readFileSync(join(cwd, "ok-file/supervise/control"), "latin1");
        fs.writeFileSync(join(cwd, "ok-file/supervise/control"), "");
        return { answer, fifo: page.toString("latin1", 0, length), file };
      });
      assert.deepEqual(answers[1], answers[0], args.join(" "));
      if (args[0] === "-d") assert.equal(answers[0]?.fifo, "dxu".repeat(3));
    }
    const [theirs, mine] = (["C", "ours"] as const).map((family) =>
      ask(family, "svc", ["-dz", "a"], { cwd }),
    );
    assert.equal(mine?.code, theirs?.code);
    assert.equal(mine?.stderr.split("\n")[0], theirs?.stderr.split("\n")[0]);
  });

  test("svok answers the same of each", { timeout }, (t) => {
    const cwd = temporaryDirectory(t);
    zoo(t, cwd);
    const cases = [
      ["good"],
      ["ok-file"],
      ["no-reader"],
      ["never"],
      ["ok-loop"],
      ["missing"],
      ["file"],
      [],
      ["good", "x"],
    ];
    for (const args of cases) {
      assert.deepEqual(
        ask("ours", "svok", args, { cwd }),
        ask("C", "svok", args, { cwd }),
        args.join(),
      );
    }
  });

  test("supervise refuses the same with the same words", { timeout }, (t) => {
    const cwd = temporaryDirectory(t);
    zoo(t, cwd);
    fs.mkdirSync(join(cwd, "lock-directory/supervise/lock"), { recursive: true });
    const cases = [
      [],
      ["a", "b"],
      ["missing"],
      ["file"],
      ["loop"],
      ["down-loop"],
      ["place-file"],
      ["ok-directory"],
      ["ok-loop"],
      ["lock-directory"],
    ];
    for (const args of cases) {
      const theirs = ask("C", "supervise", args, { cwd });
      assert.ok((theirs.code ?? 0) >= 100, args.join());
      assert.deepEqual(ask("ours", "supervise", args, { cwd }), theirs, args.join());
    }
  });

  test("run that is missing, not executable or no program is said the same way", {
    timeout,
  }, async (t) => {
    for (const [text, mode] of [
      [undefined, 0],
      [LISTENER, 0o644],
      ["", 0o755],
      ["#!/nowhere\n", 0o755],
    ] as const) {
      const said = await Promise.all(
        (["C", "ours"] as const).map(async (family) => {
          const cwd = temporaryDirectory(t);
          makeService(join(cwd, "web"), {});
          if (text !== undefined) fs.writeFileSync(join(cwd, "web/run"), text, { mode });
          const supervised = new Supervised(t, family, cwd);
          await supervised.running.says("unable to start");
          assert.deepEqual(await supervised.finish(), { code: 0, signal: null });
          return supervised.running.stderr.split("\n")[0];
        }),
      );
      assert.equal(said[1], said[0]);
      assert.match(said[0] ?? "", /^supervise: fatal: unable to start web\/run: /);
    }
  });

  test("a link that leads nowhere yet is where supervise is made", { timeout }, async (t) => {
    for (const family of ["C", "ours"] as const) {
      const cwd = temporaryDirectory(t);
      makeService(join(cwd, "web"), { run: LISTENER });
      fs.symlinkSync("../elsewhere", join(cwd, "web/supervise"));
      const supervised = new Supervised(t, family, cwd);
      await supervised.isUp();
      assert.equal(fs.statSync(join(cwd, "elsewhere")).mode & 0o777, 0o700);
      assert.deepEqual(await supervised.finish(), { code: 0, signal: null });
    }
  });

  test("svc waits where the FIFO is full", { timeout }, async (t) => {
    for (const family of ["C", "ours"] as const) {
      const cwd = temporaryDirectory(t);
      fs.mkdirSync(join(cwd, "web/supervise"), { recursive: true });
      const control = join(cwd, "web/supervise/control");
      const read = heldFifo(t, control);
      const write = fs.openSync(control, fs.constants.O_WRONLY | O_NONBLOCK);
      const size = posix.pipeSize(read);
      fs.writeSync(write, Buffer.alloc(size, "h"));
      fs.closeSync(write);
      const child = spawn(program(family, "svc"), ["-dx", "web"], { cwd, stdio: "ignore" });
      t.after(() => child.kill("SIGKILL"));
      let ended = false;
      const code = new Promise<number | null>((resolve) => child.once("exit", resolve));
      void code.then(() => {
        ended = true;
      });
      await until("svc to be stuck in the pipe", () => {
        assert.equal(ended, false, `${family} has not waited`);
        return /pipe/.test(fs.readFileSync(`/proc/${child.pid}/wchan`, "latin1"));
      });
      const page = Buffer.alloc(size);
      assert.equal(fs.readSync(read, page), size);
      assert.equal(await code, 0);
      assert.equal(page.toString("latin1", 0, fs.readSync(read, page)), "dx");
    }
  });
});
