/** The model of the tree, over real supervisors. */
// Not tested: a system without inotify (test/posix/directory-watch.test.ts has what remains then).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { posix } from "../../src/posix/index.ts";
import { LiveTree, type ServiceView } from "../../src/web/index.ts";
import { Scanned, SLEEPER } from "../supervise/against-c/scanned.ts";
import { skip } from "../supervise/against-c/supervised.ts";
import type { Scope } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { makeTree, putFiles } from "./site.ts";

const timeout = 60_000;

class Watched {
  readonly live: LiveTree;
  readonly record: string[] = [];
  readonly changes: (readonly string[])[] = [];
  readonly gone: string[] = [];

  constructor(scope: Scope, directories: readonly string[], readOnly: boolean = false) {
    this.live = new LiveTree(posix, {
      directories,
      readOnly,
      record: (who, words) => this.record.push(`${who}: ${words}`),
    });
    scope.after(() => this.live.close());
    this.live.watch((changed, gone) => {
      this.changes.push(changed.map(({ name }) => name));
      this.gone.push(...gone);
    });
  }

  view(name: string): ServiceView {
    const view = this.live.service(name);
    assert.ok(view, `${name} is not there`);
    return view;
  }

  async comes(name: string, state: ServiceView["state"]): Promise<ServiceView> {
    await until(`${name} to be ${state}`, () => this.live.service(name)?.state === state);
    return this.view(name);
  }
}

