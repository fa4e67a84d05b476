/** Logs over HTTP: what there is, what comes, and who does not listen. */
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { formatLabel, fromUnixNanos } from "../../src/tai64/index.ts";
import type { Scope } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { makeTree, TestSite } from "./site.ts";

const timeout = 60_000;
const BEGIN = Date.UTC(2026, 10, 20, 12);

/** The label of the n-th second of our noon. */
function label(second: number): string {
  return formatLabel(fromUnixNanos(BigInt(BEGIN + 1000 * second) * 1_000_000n));
}

function numbered(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, n) => `${label(from + n)} line ${from + n}\n`).join(
    "",
  );
}

interface Line {
  readonly label: string | null;
  readonly time: string | null;
  readonly text: string;
  readonly bytes?: string;
  readonly service: string;
}

class Logged {
  readonly site: TestSite;
  readonly current: string;

  private constructor(site: TestSite, current: string) {
    this.site = site;
    this.current = current;
  }

  /** A service with a log of its own making. */
  static async start(
    scope: Scope,
    content: string | Buffer,
    more: Readonly<Record<string, string | Buffer>> = {},
  ): Promise<Logged> {
    const tree = makeTree(scope, {
      web: { run: "", "log/script": "t\n./main\n", "log/main/current": content, ...more },
    });
    return new Logged(await TestSite.start(scope, [tree]), join(tree, "web/log/main/current"));
  }

  async lines(query: string): Promise<Line[]> {
    const { text, status } = await this.site.ask(`/api/services/web/log?${query}`);
    assert.equal(status, 200, text);
    return linesOf(text);
  }

  async texts(query: string): Promise<string> {
    return (await this.lines(query)).map(({ text }) => text.replace("line ", "")).join(" ");
  }
}

