/** What multilog cannot begin with: what it says, its exit code, and that nothing was read. */
// Not tested: out of memory; `unable to switch to starting directory` (ours never leaves it);
// file systems that refuse a lock or a mode.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ours, peer } from "../../support/commands.ts";
import { readLogdir } from "../../support/logdir.ts";
import { Running } from "../../support/running.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

const original = peer("multilog");
const options = { skip: original.skip, timeout: 60_000 };
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;
const asRoot = { ...options, skip: isRoot ? options.skip : "needs root to give files away" };

interface Refusal {
  readonly script: readonly string[];
  /** What both say; undefined where they say it differently. */
  readonly says: string | undefined;
  /** What stands in the working directory: NAME/ with its mode, NAME with its mode, or a link's target. */
  readonly ground?: Readonly<Record<string, number | string>>;
  readonly fifo?: string;
  /** Mode of the working directory. */
  readonly mode?: number;
  /** Run as somebody whom modes bind. */
  readonly unprivileged?: boolean;
  readonly rootOnly?: boolean;
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  "a directory whose parent is missing": {
    script: ["./no/d"],
    says: "unable to open directory ./no/d: file does not exist",
  },
  "a file in the place of a directory": {
    script: ["./d"],
    ground: { d: 0o644 },
    says: "unable to open directory ./d: not a directory",
  },
  "a directory below a file": {
    script: ["./f/d"],
    ground: { f: 0o644 },
    says: "unable to open directory ./f/d: not a directory",
  },
  "a symbolic link that leads to itself": {
    script: ["./d"],
    ground: { d: "d" },
    says: "unable to open directory ./d: symbolic link loop",
  },
  "a symbolic link that leads nowhere": {
    script: ["./d"],
    ground: { d: "no" },
    says: "unable to open directory ./d: file does not exist",
  },
  "a name that is too long": {
    script: [`./${"n".repeat(300)}`],
    says: `unable to open directory ./${"n".repeat(300)}: file name too long`,
  },
  "one directory twice": {
    script: ["./d", "./d"],
    says: "unable to lock directory ./d: temporary failure",
  },
  "one directory under two names": {
    script: ["./d", "./link"],
    ground: { "d/": 0o700, link: "d" },
    says: "unable to lock directory ./link: temporary failure",
  },
  "a directory in the place of lock": {
    script: ["./d"],
    ground: { "d/": 0o700, "d/lock/": 0o755 },
    says: "unable to lock directory ./d: is a directory",
  },
  "a directory in the place of current": {
    script: ["./d"],
    ground: { "d/": 0o700, "d/current/": 0o755 },
    says: "unable to append to ./d/current: is a directory",
  },
  "a current that leads to itself": {
    script: ["./d"],
    ground: { "d/": 0o700, "d/current": "current" },
    says: "unable to stat ./d/current: symbolic link loop",
  },
  "a processed that leads to itself": {
    script: ["./d"],
    ground: { "d/": 0o700, "d/processed": "processed" },
    says: "unable to stat ./d/processed: symbolic link loop",
  },
  "a directory in the place of state": {
    script: ["./d"],
    ground: { "d/": 0o700, "d/state/": 0o755 },
    says: "unable to write to ./d/state: is a directory",
  },
  "a status file in a missing directory": {
    script: ["=no/f", "./d"],
    says: "unable to create no/f: file does not exist",
  },
  "a status file without a name": {
    script: ["="],
    says: "unable to create : file does not exist",
  },
  "a directory in the place of a status file": {
    script: ["=f"],
    ground: { "f/": 0o700 },
    says: "unable to create f: is a directory",
  },
  "a FIFO without a reader as status file": {
    script: ["=f"],
    fifo: "f",
    says: "unable to create f: device not configured",
  },
  "a bad directory behind a good one, which stays unclean": {
    script: ["./good", "./no/d"],
    says: "unable to open directory ./no/d: file does not exist",
  },
  "a bad directory behind a status file, which is made": {
    script: ["./no/d", "=f"],
    says: "unable to open directory ./no/d: file does not exist",
  },
  "a directory that it may not open": {
    script: ["./d"],
    ground: { "d/": 0 },
    unprivileged: true,
    says: "unable to open directory ./d: access denied",
  },
  "a directory that it may not write": {
    script: ["./d"],
    ground: { "d/": 0o555 },
    unprivileged: true,
    says: "unable to lock directory ./d: access denied",
  },
  "a place where it may make no directory": {
    script: ["./p/d"],
    ground: { "p/": 0o555 },
    unprivileged: true,
    says: "unable to open directory ./p/d: file does not exist",
  },
  "a lock that it may not write": {
    script: ["./d"],
    ground: { "d/": 0o777, "d/lock": 0o444 },
    unprivileged: true,
    says: "unable to lock directory ./d: access denied",
  },
  "a clean current that it may not write": {
    script: ["./d"],
    ground: { "d/": 0o777, "d/current": 0o544 },
    unprivileged: true,
    says: "unable to append to ./d/current: access denied",
  },
  "a clean current that is somebody else's": {
    script: ["./d"],
    ground: { "d/": 0o777, "d/current": 0o766 },
    unprivileged: true,
    rootOnly: true,
    says: "unable to set mode of ./d/current: permission denied",
  },
  "a status file that it may not write": {
    script: ["=f"],
    ground: { f: 0o444 },
    unprivileged: true,
    says: "unable to create f: access denied",
  },
  "a directory below a working directory that it may not open": {
    script: ["./d"],
    mode: 0o111,
    unprivileged: true,
    says: undefined,
  },
};

