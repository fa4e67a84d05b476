/** svlog on what is odd: names that are no text, lines of many megabytes, ends that come from outside. */
// Not tested: systems other than Linux (their processes tell their memory elsewhere).
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import zlib from "node:zlib";
import { ours } from "../support/commands.ts";
import { until } from "../support/until.ts";
import { Ground, label, line, lines, numbers, span } from "./svlog-ground.ts";

const onLinux = process.platform === "linux" ? false : "needs /proc";
const MEGABYTE = 2 ** 20;

/** What a shell makes of a script that starts svlog: arguments of spawn are UTF-8. */
function shell(ground: Ground, script: string): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", script], {
    cwd: ground.cwd,
    env: { PATH: `${join(ours("svlog"), "..")}:/usr/bin:/bin`, TZ: "UTC" },
    timeout: 30_000,
  });
  return { code: status, out: stdout.toString("latin1"), err: stderr.toString("latin1") };
}

test("names that are no UTF-8 are found: targets, patterns, services, files of cursors", (t) => {
  const ground = new Ground(t);
  const { code, out, err } = shell(
    ground,
    `odd=$(printf 'n\\377ame'); mkdir -p "$odd/web/log"; printf '${line(0, "here")}' >"$odd/web/log/current"
     set -e
     svlog "$odd/web/log"; svlog 'n*ame/web'; svlog 'n?ame/*/log/current'
     SERVICE_DIR=$PWD/$odd svlog web; cd "$odd"; svlog web
     svlog --cursor-file "$odd" web; svlog --cursor-file "$odd" web; test -s "$odd"
     SERVICE_DIR=/nowhere svlog "no$odd"`,
  );
  assert.equal(out.match(/here\n/g)?.length, 6, out + err);
  assert.equal(code, 1);
  assert.match(err, /^svlog: warning: unknown target non\S+ame: .*\n$/);
});

test("F and S before patterns choose how they match, as in a logging script; elsewhere they are names", (t) => {
  const ground = new Ground(t);
  ground.log("main", { current: lines(0, 30) });
  ground.log("F", { current: line(0, "of F") });
  const shown = (...args: string[]): number[] => numbers(ground.out("main", ...args));
  assert.deepEqual(shown("F", "-*", "+* line [12]"), [1, 2]);
  assert.deepEqual(shown("-*", "F", "+* line ?[12]", "S", "+* line 5"), [5, 11, 12, 21, 22]);
  assert.deepEqual(shown("--", "F", "-*[0-8]"), [9, 19, 29]);
  assert.match(ground.out("F"), / of F\n$/);
  assert.deepEqual(numbers(ground.out("--grep", "-*5", "main")), [5, 15, 25]);
});

test("what an option is given may look like a pattern", (t) => {
  const ground = new Ground(t);
  ground.log("main", { current: lines(0, 3) });
  ground.out("--cursor-file", "+place", "main");
  assert.ok(fs.existsSync(join(ground.cwd, "+place")));
});

test("system trouble names what it befell", { skip: onLinux }, (t) => {
  const ground = new Ground(t);
  ground.log("main", { current: lines(0, 3) });
  const full = shell(ground, "svlog main >/dev/full");
  assert.deepEqual(full, {
    code: 111,
    out: "",
    err: "svlog: fatal: unable to write the output: out of disk space\n",
  });
  const place = ground.run(["--cursor-file", "no/where", "main"]);
  assert.equal(place.code, 111);
  assert.match(place.err, /^svlog: fatal: unable to write the cursor file no\/where: .*\n$/);
  const device = ground.run(["/dev/zero"]);
  assert.deepEqual(device, {
    code: 1,
    out: "",
    err: "svlog: warning: unable to read /dev/zero: it is no regular file\n",
  });
});

test("a file whose tool is not installed is named, and the tool", (t) => {
  const ground = new Ground(t);
  const head = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
  ground.log("main", { "@5.s": head, current: lines(6, 9) });
  const tools = join(ground.cwd, "tools");
  fs.mkdirSync(tools);
  for (const name of ["sh", "node", "base64", "readlink"]) {
    const found = spawnSync("/bin/sh", ["-c", `command -v ${name}`])
      .stdout.toString()
      .trim();
    fs.symlinkSync(name === "node" ? process.execPath : found, join(tools, name));
  }
  const { code, out, err } = ground.run(["--all", "main"], { PATH: tools });
  assert.deepEqual([code, numbers(out)], [1, [6, 7, 8]]);
  assert.match(err, /unable to read main\/@\w{24}\.s: xz is not installed, which unpacks it\n$/);
});