function linesOf(text: string): Line[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

describe("a log", { concurrency: 2 }, () => {
  test("is had by time, by text, by number and behind a label", { timeout }, async (t) => {
    const archive = `log/main/${label(50)}.s`;
    const log = await Logged.start(t, numbered(50, 120), { [archive]: numbered(0, 50) });
    const [first, ...others] = await log.lines("last=all");
    assert.deepEqual(
      [others.length, first],
      [119, { label: label(0), time: "2026-11-20T12:00:00.000Z", text: "line 0", service: "web" }],
    );
    assert.equal((await log.lines("")).length, 100);
    const cases: [string, string][] = [
      ["last=2", "118 119"],
      ["since=2026-11-20T12:01:57Z", "117 118 119"],
      ["until=2026-11-20T12:00:01Z&last=all", "0 1"],
      [`until=${label(60)}&last=2`, "59 60"],
      [`before=${label(60)}&last=2`, "58 59"],
      [`cursor=${label(117)}`, "118 119"],
      [`cursor=${label(49)}&limit=2`, "50 51"],
      [`since=${label(48)}&limit=3`, "48 49 50"],
      ["grep=line+1$&last=all", "1"],
      ["grep=LINE+9.&ignoreCase=1&last=2", "98 99"],
      ["grep=[0-8]$&invert=1&last=3", "99 109 119"],
      ["patterns=-*%0A%2B*line+11*&last=2", "118 119"],
      ["patterns=F%0A-*[02-8]&last=3", "109 111 119"],
      ["patterns=-*+line+11*&grep=9$&last=2", "99 109"],
      [`at=${label(60)}&around=2`, "58 59 60 61"],
      ["grep=line+60&around=1&last=all", "59 60 61"],
      ["directory=main&last=1", "119"],
      ["last=0", ""],
    ];
    for (const [query, expected] of cases) assert.equal(await log.texts(query), expected, query);
    const text = await log.site.ask("/api/services/web/log?last=1&format=text");
    assert.match(text.text, /^2026-11-20 \d\d:\d\d:59\.000000000 line 119\n$/);
    assert.equal(text.headers["content-type"], "text/plain; charset=utf-8");
  });

  test("what is asked wrongly is said before an answer begins", async (t) => {
    const log = await Logged.start(t, numbered(0, 3));
    const cases: [string, string][] = [
      ["since=yesterdayish", "400 bad-time"],
      ["grep=(", "400 bad-pattern"],
      ["patterns=nosign", "400 bad-pattern"],
      ["cursor=@nolabel", "400 bad-cursor"],
      ["last=-1", "400 bad-request"],
      ["last=999999999", "400 bad-request"],
      ["format=xml", "400 bad-request"],
      ["stream=nix", "400 bad-request"],
      ["stream=stderr", "404 no-log"],
      ["directory=nix", "404 no-log"],
      ["nix=1", "400 bad-request"],
      ["follow=perhaps", "400 bad-request"],
      ["last=1&last=2", "400 bad-request"],
    ];
    for (const [query, expected] of cases)
      assert.equal(await log.site.refusal(`/api/services/web/log?${query}`), expected, query);
  });

  test("hostile lines are text: control characters, HTML, what is no UTF-8, a megabyte", {
    timeout,
  }, async (t) => {
    const hostile = [
      Buffer.from(`${label(0)} <script>alert(1)</script> \u001b[31m\0 "\\ \u2028 data: x`),
      Buffer.from(`${label(1)} gr\xfcn\xff`, "latin1"),
      Buffer.from(`${label(2)} ${"x".repeat(1 << 20)}`),
      Buffer.from("no label\r"),
    ].flatMap((line) => [line, Buffer.from("\n")]);
    const log = await Logged.start(t, Buffer.concat(hostile));
    const lines = await log.lines("last=all");
    assert.deepEqual(
      lines.map(({ text }) => (text.length > 100 ? text.length : text)),
      [
        '<script>alert(1)</script> \u001b[31m\0 "\\ \u2028 data: x',
        "gr\\xfcn\\xff",
        1 << 20,
        "no label\r",
      ],
    );
    assert.equal(Buffer.from(lines[1]?.bytes ?? "", "base64").toString("latin1"), "gr\xfcn\xff");
    assert.deepEqual([lines[3]?.label, lines[3]?.time], [null, "2026-11-20T12:00:02.000Z"]);
    const { text } = await log.site.ask("/api/services/web/log?last=all&format=sse");
    const events = text.split("\n\n").slice(0, -1);
    // However it ends: each line is one event of one line.
    assert.equal(events.length, 5);
    assert.ok(events.slice(0, 3).every((one, n) => one.startsWith(`id: ${label(n)}\ndata: {`)));
    assert.equal(events[4], "event: end\ndata: {}");
  });

  test("what comes is followed, and gone on with behind the last line that was seen", {
    timeout,
  }, async (t) => {
    const log = await Logged.start(t, numbered(0, 10));
    const stream = await log.site.open(t, "/api/services/web/log?follow=1&last=2");
    await until("the last two", () => linesOf(stream.text).length === 2);
    fs.appendFileSync(log.current, numbered(10, 12));
    await until("what came", () => linesOf(stream.text).length === 4);
    assert.equal(
      linesOf(stream.text)
        .map(({ text }) => text)
        .join(),
      "line 8,line 9,line 10,line 11",
    );
    stream.response.destroy();
    fs.appendFileSync(log.current, numbered(12, 14));
    const again = await log.site.open(t, "/api/services/web/log?follow=1&format=sse", {
      headers: { "last-event-id": label(11) },
    });
    await until("what was missed", () => again.text.includes("line 13"));
    assert.deepEqual(
      [again.text.includes("line 11"), again.text.includes("line 12")],
      [false, true],
    );
    // Rotated meanwhile.
    const place = join(log.current, "..");
    fs.renameSync(log.current, join(place, `${label(14)}.s`));
    fs.writeFileSync(log.current, numbered(14, 15));
    await until("the new file", () => again.text.includes("line 14"));
    const query = `follow=1&grep=line+1[56]$&cursor=${label(14)}`;
    const searched = await log.site.open(t, `/api/services/web/log?${query}`);
    fs.appendFileSync(log.current, numbered(15, 18));
    await until("those that match", () => linesOf(searched.text).length === 2);
    await log.site.serving.close();
    await until("the end of all", () => again.isOver && searched.isOver);
    assert.ok(again.text.endsWith("event: end\ndata: {}\n\n"));
  });

  test("no file is read through a link, with a search or without", { timeout }, async (t) => {
    const archive = `log/main/${label(3)}.s`;
    const log = await Logged.start(t, "", { [archive]: numbered(0, 3), secret: "a secret line\n" });
    fs.rmSync(log.current);
    fs.symlinkSync("../../secret", log.current);
    for (const query of ["last=all", "last=2", "last=all&grep=line", "last=all&patterns=F"])
      assert.ok(
        (await log.lines(query)).every(({ text }) => /^line [0-2]$/.test(text)),
        query,
      );
    assert.equal(await log.texts("last=all"), "0 1 2");
    assert.equal(await log.texts("last=all&grep=line"), "0 1 2");
  });

  test("around a death are the lines around a death", { timeout }, async (t) => {
    const deaths = `${label(30)} pid 14 exit 3 after 12.345\n`;
    const log = await Logged.start(t, numbered(0, 60), { "supervise/deaths": deaths });
    const { text } = await log.site.ask(`/api/services/web/deaths/${label(30)}/log?around=2`);
    assert.equal(
      linesOf(text)
        .map((line) => line.text)
        .join(),
      "line 28,line 29,line 30,line 31",
    );
    assert.equal(
      linesOf((await log.site.ask(`/api/services/web/deaths/${label(30)}/log`)).text).length,
      40,
    );
    assert.equal(
      await log.site.refusal(`/api/services/web/deaths/${label(31)}/log`),
      "404 no-such-death",
    );
  });

  test("a client that does not read holds its own reading back, and no memory", {
    timeout,
  }, async (t) => {
    const LINES = 300_000;
    const filler = "x".repeat(200);
    const lines = Array.from({ length: LINES }, (_, n) => `${label(0)} ${n} ${filler}\n`).join("");
    const log = await Logged.start(t, lines);
    const socket = net.connect({ host: "127.0.0.1", port: log.site.port });
    t.after(() => socket.destroy());
    socket.pause();
    socket.write(
      "GET /api/services/web/log?last=all HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    );
    let held = 0;
    let before = -1;
    await until("it to stand still", async () => {
      before = held;
      held = process.memoryUsage().arrayBuffers;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return held === before;
    });
    // Some of it stands in the kernel; the rest was not read. What is held no more is collected for what is new.
    await until("little to be held", () => {
      Buffer.alloc(1 << 20);
      return process.memoryUsage().arrayBuffers < lines.length / 2;
    });
    // Others are served meanwhile.
    assert.equal((await log.lines("last=1")).length, 1);
    let bytes = 0;
    socket.on("data", (part) => {
      bytes += part.length;
    });
    socket.resume();
    await new Promise((resolve) => socket.on("close", resolve));
    assert.ok(bytes > lines.length);
  });

  test("a search that takes long lets others have their turn, and ends with its client", {
    timeout,
  }, async (t) => {
    const line = `${label(0)} ${"ab".repeat(100)}\n`;
    const log = await Logged.start(t, line.repeat(200_000));
    // Every line is looked at with some effort, and none is found.
    const slow = await log.site.open(t, "/api/services/web/log?last=all&grep=(a.)%2B[^ab]");
    for (let n = 0; n < 20; n++) assert.equal((await log.site.ask("/healthz")).status, 200);
    slow.response.destroy();
    assert.equal((await log.lines("grep=^ab&limit=1&last=all")).length, 1);
  });

  test("a pattern that takes for ever over one line takes no other's time, and is ended", {
    timeout,
  }, async (t) => {
    const log = await Logged.start(t, `${label(0)} ${"a".repeat(60)}b\n`);
    const descriptors = (): number => fs.readdirSync("/proc/self/fd").length;
    const before = descriptors();
    const follower = await log.site.open(t, "/api/services/web/log?grep=line&follow=1");
    const evil = await log.site.open(t, "/api/services/web/log?grep=(a%2B)%2B$");
    assert.equal((await log.site.ask("/healthz")).status, 200);
    await until("its end", () => evil.isOver);
    assert.match(evil.text, /"error":\{"code":"unreadable","message":"the search took too long/);
    // Others are not ended with it, and the next one has a thread that answers.
    fs.appendFileSync(log.current, numbered(1, 2));
    await until("what another one finds", () => follower.text.includes("line 1"));
    assert.equal(follower.isOver, false);
    assert.equal((await log.lines("grep=a&last=all")).length, 1);
    follower.response.destroy();
    await until("what they had open to be closed", () => descriptors() <= before);
  });
});
