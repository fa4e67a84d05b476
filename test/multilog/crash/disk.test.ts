/**
 * Disks that are full and disks that fail, real ones as far as they can be had: a small tmpfs, and
 * strace's faults in the built command. Processors that fail, crash and hang.
 *
 * Not tested: a failing fork of the built command (a failing spawn stands in failing.test.ts); NFS.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createMultilog } from "../../../src/multilog/index.ts";
import { ours } from "../../support/commands.ts";
import { Pipe as LargePipe } from "../../support/pipe.ts";
import { Running } from "../../support/running.ts";
import { judge, judgeClosed, lines, Pipe, sleep, temporary, until } from "./ground.ts";

const WIDTH = 300;
const inCi = process.env["CI"] !== undefined;

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const at = fs.mkdtempSync("/tmp/timberline-mount-");
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", at]);
  if (status === 0) spawnSync("umount", [at]);
  fs.rmdirSync(at);
  return status === 0;
}

const NO_MOUNT = !inCi && !canMount() && "mounting a small disk takes root";
const NO_STRACE =
  !inCi &&
  spawnSync("strace", ["-V"]).status !== 0 &&
  "strace is not installed: no faults to be had";

/** A disk of 64 KiB. */
function smallDisk(t: TestContext): string {
  const disk = fs.mkdtempSync("/tmp/timberline-disk-");
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
  t.after(() => {
    spawnSync("umount", ["-l", disk]);
    fs.rmSync(disk, { recursive: true, force: true });
  });
  assert.equal(mounted.status, 0, mounted.stderr.toString());
  return disk;
}

function fillUp(disk: string, leaving: number): string {
  const filler = join(disk, "filler");
  fs.writeFileSync(filler, Buffer.alloc(65_536 - leaving));
  return filler;
}

test("a full disk stops the log, and room lets it go on: nothing is lost or doubled", {
  skip: NO_MOUNT,
  timeout: 60_000,
}, async (t) => {
  const disk = smallDisk(t);
  const filler = fillUp(disk, 12_288);
  const dir = join(disk, "log");
  const other = join(temporary(t), "other");
  const pipe = new Pipe(t);
  const warnings: string[] = [];
  const multilog = await createMultilog(["t", "s16777215", dir, other], {
    input: pipe.out,
    pauseMs: 5,
    onWarning: (warning) => void warnings.push(warning.toString()),
  });
  pipe.put(lines(0, 100, WIDTH));
  await until(() => warnings.length > 3, "the disk is full");
  assert.deepEqual(
    new Set(warnings),
    new Set([`unable to write to ${dir}/current, pausing: out of disk space`]),
  );
  // The whole batch stands in the other log already, and in the pipe still.
  assert.equal(fs.readFileSync(join(other, "current"), "latin1").split("\n").length, 101);
  assert.equal(pipe.queued, 100 * WIDTH);
  fs.rmSync(filler);
  await until(() => pipe.queued === 0, "there is room");
  pipe.end();
  assert.equal(await multilog.closed, true);
  for (const log of [dir, other]) {
    assert.equal(judge(log, { count: 100, width: WIDTH, stampBytes: 26 }).repeats, 0);
    judgeClosed(log);
  }
});

test("TERM on a full disk ends the command, and a successor finds every line", {
  skip: NO_MOUNT,
  timeout: 60_000,
}, async (t) => {
  const disk = smallDisk(t);
  const filler = fillUp(disk, 12_288);
  const dir = join(disk, "log");
  const home = temporary(t);
  const pipe = new LargePipe(t, { large: true });
  const script = ["t", "s16777215", dir];
  await pipe.write(lines(0, 10, WIDTH));
  const running = new Running(t, ours("multilog"), script, { cwd: home, input: pipe });
  await pipe.drained();
  await pipe.write(lines(10, 200, WIDTH));
  await running.says(
    `multilog: warning: unable to write to ${dir}/current, pausing: out of disk space\n`,
  );
  assert.deepEqual(await running.stop("SIGTERM"), { code: 0, signal: null });
  // What was written of the batch is taken back; the batch is in the pipe.
  assert.equal(fs.readFileSync(join(dir, "current"), "latin1").split("\n").length, 11);
  assert.equal(pipe.queued, 190 * WIDTH);
  fs.rmSync(filler);
  pipe.end();
  fs.rmSync(join(disk, "filler"), { force: true });
  spawnSync("mount", ["-o", "remount,size=1m", disk]);
  const successor = new Running(t, ours("multilog"), script, { cwd: home, input: pipe });
  assert.deepEqual(await successor.ended, { code: 0, signal: null });
  assert.equal(successor.stderr, "");
  assert.equal(judge(dir, { count: 200, width: WIDTH, stampBytes: 26 }).repeats, 0);
  judgeClosed(dir);
});