/** Runs svlog, and tells how much memory it had at most. */
async function measure(ground: Ground, args: readonly string[]): Promise<[Buffer, number]> {
  const child = spawn(ours("svlog"), args, {
    cwd: ground.cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pieces: Buffer[] = [];
  let megabytes = 0;
  child.stdout.on("data", (bytes: Buffer) => {
    pieces.push(bytes);
    const status = fs.readFileSync(`/proc/${child.pid}/status`, "latin1");
    const held = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
    megabytes = Math.max(megabytes, held);
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  assert.equal(code, 0);
  return [Buffer.concat(pieces), megabytes];
}

test("a line of 150 MB is shown whole, and held in pieces", {
  skip: onLinux,
  timeout: 60_000,
}, async (t) => {
  const ground = new Ground(t);
  const path = join(ground.cwd, "zeros");
  fs.writeFileSync(path, "");
  fs.truncateSync(path, 150 * MEGABYTE);
  fs.appendFileSync(path, "\nlast\n");
  for (const args of [
    ["zeros"],
    ["--all", "--color", "zeros"],
    ["--raw", "--since", "@5", "zeros"],
  ]) {
    const [out, megabytes] = await measure(ground, args);
    assert.ok(out.equals(fs.readFileSync(path)), `${args.join(" ")}: ${out.length} bytes`);
    assert.ok(megabytes > 20 && megabytes < 200, `${args.join(" ")}: ${megabytes} MB`);
  }
});

test("pieces of a long line stay together when logs are merged", { timeout: 30_000 }, (t) => {
  const ground = new Ground(t);
  const long = "x".repeat(40 * MEGABYTE);
  ground.log("one", { current: line(1, long) + line(3, "three") });
  ground.log("two", { current: line(1, "a") + line(2, "b") });
  const out = ground.out("--all", "one", "two").split("\n");
  assert.deepEqual(
    out.map((text) => text.slice(0, 3) + text.length),
    ["one", "two", "two", "one", ""].map((text, i) => text + (out[i]?.length ?? 0)),
  );
  assert.ok(out[0]?.endsWith(` ${long}`));
});

test("as JSON a long line comes in objects that say that there is more, cut between characters", (t) => {
  const ground = new Ground(t);
  const long = `a${"€".repeat(4 * MEGABYTE)}`;
  ground.log("main", { current: `${line(1, long)}${line(2, "b")}` });
  const objects = Buffer.from(ground.out("--json", "main"), "latin1")
    .toString()
    .trim()
    .split("\n")
    .map(
      (text) => JSON.parse(text) as { text: string; more?: true; bytes?: string; label?: string },
    );
  assert.deepEqual(
    objects.map(({ more, label: has, bytes }) => [more, has !== undefined, bytes]),
    [
      [true, true, undefined],
      [true, false, undefined],
      [true, false, undefined],
      [undefined, false, undefined],
      [undefined, true, undefined],
    ],
  );
  assert.ok(
    objects
      .slice(0, 4)
      .map(({ text }) => text)
      .join("") === long,
  );
});

test("the last lines are as many as were asked for, also where rotations have cut them", (t) => {
  const ground = new Ground(t);
  ground.log("main", {
    "@10.s": `${line(0, "line 0")}${line(1, "line 1")}${label(2)} li`,
    "@20.s": `ne 2\n${line(3, "line 3")}${label(4)} li`,
    "@30.s": `ne 4\n${line(5, "line 5")}`,
    current: line(31, "line 6"),
  });
  for (let n = 0; n <= 7; n++)
    assert.deepEqual(numbers(ground.out("-n", String(n), "main")), span(7 - n, 7), `-n ${n}`);
});

test("killed again and again, runs with a cursor file lose no line, and go on", {
  timeout: 60_000,
}, async (t) => {
  const ground = new Ground(t);
  const count = 60_000;
  const each = count / 3;
  ground.log("main", {
    [`@${each}.s`]: lines(0, each),
    [`@${2 * each}.s`]: zlib.gzipSync(lines(each, 2 * each)),
    current: lines(2 * each, count),
  });
  const seen = new Set<number>();
  const args = ["--all", "--raw", "--cursor-file", "place", "main"];
  let [kills, last] = [0, -1];
  let code: unknown = null;
  for (let round = 0; code === null; round++) {
    const child = spawn(ours("svlog"), args, {
      cwd: ground.cwd,
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => child.kill("SIGKILL"));
    let text = "";
    child.stdout.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      if (round < 5 && text.length > 300_000 && child.kill("SIGKILL")) kills++;
    });
    code = await new Promise((resolve) => child.once("close", resolve));
    const complete = numbers(text.slice(0, text.lastIndexOf("\n") + 1));
    for (const [index, n] of complete.entries()) {
      assert.ok(index === 0 || n === (complete[index - 1] ?? 0) + 1, `${n} behind a gap`);
      seen.add(n);
    }
    assert.ok((complete[0] ?? 0) <= last + 1, `${last + 1} to ${complete[0]} were lost`);
    last = Math.max(last, complete.at(-1) ?? last);
  }
  assert.deepEqual([code, seen.size], [0, count]);
  assert.ok(kills > 0, "it was never killed");
  assert.equal(ground.out(...args), "");
});

test("a directory that appears behind a pattern or a service's name is followed from its beginning", {
  timeout: 30_000,
}, async (t) => {
  const ground = new Ground(t);
  const output = join(ground.cwd, ".out");
  const fd = fs.openSync(output, "a");
  const child = spawn(ours("svlog"), ["-f", "--raw", "web", "m*l"], {
    cwd: ground.cwd,
    stdio: ["ignore", fd, "ignore"],
    env: { PATH: "/usr/bin:/bin", SERVICE_DIR: join(ground.cwd, "services") },
  });
  fs.closeSync(fd);
  t.after(() => child.kill("SIGKILL"));
  ground.log("services/web/log/main", { current: line(0, "of web") });
  ground.log("mail", { current: line(1, "of mail") });
  const text = (): string => fs.readFileSync(output, "latin1");
  await until("both", () => text().includes("of web") && text().includes("of mail"));
});
