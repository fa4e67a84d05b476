/** The tree as it changes, for those who watch. */
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { SLEEPER } from "../supervise/against-c/scanned.ts";
import { until } from "../support/until.ts";
import { makeTree, putFiles, type Stream, TestSite } from "./site.ts";

const timeout = 60_000;

interface Changed {
  readonly services: readonly { readonly name: string; readonly group: string | null }[];
  readonly gone: readonly string[];
}

function changes(stream: Stream): Changed[] {
  return stream.events("changed") as Changed[];
}

describe("events", { concurrency: 2 }, () => {
  test("all services at first, then what changes, and what became of actions", {
    timeout,
  }, async (t) => {
    const tree = makeTree(t, { a: { run: SLEEPER }, b: { run: SLEEPER } });
    const site = await TestSite.start(t, [tree]);
    const [one, two] = await Promise.all([
      site.open(t, "/api/events"),
      site.open(t, "/api/events"),
    ]);
    assert.equal(one.response.headers["content-type"], "text/event-stream; charset=utf-8");
    await until("all of them", () => one.events("services").length === 1);
    const [all] = one.events("services") as Changed[];
    assert.deepEqual(
      all?.services.map(({ name }) => name),
      ["a", "b"],
    );
    putFiles(join(tree, "b"), { group: "new\n" });
    await until("the group", () =>
      changes(one).some(({ services }) => services[0]?.group === "new"),
    );
    putFiles(join(tree, "c"), { run: SLEEPER });
    await until("the new one", () =>
      changes(one).some(({ services }) => services[0]?.name === "c"),
    );
    fs.rmSync(join(tree, "a"), { recursive: true });
    await until("the one that is gone", () => changes(one).some(({ gone }) => gone[0] === "a"));
    const names = changes(one).flatMap(({ services }) => services.map(({ name }) => name));
    assert.equal(names.includes("a"), false);
    await site.post("/api/services/b/start");
    await until("the outcome", () => two.events("outcome").length === 1);
    const [outcome] = two.events("outcome") as {
      name: string;
      action: string;
      who: string;
      ok: boolean;
    }[];
    assert.deepEqual(
      [outcome?.name, outcome?.action, outcome?.who, outcome?.ok],
      ["b", "start", "127.0.0.1", false],
    );
    assert.equal(two.events("changed").length, changes(one).length);
    await site.serving.close();
    await until("the end", () => one.isOver && two.isOver);
    assert.ok(one.text.endsWith("event: end\ndata: {}\n\n"));
  });

  test("traffic is in proportion to what changes, not to the size of the tree", {
    timeout,
  }, async (t) => {
    const services = Object.fromEntries(
      Array.from({ length: 300 }, (_, n) => [`s${n}`, { run: SLEEPER }]),
    );
    const tree = makeTree(t, services);
    const site = await TestSite.start(t, [tree]);
    const stream = await site.open(t, "/api/events");
    await until("all of them", () => stream.events("services").length === 1);
    const before = stream.text.length;
    for (const name of ["s1", "s2"]) putFiles(join(tree, name), { group: "new\n" });
    await until(
      "both",
      () =>
        new Set(changes(stream).flatMap((one) => one.services.map(({ name }) => name))).size === 2,
    );
    // All of them are a hundred times as much.
    assert.ok(
      stream.text.length - before < before / 50,
      `${stream.text.length - before} of ${before}`,
    );
  });

  test("a viewer who does not keep up grows no queue, and has the truth in the end", {
    timeout,
  }, async (t) => {
    const services = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`s${n}`, { run: SLEEPER }]),
    );
    const tree = makeTree(t, services);
    const site = await TestSite.start(t, [tree]);
    const slow = net.connect({ host: "127.0.0.1", port: site.port });
    t.after(() => slow.destroy());
    slow.pause();
    slow.write("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    const quick = await site.open(t, "/api/events");
    await until("it to be there", () => quick.events("services").length === 1);
    // More than the kernel and the queue hold, by far.
    const view = site.tree.services()[0];
    assert.ok(view);
    const large = { ...view, error: "x".repeat(1 << 20) };
    for (let n = 1; n <= 60; n++) {
      site.announce([large]);
      await until("the quick one to have it", () => quick.text.length > n << 20);
    }
    putFiles(join(tree, "s7"), { group: "last\n" });
    await until("the last", () => quick.text.includes('"group":"last"'));
    let text = "";
    slow.on("data", (part) => {
      text += part.toString("latin1");
    });
    slow.resume();
    // The second time all services are told is the catching up.
    await until(
      "the truth",
      () => text.split("event: services\n").length === 3 && text.includes('"group":"last"'),
    );
    // Most of the changes were never kept for it.
    assert.ok(text.split("event: changed\n").length < 30);
  });
});
