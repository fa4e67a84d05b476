/** A tree of services, kept the same by either svscan. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, test } from "node:test";
import { until } from "../../support/until.ts";
import { COPIER, Scanned, SLEEPER } from "./scanned.ts";
import { ask, type Family, PROBE, skip, type Tool } from "./supervised.ts";

const timeout = 60_000;
const FAMILIES: readonly Family[] = ["C", "ours"];
const LONG = "n".repeat(250);
const other = (family: Family): Family => (family === "C" ? "ours" : "C");

function tell(family: Family, tool: Tool, args: readonly string[], { tree }: Scanned): string {
  const { stdout, stderr } = ask(family, tool, args, { cwd: tree });
  return stdout + stderr;
}

const isSupervised = (family: Family, name: string, { tree }: Scanned): boolean =>
  ask(family, "svok", [name], { cwd: tree }).code === 0;

/** Names, modes and sizes of what 0.76 puts into a service directory. */
function listing(service: string): string[] {
  return ["", "/control", "/lock", "/ok", "/status"].map((name) => {
    const { mode, size } = fs.statSync(`${service}/supervise${name}`);
    return `${name} ${mode.toString(8)} ${name === "" ? "" : size}`;
  });
}

describe("a tree", { concurrency: 2, skip }, () => {
  test("has the same services, with the same files and messages", { timeout }, async (t) => {
    const answers = [];
    for (const family of FAMILIES) {
      const scanned = new Scanned(t, family, {
        web: { run: "#!/bin/sh\necho line\nexec sleep 100\n" },
        "web/log": { run: COPIER },
        "no-run": { down: "" },
        [LONG]: { run: SLEEPER },
        "log-is-file": { run: SLEEPER, log: "" },
        ".hidden": { run: SLEEPER },
      });
      fs.symlinkSync("web", scanned.path("web-again"));
      fs.symlinkSync("nowhere", scanned.path("dangling"));
      fs.symlinkSync("loop", scanned.path("loop"));
      fs.writeFileSync(scanned.path("file"), "");
      scanned.add("log-loops", { run: SLEEPER });
      fs.symlinkSync("log", scanned.path("log-loops/log"));
      for (const name of ["web", "web/log", LONG, "log-is-file"]) await scanned.isUp(name);
      await until("the line", () => scanned.text("web/log/copied") === "line\n");
      // What C finds in its second look, five seconds later.
      for (const line of ["dangling", "log-loops/log", "log: not a directory"])
        await scanned.running.says(line);
      const names = fs.readdirSync(scanned.tree).filter((name) => !name.endsWith(".new"));
      const tools = other(family);
      answers.push({
        supervised: names.filter((name) => isSupervised(tools, name, scanned)).sort(),
        said: scanned.said.map((line) => line.replace("log-is-file/log", "log")),
        files: [listing(scanned.path("web")), listing(scanned.path("web/log"))],
        states: tell(tools, "svstat", names.sort(), scanned)
          .replaceAll(/pid \d+/g, "pid P")
          .replaceAll(/\d+ seconds/g, "N seconds"),
      });
      scanned.running.signal("SIGKILL");
    }
    assert.deepEqual(answers[1], answers[0]);
    assert.equal(answers[0]?.said.length, 4);
  });

  test("hands on the same to services and loggers", { timeout }, async (t) => {
    const callers = [
      'exec env ODD-NAME=x "$0" "$@"',
      'trap "" HUP PIPE; ulimit -Sn 333; umask 027; exec 7</dev/null; exec "$0" "$@"',
    ];
    for (const through of callers) {
      const found = [];
      for (const family of FAMILIES) {
        const services = { web: { run: PROBE }, alone: { run: PROBE }, "web/log": { run: PROBE } };
        const scanned = new Scanned(t, family, services, { through });
        const files = ["web/found", "alone/found", "web/log/found"];
        for (const file of files)
          await until(file, () => scanned.text(file) !== "" && fs.existsSync(scanned.path(file)));
        const texts = files.map((file) =>
          scanned.text(file).replace(/^(_|PATH|PWD|SERVICE_DIR)=.*\n/gm, ""),
        );
        found.push(texts);
        scanned.running.signal("SIGKILL");
      }
      assert.deepEqual(found[1], found[0]);
      assert.match(found[0]?.[2] ?? "", /^0 pipe:/m);
    }
  });

  for (const family of FAMILIES) {
    test(`under ${family}, what is told to end and still there comes back`, {
      timeout,
    }, async (t) => {
      const scanned = new Scanned(t, family, { web: { run: SLEEPER }, "web/log": { run: COPIER } });
      const pids = [await scanned.isUp("web"), await scanned.isUp("web/log")];
      tell(other(family), "svc", ["-dx", "web", "web/log"], scanned);
      assert.notEqual(await scanned.isUp("web", pids[0]), pids[0]);
      assert.notEqual(await scanned.isUp("web/log", pids[1]), pids[1]);
    });

    test(`under ${family}, a service is renamed, let go, and another takes its name`, {
      timeout,
    }, async (t) => {
      const scanned = new Scanned(t, family, { web: { run: SLEEPER }, "web/log": { run: COPIER } });
      const pid = await scanned.isUp("web");
      await scanned.isUp("web/log");
      fs.renameSync(scanned.path("web"), scanned.path(".web"));
      scanned.add("web", { run: SLEEPER });
      assert.notEqual(await scanned.isUp("web"), pid);
      // The old one runs beside it until it is told to end.
      assert.equal(scanned.status(".web")?.pid, pid);
      tell(other(family), "svc", ["-dx", ".web", ".web/log"], scanned);
      await until("the end", () => !isSupervised("C", ".web", scanned));
      await until("the end of the logger", () => !isSupervised("C", ".web/log", scanned));
      // Two looks later it has not come back: the second of them finds this one.
      scanned.add("last", { run: SLEEPER });
      await scanned.isUp("last");
      assert.equal(isSupervised("C", ".web", scanned), false);
      assert.deepEqual(scanned.said, []);
    });

    test(`of ${family}, a second svscan is refused each service`, { timeout }, async (t) => {
      const first = new Scanned(t, family, { web: { run: SLEEPER }, "web/log": { run: COPIER } });
      const pid = await first.isUp("web");
      await first.isUp("web/log");
      const second = new Scanned(t, "ours", {}, { tree: first.tree });
      const told = ["web", "web/log"].map(
        (name) => `supervise: fatal: unable to acquire ${name}/supervise/lock: temporary failure`,
      );
      await second.running.says("web/log");
      second.running.signal("SIGHUP");
      second.add("new", { run: SLEEPER });
      await first.isUp("new");
      const refused = second.running.stderr.split("\n").filter((line) => line.includes(" web"));
      assert.deepEqual(refused, told);
      assert.equal(first.status("web")?.pid, pid);
      assert.deepEqual(await second.stop(), { code: 0, signal: null });
      assert.equal(first.status("web")?.pid, pid);
    });
  }

  test("services of a C svscan that was killed are taken over", { timeout }, async (t) => {
    const first = new Scanned(t, "C", { web: { run: SLEEPER } });
    const pid = await first.isUp("web");
    // svscan alone, and then supervise: the service stays.
    first.running.signal("SIGKILL");
    await first.running.ended;
    const second = new Scanned(t, "ours", {}, { tree: first.tree });
    await second.running.says("temporary failure");
    tell("C", "svc", ["-x", "web"], first);
    const supervisor = parentOf(pid);
    process.kill(supervisor, "SIGKILL");
    await until("supervise to be gone", () => !isSupervised("C", "web", first));
    second.running.signal("SIGHUP");
    await second.running.says(`web runs already, as process ${pid}: taken over`);
    assert.deepEqual(await second.stop(), { code: 0, signal: null });
    await until("its end", () => !fs.existsSync(`/proc/${pid}`));
  });
});

function parentOf(pid: number): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/^PPid:\t(\d+)/m.exec(status)?.[1]);
}
