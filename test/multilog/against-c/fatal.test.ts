/** What multilog cannot begin with: what it says, its exit code, and that nothing was read. */
// Not tested: out of memory; `unable to switch to starting directory` (ours never leaves it);
// file systems that refuse a lock or a mode.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
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
  readonly says: string;
  /** Prepares the working directory. */
  readonly lay?: (at: (name: string) => string) => void;
  /** Run as somebody whom modes bind. */
  readonly unprivileged?: boolean;
  readonly rootOnly?: boolean;
}

const directory = (path: string, mode = 0o700): void => {
  fs.mkdirSync(path);
  fs.chmodSync(path, mode);
};
const file = (path: string, mode = 0o644): void => {
  fs.writeFileSync(path, "old\n");
  fs.chmodSync(path, mode);
};

const REFUSALS: Record<string, Refusal> = {
  "a directory whose parent is missing": {
    script: ["./no/d"],
    says: "unable to open directory ./no/d: file does not exist",
  },
  "a file in the place of a directory": {
    script: ["./d"],
    lay: (at) => file(at("d")),
    says: "unable to open directory ./d: not a directory",
  },
  "a directory below a file": {
    script: ["./f/d"],
    lay: (at) => file(at("f")),
    says: "unable to open directory ./f/d: not a directory",
  },
  "a symbolic link that leads to itself": {
    script: ["./d"],
    lay: (at) => fs.symlinkSync("d", at("d")),
    says: "unable to open directory ./d: symbolic link loop",
  },
  "a symbolic link that leads nowhere": {
    script: ["./d"],
    lay: (at) => fs.symlinkSync("no", at("d")),
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
    lay: (at) => {
      directory(at("d"));
      fs.symlinkSync("d", at("link"));
    },
    says: "unable to lock directory ./link: temporary failure",
  },
  "a directory in the place of lock": {
    script: ["./d"],
    lay: (at) => fs.mkdirSync(at("d/lock"), { recursive: true }),
    says: "unable to lock directory ./d: is a directory",
  },
  "a directory in the place of current": {
    script: ["./d"],
    lay: (at) => fs.mkdirSync(at("d/current"), { recursive: true }),
    says: "unable to append to ./d/current: is a directory",
  },
  "a current that leads to itself": {
    script: ["./d"],
    lay: (at) => {
      directory(at("d"));
      fs.symlinkSync("current", at("d/current"));
    },
    says: "unable to stat ./d/current: symbolic link loop",
  },
  "a processed that leads to itself": {
    script: ["./d"],
    lay: (at) => {
      directory(at("d"));
      fs.symlinkSync("processed", at("d/processed"));
    },
    says: "unable to stat ./d/processed: symbolic link loop",
  },
  "a directory in the place of state": {
    script: ["./d"],
    lay: (at) => fs.mkdirSync(at("d/state"), { recursive: true }),
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
    lay: (at) => directory(at("f")),
    says: "unable to create f: is a directory",
  },
  "a FIFO without a reader as status file": {
    script: ["=f"],
    lay: (at) => void execFileSync("mkfifo", [at("f")]),
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
    lay: (at) => directory(at("d"), 0),
    unprivileged: true,
    says: "unable to open directory ./d: access denied",
  },
  "a directory that it may not write": {
    script: ["./d"],
    lay: (at) => directory(at("d"), 0o555),
    unprivileged: true,
    says: "unable to lock directory ./d: access denied",
  },
  "a place where it may make no directory": {
    script: ["./p/d"],
    lay: (at) => directory(at("p"), 0o555),
    unprivileged: true,
    says: "unable to open directory ./p/d: file does not exist",
  },
  "a lock that it may not write": {
    script: ["./d"],
    lay: (at) => {
      directory(at("d"), 0o777);
      file(at("d/lock"), 0o444);
    },
    unprivileged: true,
    says: "unable to lock directory ./d: access denied",
  },
  "a clean current that it may not write": {
    script: ["./d"],
    lay: (at) => {
      directory(at("d"), 0o777);
      file(at("d/current"), 0o544);
    },
    unprivileged: true,
    says: "unable to append to ./d/current: access denied",
  },
  "a clean current that is somebody else's": {
    script: ["./d"],
    lay: (at) => {
      directory(at("d"), 0o777);
      file(at("d/current"), 0o766);
    },
    unprivileged: true,
    rootOnly: true,
    says: "unable to set mode of ./d/current: permission denied",
  },
  "a status file that it may not write": {
    script: ["=f"],
    lay: (at) => file(at("f"), 0o444),
    unprivileged: true,
    says: "unable to create f: access denied",
  },
};

for (const [what, refusal] of Object.entries(REFUSALS)) {
  test(`multilog refuses ${what}`, refusal.rootOnly ? asRoot : options, async (t) => {
    const place = temporaryDirectory(t);
    fs.chmodSync(place, 0o755);
    const results = await Promise.all(
      [original.path, ours("multilog")].map(async (program, which) => {
        const cwd = join(place, String(which));
        fs.mkdirSync(cwd);
        fs.chmodSync(cwd, 0o777);
        refusal.lay?.((name) => join(cwd, name));
        const user = refusal.unprivileged && isRoot ? NOBODY : undefined;
        const running = new Running(t, program, refusal.script, { cwd, user });
        await running.input.write("a line\n");
        const ending = await running.ended;
        // What the lines before it are made of must not matter to who cleans up.
        for (const name of ["d", "p"]) {
          if (fs.existsSync(join(cwd, name)) && !fs.lstatSync(join(cwd, name)).isSymbolicLink())
            fs.chmodSync(join(cwd, name), 0o755);
        }
        return {
          ...ending,
          stderr: running.stderr,
          left: running.input.takeRest(),
          good: fs.existsSync(join(cwd, "good")) ? readLogdir(cwd, "good").contents : [],
          names: fs.readdirSync(cwd).filter((name) => !name.startsWith(".")),
        };
      }),
    );
    const [theirs, found] = results;
    assert.deepEqual(found, theirs);
    assert.equal(found?.stderr, `multilog: fatal: ${refusal.says}\n`);
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

test(
  "multilog says what it cannot begin with where its working directory cannot be opened",
  options,
  async (t) => {
    const place = temporaryDirectory(t);
    fs.chmodSync(place, 0o755);
    const results = await Promise.all(
      [original.path, ours("multilog")].map(async (program, which) => {
        const cwd = join(place, String(which));
        fs.mkdirSync(cwd);
        fs.chmodSync(cwd, 0o111);
        const user = isRoot ? NOBODY : undefined;
        const running = new Running(t, program, ["./d"], { cwd, user, stderrIn: place });
        await running.input.write("a line\n");
        const ending = await running.ended;
        fs.chmodSync(cwd, 0o755);
        return { code: ending.code, left: running.input.takeRest() };
      }),
    );
    assert.deepEqual(results, [
      { code: 111, left: "a line\n" },
      { code: 111, left: "a line\n" },
    ]);
  },
);
