/** Scan directories with things in them that do not belong there: each is said once, everything else goes on. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { describe, test } from "node:test";
import { Scanned, SLEEPER } from "../supervise/against-c/scanned.ts";
import { ask } from "../supervise/against-c/supervised.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;
const CLEAN = { code: 0, signal: null };
const RUN = { run: SLEEPER };
/** Neither root nor anybody who may have something. */
const USER = 61_235;

/** The lines on stderr, each as often as it came. */
const saidBy = ({ running }: Scanned): string[] => running.stderr.split("\n").slice(0, -1).sort();

describe("svscan over what is odd", { concurrency: 2 }, () => {
  test("says the file and the cause, once each, and keeps the others running", {
    timeout,
  }, async (t) => {
    const scanned = new Scanned(t, "ours", {});
    const odd: readonly [name: string, make: (path: string) => void, said: string | undefined][] = [
      [
        "place-file",
        (path) => fs.writeFileSync(`${path}/supervise`, ""),
        "supervise: fatal: unable to acquire place-file/supervise/lock: not a directory",
      ],
      [
        "place-loop",
        (path) => fs.symlinkSync("supervise", `${path}/supervise`),
        "supervise: fatal: unable to acquire place-loop/supervise/lock: symbolic link loop",
      ],
      [
        "lock-directory",
        (path) => fs.mkdirSync(`${path}/supervise/lock`, { recursive: true }),
        "supervise: fatal: unable to acquire lock-directory/supervise/lock: is a directory",
      ],
      [
        "down-loop",
        (path) => fs.symlinkSync("down", `${path}/down`),
        "supervise: fatal: unable to stat down-loop/down: symbolic link loop",
      ],
      [
        "ok-directory",
        (path) => fs.mkdirSync(`${path}/supervise/ok`, { recursive: true }),
        undefined,
      ],
      [
        "control-directory",
        (path) => fs.mkdirSync(`${path}/supervise/control`, { recursive: true }),
        "supervise: fatal: unable to write control-directory/supervise/control: is a directory",
      ],
      [
        "status-directory",
        (path) => fs.mkdirSync(`${path}/supervise/status/x`, { recursive: true }),
        "supervise: warning: unable to rename status-directory/supervise/status.new to status: is a directory",
      ],
      [
        "numbers",
        (path) => {
          fs.writeFileSync(`${path}/timeout-kill`, "soon\n");
          fs.writeFileSync(`${path}/notification-fd`, Buffer.alloc(5000, 0xff));
        },
        "supervise: warning: invalid notification-fd in numbers: write a number from 1 on into its first line",
      ],
      [
        "script-directory",
        (path) => fs.mkdirSync(`${path}/log/script`, { recursive: true }),
        "supervise: fatal: unable to start script-directory/log/run: file does not exist",
      ],
      [
        "script-odd",
        (path) => {
          fs.mkdirSync(`${path}/log`);
          fs.writeFileSync(`${path}/log/script`, "./no/where\n");
        },
        "svscan: warning: script-odd/log: unable to open directory ./no/where: file does not exist",
      ],
      ["n".repeat(255), () => undefined, undefined],
    ];
    for (const [name, make] of odd) {
      fs.mkdirSync(scanned.path(".new"));
      fs.writeFileSync(scanned.path(".new/run"), SLEEPER, { mode: 0o755 });
      make(scanned.path(".new"));
      fs.renameSync(scanned.path(".new"), scanned.path(name));
    }
    for (const [name, target] of [
      ["loop", "loop"],
      ["dangling", "nowhere"],
    ] as const)
      fs.symlinkSync(target, scanned.path(name));
    fs.writeFileSync(scanned.path("file"), "");
    spawnSync("mkfifo", [scanned.path("fifo")]);
    scanned.add("web", RUN);
    const pid = await scanned.isUp("web");
    const wanted = [
      ...odd.flatMap(([, , said]) => said ?? []),
      "svscan: warning: unable to stat loop: symbolic link loop",
      "svscan: warning: unable to stat dangling: file does not exist",
    ];
    for (const line of wanted) await scanned.running.says(line);
    await scanned.isUp("n".repeat(255));
    // Twice more it meets all of that.
    for (let look = 0; look < 2; look++) await scanned.running.hear("SIGHUP");
    const said = saidBy(scanned);
    assert.equal(new Set(said).size, said.length, said.join("\n"));
    for (const line of wanted)
      assert.equal(said.filter((one) => one.startsWith(line)).length, 1, line);
    assert.equal(scanned.status("web")?.pid, pid);
    assert.deepEqual(await scanned.stop(), CLEAN);
    assert.deepEqual(scanned.family, []);
  });

  test("makes and writes nothing outside of a service directory, whatever is linked in it", {
    timeout,
  }, async (t) => {
    const scanned = new Scanned(t, "ours", { ".outside": {} });
    const outside = ["status", "lock", "deaths", "control", "ok"];
    for (const name of outside) fs.writeFileSync(scanned.path(`.outside/${name}`), "kept\n");
    const links: Readonly<Record<string, string>> = {
      "status.new": "status",
      "deaths.new": "deaths",
      lock: "lock",
      control: "control",
      ok: "ok",
    };
    for (const [name, target] of Object.entries(links)) {
      const at = `by-${name}`;
      fs.mkdirSync(scanned.path(`.new/supervise`), { recursive: true });
      fs.writeFileSync(scanned.path(".new/run"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
      fs.symlinkSync(`../../.outside/${target}`, scanned.path(`.new/supervise/${name}`));
      fs.renameSync(scanned.path(".new"), scanned.path(at));
    }
    // A link whose target is not there yet.
    fs.mkdirSync(scanned.path(".new/supervise"), { recursive: true });
    fs.symlinkSync("../../.outside/made", scanned.path(".new/supervise/lock"));
    fs.renameSync(scanned.path(".new"), scanned.path("by-new-lock"));
    for (const name of ["by-lock", "by-control", "by-ok", "by-new-lock"])
      await scanned.running.says(
        new RegExp(`unable to \\w+ ${name}/supervise/\\w+: symbolic link loop`),
      );
    for (const name of ["by-status.new", "by-deaths.new"])
      await until(`deaths ${name}`, () => scanned.text(`${name}/supervise/deaths`) !== "");
    assert.deepEqual(await scanned.stop(), CLEAN);
    assert.deepEqual(fs.readdirSync(scanned.path(".outside")).sort(), [...outside].sort());
    for (const name of outside) assert.equal(scanned.text(`.outside/${name}`), "kept\n");
  });

  test("as a user who may not enter or write some of it, says which and runs the others", {
    timeout,
    skip: process.getuid?.() !== 0 && "needs root, to become a user who may not",
  }, async (t) => {
    const through = `cd "$1"; mkdir shut read-only log-shut log-shut/log; chmod 777 web "$1"; chmod 755 "$1"/..; chmod 000 shut; chmod 000 log-shut/log; chown ${USER} log-shut; cd /; exec setpriv --reuid=${USER} --clear-groups "$0" "$@"`;
    const scanned = new Scanned(t, "ours", { web: RUN }, { through });
    await scanned.isUp("web");
    const wanted = [
      "supervise: fatal: unable to acquire read-only/supervise/lock: ",
      "svscan: warning: unable to stat shut/log: access denied",
      "svscan: warning: unable to stat log-shut/log: access denied",
    ];
    for (const line of wanted) await scanned.running.says(line);
    await scanned.running.hear("SIGHUP");
    const said = saidBy(scanned);
    assert.equal(new Set(said).size, said.length);
    assert.deepEqual(await scanned.stop(), CLEAN);
  });

  test("the tools are told that a name of 300 bytes is too long", (t) => {
    const scanned = new Scanned(t, "ours", {});
    const long = "x".repeat(300);
    for (const tool of ["svc", "svstat", "svok"] as const) {
      const { code, stdout, stderr } = ask(
        "ours",
        tool,
        [...(tool === "svc" ? ["-u"] : []), long],
        { cwd: scanned.tree },
      );
      assert.match(stdout + stderr, /file name too long/, tool);
      assert.equal(typeof code, "number");
    }
  });
});