test("memory stays where it is while a disk is full and a writer pushes", {
  skip: NO_MOUNT,
  timeout: 60_000,
}, async (t) => {
  const disk = smallDisk(t);
  fillUp(disk, 8192);
  const dir = join(disk, "log");
  const pipe = new LargePipe(t);
  const running = new Running(t, ours("multilog"), ["t", dir], { cwd: temporary(t), input: pipe });
  const rssKib = (): number => {
    const status = fs.readFileSync(`/proc/${running.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  };
  let pushing = true;
  const push = async (): Promise<void> => {
    const text = lines(0, 300, WIDTH);
    while (pushing && running.isUp) {
      if (pipe.queued < 30_000) await pipe.write(text.slice(0, 30_000));
      else await sleep(1);
    }
  };
  const pushed = push();
  await running.says("out of disk space");
  const before = rssKib();
  await sleep(6000);
  const after = rssKib();
  pushing = false;
  await running.stop("SIGKILL");
  await pushed;
  t.diagnostic(`${before} KiB, six seconds later ${after} KiB`);
  assert.ok(after < 120 * 1024, `${after} KiB`);
  assert.ok(after - before < 8 * 1024, `grew from ${before} to ${after} KiB`);
});

test("a directory that cannot be written any more stops the log until it can", {
  skip: NO_MOUNT,
  timeout: 60_000,
}, async (t) => {
  const disk = smallDisk(t);
  const dir = join(disk, "log");
  const pipe = new Pipe(t);
  const warnings: string[] = [];
  const multilog = await createMultilog(["s4096", dir], {
    input: pipe.out,
    pauseMs: 5,
    onWarning: (warning) => void warnings.push(warning.toString()),
  });
  pipe.put(lines(0, 5, WIDTH));
  await until(() => pipe.queued === 0, "the first lines are taken");
  // Lines still go into the open file; the rotation fails.
  spawnSync("chattr", ["+i", dir]);
  const isImmutable = spawnSync("lsattr", ["-d", dir]).stdout.toString().slice(0, 20).includes("i");
  if (!isImmutable) {
    await multilog.close();
    t.skip("this file system knows no immutable directories");
    return;
  }
  pipe.put(lines(5, 25, WIDTH));
  await until(() => warnings.length > 2, "the rotation fails");
  spawnSync("chattr", ["-i", dir]);
  pipe.end();
  assert.equal(await multilog.closed, true);
  assert.ok(
    warnings.includes(
      `unable to rename current to previous in directory ${dir}, pausing: permission denied`,
    ),
  );
  judge(dir, { count: 25, width: WIDTH, stampBytes: 0 });
  judgeClosed(dir);
});

/** What strace injects, and what the command has to say then. */
const FAULTS: readonly (readonly [inject: string, ours: string, warning: string])[] = [
  [
    "write:error=EIO:when=2",
    "current",
    "unable to write to DIR/current, pausing: input/output error",
  ],
  ["write:error=EINTR:when=2..5", "current", ""],
  [
    "fsync:error=EIO:when=1",
    "current",
    "unable to write DIR/current to disk, pausing: input/output error",
  ],
  ["fsync:error=EINTR:when=1..3", "current", ""],
  [
    "renameat:error=EROFS:when=1",
    "",
    "unable to rename current to previous in directory DIR, pausing: read-only file system",
  ],
  ["linkat:error=EIO:when=1..2", "", "unable to link to DIR/@.s, pausing: input/output error"],
  ["linkat:error=EMLINK:when=1", "", "unable to link to DIR/@.s, pausing: too many links"],
  ["unlinkat:error=EIO:when=4", "", "unable to remove DIR/previous, pausing: input/output error"],
  ["tee:error=EINTR:when=1..3", "", ""],
  ["splice:error=EINTR:when=1..3", "", ""],
];

test("the built command overcomes every fault that the system puts in its way", {
  skip: NO_STRACE,
  timeout: 120_000,
}, async (t) => {
  const run = async ([inject, path, warning]: (typeof FAULTS)[number]): Promise<void> => {
    const home = temporary(t);
    const dir = join(home, "log");
    fs.mkdirSync(dir);
    const pipe = new LargePipe(t, { large: true });
    const [call = ""] = inject.split(":");
    const only = path === "" ? [] : ["-P", join(dir, path)];
    const faults = ["-f", "-qq", "-o", "/dev/null", ...only, "-e", `trace=${call}`];
    const words = [...faults, "-e", `inject=${inject}`, ours("multilog"), "t", "s4096", dir];
    const running = new Running(t, "strace", words, { cwd: home, input: pipe });
    for (let chunk = 0; chunk < 3; chunk++) {
      await pipe.write(lines(chunk * 9, chunk * 9 + 9, WIDTH));
      await until(() => pipe.queued === 0, `chunk ${chunk} is taken under ${inject}`, 60_000);
    }
    assert.deepEqual(await running.finish(), { code: 0, signal: null });
    const said = new Set(
      running.stderr
        .replaceAll(/@[0-9a-f]{24}/g, "@")
        .split("\n")
        .filter(Boolean),
    );
    const expected = warning === "" ? [] : [`multilog: warning: ${warning.replace("DIR", dir)}`];
    assert.deepEqual(said, new Set(expected), inject);
    assert.equal(judge(dir, { count: 27, width: WIDTH, stampBytes: 26 }).repeats, 0);
    judgeClosed(dir);
  };
  await Promise.all(FAULTS.map(run));
});

const PROCESSORS: Record<string, readonly [command: string, warning: string]> = {
  fails: ["test -f FLAG || { : > FLAG; exit 3; }; cat", "processor failed in DIR, pausing"],
  crashes: [
    "test -f FLAG || { : > FLAG; kill -9 $$; }; cat",
    "processor crashed in DIR, pausing: killed by SIGKILL",
  ],
  "writes half of it and fails": [
    "test -f FLAG || { : > FLAG; head -c 100; exit 1; }; cat",
    "processor failed in DIR, pausing",
  ],
};

for (const [how, [command, warning]] of Object.entries(PROCESSORS)) {
  test(`a processor that ${how} is run again on the same lines`, { timeout: 30_000 }, async (t) => {
    const home = temporary(t);
    const dir = join(home, "log");
    const pipe = new Pipe(t);
    const warnings: string[] = [];
    const script = ["s4096", `!${command.replaceAll("FLAG", join(home, "flag"))}`, dir];
    const multilog = await createMultilog(script, {
      input: pipe.out,
      pauseMs: 5,
      onWarning: (line) => void warnings.push(line.toString()),
    });
    pipe.put(lines(0, 30, WIDTH));
    pipe.end();
    assert.equal(await multilog.closed, true);
    assert.deepEqual(warnings, [warning.replace("DIR", dir)]);
    judge(dir, { count: 30, width: WIDTH, stampBytes: 0 });
    judgeClosed(dir);
  });
}

test("a processor that hangs holds up no line of the next file, and KILL loses none", {
  timeout: 60_000,
}, async (t) => {
  const home = temporary(t);
  const dir = join(home, "log");
  const pipe = new LargePipe(t);
  // KILL does not reach the processor: it says who it is, and is ended here.
  const pidFile = join(home, "pid");
  const script = ["s16384", `!echo $$ > ${pidFile}; exec sleep 1000`, dir];
  const running = new Running(t, ours("multilog"), script, { cwd: home, input: pipe });
  await pipe.write(lines(0, 60, WIDTH));
  await pipe.drained();
  await pipe.write(lines(60, 90, WIDTH));
  await pipe.drained();
  // The file behind it ends as well: from here on the pipe holds the lines.
  await pipe.write(lines(90, 200, WIDTH));
  const pid = (): number => Number(fs.existsSync(pidFile) && fs.readFileSync(pidFile, "utf8"));
  await until(() => pid() > 0, "the processor runs");
  const processor = pid();
  t.after(() => process.kill(processor, "SIGKILL"));
  await running.stop("SIGKILL");
  pipe.end();
  const successor = new Running(t, ours("multilog"), ["s16384", dir], { cwd: home, input: pipe });
  assert.deepEqual(await successor.ended, { code: 0, signal: null });
  judge(dir, { count: 200, width: WIDTH, stampBytes: 0 });
  judgeClosed(dir);
});