/** Lays out a working directory. */
function lay(cwd: string, { ground = {}, fifo, mode = 0o777 }: Refusal): void {
  fs.mkdirSync(cwd);
  for (const [name, what] of Object.entries(ground)) {
    const path = join(cwd, name);
    if (typeof what === "string") fs.symlinkSync(what, path);
    else if (name.endsWith("/")) fs.mkdirSync(path);
    else fs.writeFileSync(path, "old\n");
    if (typeof what === "number") fs.chmodSync(path, what);
  }
  if (fifo !== undefined) execFileSync("mkfifo", [join(cwd, fifo)]);
  fs.chmodSync(cwd, mode);
}

/** Opens again what was laid out closed: it has to be looked at, and to be removed. */
function open(cwd: string, { ground = {} }: Refusal): void {
  fs.chmodSync(cwd, 0o755);
  for (const name of Object.keys(ground)) {
    if (name.endsWith("/")) fs.chmodSync(join(cwd, name), 0o755);
  }
}

/** What a program makes of it, and leaves behind. */
async function refuse(t: TestContext, place: string, who: "theirs" | "ours", refusal: Refusal) {
  const program = who === "ours" ? ours("multilog") : original.path;
  const cwd = join(place, who);
  lay(cwd, refusal);
  const user = refusal.unprivileged && isRoot ? NOBODY : undefined;
  const running = new Running(t, program, refusal.script, { cwd, user, stderrIn: place });
  await running.input.write("a line\n");
  const ending = await running.ended;
  open(cwd, refusal);
  return {
    ...ending,
    stderr: refusal.says === undefined ? undefined : running.stderr,
    left: running.input.takeRest(),
    good: fs.existsSync(join(cwd, "good")) ? readLogdir(cwd, "good").contents : [],
    names: fs.readdirSync(cwd),
  };
}

for (const [what, refusal] of Object.entries(REFUSALS)) {
  test(`multilog refuses ${what}`, refusal.rootOnly ? asRoot : options, async (t) => {
    const place = temporaryDirectory(t);
    fs.chmodSync(place, 0o755);
    const [theirs, found] = await Promise.all(
      (["theirs", "ours"] as const).map((who) => refuse(t, place, who, refusal)),
    );
    assert.deepEqual(found, theirs);
    const { says } = refusal;
    assert.equal(found?.stderr, says && `multilog: fatal: ${says}\n`);
    assert.deepEqual([found?.code, found?.left], [111, "a line\n"]);
  });
}

for (const [who, first, second] of [
  ["ours, of one that the C program has", original.path, ours("multilog")],
  ["the C program, of one that ours has", ours("multilog"), original.path],
  ["ours, of one that ours has", ours("multilog"), ours("multilog")],
] as const) {
  test(`a second writer is turned away: ${who}`, options, async (t) => {
    const cwd = temporaryDirectory(t);
    const holder = new Running(t, first, ["./d"], { cwd });
    await holder.input.say("a line\n");
    const late = new Running(t, second, ["./d"], { cwd });
    await late.input.write("another\n");
    assert.deepEqual(await late.ended, { code: 111, signal: null });
    assert.equal(late.stderr, "multilog: fatal: unable to lock directory ./d: temporary failure\n");
    assert.equal(late.input.takeRest(), "another\n");
    assert.deepEqual(await holder.finish(), { code: 0, signal: null });
    assert.equal(readLogdir(cwd, "d").whole, "a line\n");
  });
}