describe("the tree", { concurrency: 2 }, () => {
  test("services are seen to come up, to be told, and to go", { timeout }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      web: { run: SLEEPER, group: "front\n" },
      db: { run: SLEEPER, down: "" },
    });
    await scanned.isUp("web");
    const watched = new Watched(t, [scanned.tree]);
    const web = await watched.comes("web", "up");
    assert.equal(web.pid, scanned.status("web")?.pid);
    assert.deepEqual(
      [web.group, web.want, web.normally, web.ready, web.log, web.error],
      ["front", "up", "up", null, null, null],
    );
    assert.ok(Math.abs(Date.parse(web.since ?? "") - Date.now()) < timeout);
    const db = await watched.comes("db", "down");
    assert.deepEqual([db.want, db.normally, db.pid], ["down", "down", null]);

    const act = { waitMs: 20_000, who: "somebody" };
    assert.deepEqual(await watched.live.act("web", "restart", act), {
      name: "web",
      ok: true,
      words: "it is restarted",
      reached: true,
    });
    // As soon as the outcome is known.
    assert.notEqual(watched.view("web").pid, web.pid);
    assert.match(watched.view("web").lastDeath?.words ?? "", /^killed by SIGTERM, .* asked$/);
    assert.deepEqual(watched.view("web").deaths.perMinute.length, 60);
    await watched.live.act("web", "stop", act);
    assert.deepEqual([watched.view("web").state, watched.view("web").want], ["down", "down"]);
    assert.deepEqual(watched.record, [
      "somebody: restart web: it is restarted",
      "somebody: stop web: it is down",
    ]);

    scanned.add("late", { run: SLEEPER });
    await watched.comes("late", "up");
    fs.renameSync(scanned.path("late"), join(scanned.tree, "..", "late"));
    await until("it to be gone", () => watched.gone.includes("late"));
    assert.equal(watched.live.service("late"), undefined);
    const sent = await watched.live.act("late", "start", act);
    assert.deepEqual([sent.ok, sent.words], [false, "there is no such service"]);
  });

  test("one that keeps dying flaps, one that waits is held, one that was given up has failed", {
    timeout,
  }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      flaps: { run: "#!/bin/sh\nexit 3\n", "max-deaths": "4\n" },
      waits: { run: SLEEPER, after: "idle\n" },
      idle: { run: SLEEPER, down: "" },
      says: { run: "#!/bin/sh\necho >&3\nexec sleep 100\n", "notification-fd": "3\n" },
    });
    const watched = new Watched(t, [scanned.tree]);
    const held = await watched.comes("waits", "held");
    assert.deepEqual(held.waitsFor, ["idle"]);
    await until("it to say", () => watched.live.service("says")?.ready === true);
    assert.ok(watched.view("says").readySince);
    await until("it to flap", () => watched.live.service("flaps")?.flapping === true);
    const failed = await watched.comes("flaps", "failed");
    assert.deepEqual([failed.deaths.minute, failed.deaths.kept], [4, 4]);
    assert.match(failed.lastDeath?.words ?? "", /^exit code 3, .*given up$/);
    assert.equal(failed.flapping, false);
  });

  test("a supervisor that is killed is found out, though nobody tells", { timeout }, async (t) => {
    const scanned = new Scanned(t, "ours", { web: { run: SLEEPER } });
    await scanned.isUp("web");
    const watched = new Watched(t, [scanned.tree]);
    await watched.comes("web", "up");
    scanned.running.signal("SIGKILL");
    const view = await watched.comes("web", "unsupervised");
    assert.deepEqual([view.pid, view.want], [null, null]);
    const sent = await watched.live.act("web", "start", { waitMs: undefined, who: "me" });
    assert.deepEqual(
      [sent.ok, sent.words],
      [false, "unable to control web: supervise not running"],
    );
  });

  test("a tree under the C svscan is served as well", { timeout, skip }, async (t) => {
    const scanned = new Scanned(t, "C", {
      web: { run: SLEEPER },
      "web/log": { run: "#!/bin/sh\nexec cat >>seen\n" },
    });
    await scanned.isUp("web");
    const watched = new Watched(t, [scanned.tree]);
    const view = await watched.comes("web", "up");
    assert.deepEqual([view.log?.kind, view.lastDeath, view.deaths.kept], ["run", null, 0]);
    const act = { waitMs: 20_000, who: "me" };
    assert.equal((await watched.live.act("web", "restart", act)).reached, true);
    assert.notEqual(watched.view("web").pid, view.pid);
  });

  test("a hosted log is told to rotate, and its account is shown", { timeout }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      // Its log says something of itself when a line comes.
      web: { run: "#!/bin/sh\nseq 1 1000\nwhile sleep 0.2; do echo more; done\n" },
      "web/log": { script: "t\n:stats=account\n./main\n" },
      plain: { run: "#!/bin/sh\nseq 1 1000\nexec sleep 100\n" },
      "plain/log": { script: "./main\n" },
    });
    const watched = new Watched(t, [scanned.tree]);
    await until("its lines", () => (watched.live.service("web")?.log?.lines ?? 0) >= 1000);
    const { log } = watched.view("web");
    assert.deepEqual(
      [log?.kind, log?.stalledSeconds, log?.rotations, log?.directories],
      ["hosted", 0, 0, [scanned.path("web/log/main")]],
    );
    assert.equal(
      (await watched.live.act("web", "rotate", { waitMs: undefined, who: "me" })).ok,
      true,
    );
    await until("a rotation", () => watched.live.service("web")?.log?.rotations === 1);
    await until("its bytes", () => watched.live.service("plain")?.log?.bytes === 3893);
    const plain = watched.view("plain").log;
    // What nobody counts is not known.
    assert.deepEqual([plain?.lines, plain?.stalledSeconds, plain?.rotations], [null, null, null]);
    const none = await watched.live.act("plain", "exit", { waitMs: 1, who: "me" });
    assert.equal(none.ok, false);
  });

  test("a log without an account shows how many lines a second come", { timeout }, async (t) => {
    const tree = makeTree(t, {
      web: { run: SLEEPER, "log/script": "./main\n", "log/main/current": "" },
    });
    const watched = new Watched(t, [tree]);
    const current = join(tree, "web/log/main/current");
    await until("lines a second", () => {
      fs.appendFileSync(current, "line\n");
      return (watched.live.service("web")?.log?.linesPerSecond ?? 0) > 10;
    });
  });

  test("nothing waits for a control FIFO that is full", { timeout }, async (t) => {
    const tree = makeTree(t, { web: { run: SLEEPER, "supervise/lock": "" } });
    const place = join(tree, "web/supervise");
    for (const name of ["ok", "control"]) spawnSync("mkfifo", [join(place, name)]);
    // A supervisor that stands still.
    const held = ["ok", "control"].map((name) =>
      fs.openSync(join(place, name), fs.constants.O_RDWR | fs.constants.O_NONBLOCK),
    );
    t.after(() => held.forEach((fd) => fs.closeSync(fd)));
    const watched = new Watched(t, [tree]);
    const act = (): Promise<{ ok: boolean; words: string }> =>
      watched.live.act("web", "hup", { waitMs: undefined, who: "me" });
    assert.equal((await act()).ok, true);
    const full = Buffer.alloc(4096, "h");
    assert.throws(() => {
      for (;;) fs.writeSync(held[1] as number, full);
    }, /EAGAIN/);
    assert.match((await act()).words, /too many wait already/);
  });

  test("nothing is told to services when nothing may be changed", async (t) => {
    const tree = makeTree(t, { web: { run: SLEEPER } });
    const watched = new Watched(t, [tree], true);
    const sent = await watched.live.act("web", "start", { waitMs: undefined, who: "me" });
    assert.deepEqual([sent.ok, sent.words], [false, "nothing may be changed here: --read-only"]);
  });

  test("names are unique, and those that are no text are shown as such", async (t) => {
    const one = makeTree(t, { web: { run: SLEEPER }, ".hidden": { run: SLEEPER } });
    const two = makeTree(t, { web: { run: SLEEPER }, db: { run: SLEEPER } });
    fs.writeFileSync(join(one, "file"), "");
    fs.mkdirSync(Buffer.from(`${one}/b\xe9d\n`, "latin1"));
    const watched = new Watched(t, [one, two]);
    assert.deepEqual(
      watched.live.services().map(({ name, directory }) => [name, directory.slice(0, one.length)]),
      [
        ["b\\xe9d\\x0a", one],
        ["db", two],
        ["service/web", two],
        ["web", one],
      ],
    );
  });

  test("a name is that of the directory that has it now", async (t) => {
    const one = makeTree(t, {});
    const two = makeTree(t, { web: { run: SLEEPER, group: "two\n" } });
    const watched = new Watched(t, [one, two]);
    const shown = (): unknown =>
      watched.live.services().map(({ name, directory, group }) => [name, directory, group]);
    assert.deepEqual(shown(), [["web", join(two, "web"), "two"]]);
    putFiles(join(one, "web"), { run: SLEEPER, group: "one\n" });
    watched.live.refresh();
    assert.deepEqual(shown(), [
      ["service/web", join(two, "web"), "two"],
      ["web", join(one, "web"), "one"],
    ]);
    assert.deepEqual([watched.changes.at(-1), watched.gone], [["web", "service/web"], []]);
    fs.rmSync(join(one, "web"), { recursive: true });
    watched.live.refresh();
    assert.deepEqual(shown(), [["web", join(two, "web"), "two"]]);
    assert.deepEqual([watched.changes.at(-1), watched.gone], [["web"], ["service/web"]]);
    // Its news are heard as well.
    putFiles(join(two, "web"), { group: "new\n" });
    await until("the group", () => watched.view("web").group === "new");
  });

  test("news of one service are news of no other", { timeout }, async (t) => {
    const tree = makeTree(t, {
      a: { run: SLEEPER, "supervise/status": "" },
      b: { run: SLEEPER, "supervise/status": "" },
    });
    const watched = new Watched(t, [tree]);
    putFiles(join(tree, "a"), { group: "new\n" });
    await until("the group", () => watched.view("a").group === "new");
    // Written again without being another one: no news.
    putFiles(join(tree, "b"), { group: "" });
    putFiles(join(tree, "a"), { group: "newer\n" });
    await until("the group", () => watched.view("a").group === "newer");
    assert.deepEqual([...new Set(watched.changes.flat())], ["a"]);
  });

  test("no pattern takes long, whatever it is", { timeout }, async (t) => {
    // A name that matches nearly, at every place.
    const tree = makeTree(t, { ["a".repeat(255)]: { run: "" } });
    const { live } = new Watched(t, [tree]);
    for (const pattern of [
      `${"*?".repeat(12)}X`,
      `${"*a".repeat(500)}X`,
      `${"[a-z]*".repeat(99)}X`,
    ])
      assert.deepEqual(live.find(pattern), [], pattern);
  });

  test("a word stands for a name, a glob, a group or one of it", async (t) => {
    const tree = makeTree(t, {
      web1: { group: "web\n" },
      web2: { group: "web\n" },
      "a:b": { run: "" },
      "odd(+)": { run: "" },
      db: { run: "" },
    });
    const { live } = new Watched(t, [tree]);
    const found = (word: string): string =>
      live
        .find(word)
        .map(({ name }) => name)
        .join(" ");
    assert.deepEqual(
      [
        "db",
        "web*",
        "web:*",
        "web:web2",
        "web:",
        "a:b",
        "*b*",
        "odd(+)",
        "odd(+*",
        "no",
        "no:*",
        "web:db",
        "[dw]*",
      ].map(found),
      [
        "db",
        "web1 web2",
        "web1 web2",
        "web2",
        "web1 web2",
        "a:b",
        "a:b db web1 web2",
        "odd(+)",
        "odd(+)",
        "",
        "",
        "",
        "db web1 web2",
      ],
    );
  });
});
