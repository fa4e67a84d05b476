/** svlog as a command, on directories made here and by the loggers themselves. */
// Not tested: a terminal of its own (colours are asked for by --color), macOS.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import zlib from "node:zlib";
import { ours, peer } from "../support/commands.ts";
import type { Scope } from "../support/temporary.ts";
import {
  Ground,
  label,
  line,
  lines,
  NOON,
  numbers,
  plain,
  type Ran,
  span,
} from "./svlog-ground.ts";

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

function threeFiles(scope: Scope): Ground {
  const ground = new Ground(scope);
  ground.log("main", {
    "@100.s": lines(0, 100),
    "@200.s": lines(100, 200),
    current: lines(200, 250),
    lock: "",
    state: "",
    "notes.txt": "line 9999\n",
  });
  return ground;
}

test("svlog shows the last 20 lines in local time, -n so many, --all all of them", (t) => {
  const ground = threeFiles(t);
  assert.deepEqual(numbers(ground.out("main")), span(230, 250));
  assert.deepEqual(numbers(ground.out("-n", "3", "main")), span(247, 250));
  assert.deepEqual(numbers(ground.out("-n", "120", "main")), span(130, 250));
  assert.deepEqual(numbers(ground.out("-n", "1000", "main")), span(0, 250));
  assert.equal(ground.out("-n", "0", "main"), "");
  assert.deepEqual(numbers(ground.out("--all", "main")), span(0, 250));
  assert.deepEqual(numbers(ground.out("-n", "2", `main/${label(100)}.s`)), [98, 99]);
  assert.equal(ground.out("-n", "1", "main"), "2026-11-20 12:04:09.000000000 line 249\n");
  const { out } = ground.run(["-n", "1", "main"], { TZ: "America/New_York" });
  assert.equal(out, "2026-11-20 07:04:09.000000000 line 249\n");
});

test("a whole log is shown as tai64nlocal shows it", { skip: peer("tai64nlocal").skip }, (t) => {
  const ground = threeFiles(t);
  const stored = [`${label(100)}.s`, `${label(200)}.s`, "current"]
    .map((name) => fs.readFileSync(join(ground.cwd, "main", name)))
    .join("");
  const { stdout } = spawnSync(peer("tai64nlocal").path, { input: stored, env: { TZ: "UTC" } });
  assert.equal(ground.out("--all", "main"), stdout.toString());
  assert.equal(ground.out("--raw", "--all", "main"), stored);
  assert.equal(plain(ground.out("--color", "--all", "main")), stdout.toString());
});

test("times choose lines: both ends are in, a label's line is not behind its own cursor", (t) => {
  const ground = threeFiles(t);
  const choose = (...args: string[]): number[] => numbers(ground.out(...args, "main"));
  assert.deepEqual(choose("--since", "2026-11-20 12:03:18"), span(198, 250));
  assert.deepEqual(
    choose("--since", "2026-11-20 12:01:30", "--until", "2026-11-20 12:01:50"),
    span(90, 111),
  );
  assert.deepEqual(choose("--until", "2026-11-20 12:00:02"), [0, 1, 2]);
  assert.deepEqual(choose("--since", label(99), "--until", label(101)), [99, 100, 101]);
  assert.deepEqual(choose("--cursor", label(247)), [248, 249]);
  assert.deepEqual(choose("--cursor", label(99)), span(100, 250));
  assert.deepEqual(choose("--cursor", label(249)), []);
  assert.deepEqual(choose("--since", "2027-01-01"), []);
  assert.deepEqual(choose("--at", "2026-11-20 12:01:40", "-n", "6"), span(97, 103));
  assert.deepEqual(choose("--at", "2026-11-20 12:01:40Z", "-n", "5"), span(97, 102));
  assert.deepEqual(choose("--at", "2026-11-20 12:00", "-n", "4"), [0, 1]);
  assert.deepEqual(choose("--at", label(100), "-n", "6"), span(97, 103));
  assert.deepEqual(choose("--since", label(0), "-n", "2"), [248, 249]);
});

test("lines without labels belong to the line before", (t) => {
  const ground = new Ground(t);
  ground.log("main", {
    "@10.s": `${line(0, "line 0")}  at 0\n${line(5, "line 5")}  at 5\n`,
    current: `  at 5 too\n${line(20, "line 20")}  at 20\n`,
  });
  assert.match(
    ground.out("--since", label(5), "--until", label(5), "main"),
    /^.* line 5\n  at 5\n  at 5 too\n$/,
  );
  const lastTwo = ["-n", "2", "--since", label(5), "--until", label(5), "main"];
  assert.equal(ground.out(...lastTwo), "  at 5\n  at 5 too\n");
  assert.match(ground.out("--cursor", label(5), "main"), /^.* line 20\n  at 20\n$/);
});

test("a log without labels is chosen by its files", (t) => {
  const ground = new Ground(t);
  ground.log("main", { "@10.s": "line 1\n", "@20.s": "line 2\nline 3\n", current: "line 4\n" });
  assert.deepEqual(numbers(ground.out("-n", "2", "main")), [3, 4]);
  assert.deepEqual(numbers(ground.out("--since", label(11), "main")), [2, 3, 4]);
  assert.deepEqual(numbers(ground.out("--grep", "line [24]", "main")), [2, 4]);
  assert.match(ground.out("--stats", "main"), /no labels/);
});

test("several logs are merged by time, each line with its source", (t) => {
  const ground = new Ground(t);
  ground.log("services/web/log/main", { current: line(0, "a") + line(2, "c") + "  c2\n" });
  ground.log("services/mail/log/main", { current: line(1, "b") + line(3, "d") });
  const expected =
    "web: 2026-11-20 12:00:00.000000000 a\n" +
    "mail: 2026-11-20 12:00:01.000000000 b\n" +
    "web: 2026-11-20 12:00:02.000000000 c\n" +
    "web:   c2\n" +
    "mail: 2026-11-20 12:00:03.000000000 d\n";
  const services = { SERVICE_DIR: join(ground.cwd, "services") };
  for (const words of [["web", "mail"], ["*"], ["w*", "m*"], []]) {
    const { code, out, err } = ground.run(words, services);
    assert.deepEqual([code, out, err], [0, expected, ""], words.join(" "));
  }
  const paths = ground.out("services/*/log/main");
  assert.equal(paths, expected.replaceAll(/^(\w+):/gm, "services/$1/log/main:"));
  assert.equal(ground.run(["web"], services).out.split("\n")[0], "2026-11-20 12:00:00.000000000 a");
  assert.match(ground.out("services/mail"), /^2026\S+ \S+ b\n2026/);
});

test("labels of s6 are told from daemontools', or as is said, and merged with them", (t) => {
  const ground = new Ground(t);
  const s6 = (second: number): string => `${label(second + 27)} s6 ${second}\n`;
  ground.log("s6", { current: s6(0) + s6(2) });
  ground.log("djb", { current: line(1, "djb 1") });
  fs.utimesSync(join(ground.cwd, "s6/current"), NOON + 2, NOON + 2);
  fs.utimesSync(join(ground.cwd, "djb/current"), NOON + 2, NOON + 2);
  const shown = [...ground.out("s6", "djb").matchAll(/12:00:(\d\d).* (\w+) \d$/gm)];
  assert.deepEqual(
    shown.map(([, second, who]) => `${second} ${who}`),
    ["00 s6", "01 djb", "02 s6"],
  );
  assert.match(ground.out("--all", "s6"), /12:00:00.*\n.*12:00:02/);
  assert.match(ground.out("--producer", "daemontools", "s6"), /12:00:27.*\n.*12:00:29/);
  fs.utimesSync(join(ground.cwd, "s6/current"), NOON + 9000, NOON + 9000);
  assert.match(ground.out("s6"), /12:00:27/);
  assert.match(ground.out("--producer", "s6", "s6"), /12:00:00/);
});

test("patterns select as in a logging script", (t) => {
  const ground = threeFiles(t);
  assert.deepEqual(numbers(ground.out("main", "-*", "+* line 12?")), []);
  assert.deepEqual(numbers(ground.out("main", "-*", "+* line 24*")), [24, ...span(240, 250)]);
  assert.deepEqual(numbers(ground.out("main", "--", "-* line 1*", "-* line 2*")), [
    0,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    ...span(30, 100),
  ]);
});

test("--grep finds, with lines around, without case, or all but those", (t) => {
  const ground = threeFiles(t);
  const find = (...args: string[]): number[] => numbers(ground.out(...args, "main"));
  assert.deepEqual(find("--grep", "line 9[89]$"), [98, 99]);
  assert.deepEqual(find("--grep", "LINE 249", "-i"), [249]);
  assert.deepEqual(
    find("--grep", "line 1", "-v", "--since", label(5), "--until", label(12)),
    [5, 6, 7, 8, 9],
  );
  assert.deepEqual(find("--grep", "^line 100$", "-A", "2"), [100, 101, 102]);
  assert.deepEqual(find("--grep", "^line 100$", "-B", "2"), [98, 99, 100]);
  assert.deepEqual(find("--grep", "^line (5|7|100)$", "-C", "1"), [4, 5, 6, 7, 8, 99, 100, 101]);
  assert.equal(ground.out("--grep", "^line (5|9)$", "-C1", "main").match(/^--$/gm)?.length, 1);
  assert.deepEqual(find("--grep", "line 2", "-n", "3"), [247, 248, 249]);
  const coloured = ground.out("--color", "--grep", "249", "main");
  assert.ok(coloured.endsWith("line \u001b[1;31m249\u001b[0m\n"), coloured);
});

test("--utc, --iso and --json", (t) => {
  const ground = new Ground(t);
  ground.log("main", {
    current: Buffer.concat([
      Buffer.from(`${label(0, 5)} \xff€`, "latin1"),
      Buffer.from("\nno label ✓\n"),
    ]),
  });
  const zone = { TZ: "Europe/Berlin" };
  assert.match(ground.run(["--iso", "main"], zone).out, /^2026-11-20T13:00:00\.000000005\+01:00 /);
  assert.match(ground.run(["--utc", "main"], zone).out, /^2026-11-20 12:00:00\.000000005 /);
  const { out } = ground.run(["--json", "--utc", "main"], zone);
  const [first, second] = Buffer.from(out, "latin1")
    .toString()
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text) as Record<string, string>);
  assert.equal(first?.["source"], "main");
  assert.equal(first?.["label"], label(0, 5));
  assert.equal(first?.["time"], "2026-11-20T12:00:00.000000005Z");
  assert.equal(Buffer.from(first?.["bytes"] ?? "", "base64").toString("latin1"), "\xff\xac");
  assert.deepEqual(second, { source: "main", text: "no label ✓" });
});

test("compressed archives are read in place, a broken one is named and skipped", (t) => {
  const ground = new Ground(t);
  const packed = (tool: string, from: number): Buffer =>
    tool === "gzip"
      ? zlib.gzipSync(lines(from, from + 10))
      : spawnSync(tool, ["-c"], { input: lines(from, from + 10) }).stdout;
  const has = (tool: string): boolean => spawnSync(tool, ["--version"]).status === 0;
  const tools = ["gzip", "zstd", "xz"].filter(has);
  const files = Object.fromEntries(
    tools.map((tool, i) => [`@${10 * i + 10}.s`, packed(tool, 10 * i)]),
  );
  const end = 10 * tools.length;
  ground.log("main", { ...files, current: lines(end, end + 5) });
  assert.deepEqual(numbers(ground.out("--all", "main")), span(0, end + 5));
  assert.deepEqual(
    numbers(ground.out("--since", label(8), "--until", label(11), "main")),
    [8, 9, 10, 11],
  );
  assert.deepEqual(numbers(ground.out("-n", "8", "main")), span(end - 3, end + 5));
  assert.deepEqual(numbers(ground.out("--grep", "line 7", "main")), [7]);
  const first = join(ground.cwd, "main", `${label(10)}.s`);
  fs.writeFileSync(first, fs.readFileSync(first).subarray(0, 40));
  const { code, out, err } = ground.run(["--all", "main"]);
  assert.equal(code, 1);
  assert.match(
    err,
    new RegExp(`^svlog: warning: unable to read main/${label(10)}.s: it is damaged.*\n$`),
  );
  assert.deepEqual(numbers(out).slice(-(end - 5)), span(10, end + 5));
});

test("what cannot be read is named, the rest is read, and the exit code is 1", {
  skip: !isRoot && "only root can become another user",
}, (t) => {
  const ground = threeFiles(t);
  fs.chmodSync(ground.cwd, 0o755);
  fs.chmodSync(join(ground.cwd, "main", `${label(200)}.s`), 0);
  fs.mkdirSync(join(ground.cwd, "main", `${label(150)}.s`));
  ground.log("closed", { current: line(0, "x") });
  fs.chmodSync(join(ground.cwd, "closed"), 0);
  const { code, out, err } = ground.run(["--all", "main"], {}, NOBODY);
  assert.equal(code, 1, err);
  assert.deepEqual(numbers(out), [...span(0, 100), ...span(200, 250)]);
  assert.deepEqual(
    err
      .split("\n")
      .map((text) => text.slice(text.lastIndexOf(":") + 2))
      .sort(),
    ["", "access denied", "is a directory"],
  );
  const both = ground.run(["closed", "main", "-n", "1"], {}, NOBODY);
  assert.equal(both.code, 1);
  assert.match(both.err, /^svlog: warning: unable to read closed: access denied\n/);
  assert.deepEqual(numbers(both.out), [249]);
});

test("empty files, NULs, torn ends, odd stamps and clock steps are shown as they are", (t) => {
  const ground = new Ground(t);
  ground.log("main", {
    "@10.s": "",
    "@20.s": `${line(0, "a\0b")}\0\0\n`,
    "@30.u": `${line(25, "before the step")}${label(26)} torn`,
    "@40.s": `${line(3, "behind the step")}@nothing\n@${"f".repeat(30)} x\n${label(4)} cut he`,
    current: `re\n${line(50, "last")}unfinished`,
  });
  const raw = ground.out("--raw", "--all", "main").split("\n");
  const texts = ["a\0b", "\0\0", "before the step", "torn", "behind the step", "@nothing"];
  assert.deepEqual(
    raw.slice(0, 6).map((text) => text.replace(/^@4\w{23} /, "")),
    texts,
  );
  assert.deepEqual(
    raw.slice(7).map((text) => text.replace(/^@4\w{23} /, "")),
    ["cut here", "last", "unfinished"],
  );
  assert.match(ground.out("--all", "main"), /torn\n2026.* behind/);
  const { code, out } = ground.run(["--verify", "main"]);
  assert.equal(code, 1);
  assert.match(
    out,
    /FAULT: main\/@\w{24}\.s: line 1: label @\w{24} is before @\w{24} of the line before it/,
  );
  assert.match(
    ground.out("--stats", "main"),
    /unclean: @\w{24}\.u[\s\S]*goes backwards: @\w{24}\.s line 1[\s\S]*backwards: 1\n/,
  );
});

test("every state in which a crash leaves a directory shows each line once", (t) => {
  const ground = new Ground(t);
  const one = lines(0, 10);
  const two = lines(10, 20);
  const three = lines(20, 25);
  const link = (from: string, to: string): void =>
    fs.linkSync(join(ground.cwd, "main", from), join(ground.cwd, "main", to));
  const archive = `${label(20)}.s`;
  const states: Record<string, () => void> = {
    "previous is on its way": () => ground.log("main", { previous: two }),
    "previous has its name already": () => {
      ground.log("main", { previous: two });
      link("previous", archive);
    },
    "a processor is at work": () => ground.log("main", { previous: two, newstate: "x" }),
    "a processor has written a part": () => {
      ground.log("main", { previous: two, processed: line(10, "line 10") });
      fs.chmodSync(join(ground.cwd, "main/processed"), 0o644);
    },
    "a processor is done": () => ground.log("main", { previous: two, processed: two }),
    "previous is removed": () => ground.log("main", { processed: two }),
    "processed has its name already": () => {
      ground.log("main", { processed: two });
      link("processed", archive);
    },
    "current has its name already": () => {
      ground.log("main", { "@20.s": two });
      link("current", `${label(30)}.u`);
    },
    "current is not there": () => {
      ground.log("main", { "@20.s": two, previous: three });
      fs.rmSync(join(ground.cwd, "main/current"));
    },
  };
  for (const [name, make] of Object.entries(states)) {
    fs.rmSync(join(ground.cwd, "main"), { recursive: true, force: true });
    ground.log("main", { "@10.s": one, current: three, state: "line 1", newstate: "line 2" });
    make();
    assert.deepEqual(numbers(ground.out("--all", "main")), span(0, 25), name);
    assert.deepEqual(numbers(ground.out("-n", "9", "main")), span(16, 25), name);
    assert.deepEqual(numbers(ground.out("--since", label(12), "main")), span(12, 25), name);
  }
});

test("--cursor-file goes on behind the last line that was shown, also in logs without labels", (t) => {
  const ground = new Ground(t);
  for (const stamp of [(n: number) => line(n, `line ${n}`), (n: number) => `line ${n}\n`]) {
    const range = (from: number, to: number): string => span(from, to).map(stamp).join("");
    fs.rmSync(join(ground.cwd, "main"), { recursive: true, force: true });
    fs.rmSync(join(ground.cwd, "place"), { force: true });
    ground.log("main", { "@10.s": range(0, 10), current: range(10, 15) });
    const read = (): number[] => numbers(ground.out("--cursor-file", "place", "main"));
    assert.deepEqual(read(), span(0, 15));
    assert.deepEqual(read(), []);
    const current = join(ground.cwd, "main/current");
    fs.appendFileSync(current, `${range(15, 17)}${stamp(17).slice(0, -2)}`);
    assert.deepEqual(read(), [15, 16], "an unfinished line waits for its end");
    fs.appendFileSync(current, "7\n");
    fs.renameSync(current, join(ground.cwd, "main", `${label(20)}.s`));
    ground.log("main", { current: range(18, 20) });
    assert.deepEqual(read(), [17, 18, 19]);
  }
  // The file is gone: the label tells.
  const labelled = new Ground(t);
  labelled.log("main", { current: lines(0, 5) });
  assert.deepEqual(numbers(labelled.out("--cursor-file", "place", "main")), span(0, 5));
  fs.rmSync(join(labelled.cwd, "main/current"));
  labelled.log("main", { "@5.s": lines(2, 7) });
  assert.deepEqual(numbers(labelled.out("--cursor-file", "place", "main")), [5, 6]);
  fs.writeFileSync(join(labelled.cwd, "place"), "nonsense");
  assert.equal(labelled.run(["--cursor-file", "place", "main"]).code, 100);
});

test("the cursor does not move for lines that were not written", (t) => {
  const ground = new Ground(t);
  ground.log("main", { current: lines(0, 50_000) });
  const closed = spawnSync(
    "/bin/sh",
    ["-c", '"$0" --cursor-file place main | head -n 1', ours("svlog")],
    { cwd: ground.cwd },
  );
  assert.match(closed.stdout.toString(), /line 0\n/);
  const [next = 0] = numbers(ground.out("--cursor-file", "place", "main"));
  assert.ok(next < 5000, `goes on at line ${next}`);
});

test("--stats counts, and draws lines a minute", (t) => {
  const ground = new Ground(t);
  ground.log("main", {
    "@100.s": lines(0, 100),
    "@150.u": lines(100, 120),
    current: lines(900, 960),
  });
  const out = Buffer.from(ground.out("--stats", "main"), "latin1").toString();
  assert.match(out, /^main: 3 files, \d.* KB, 180 lines\n {2}finished files: 2, 1 unclean\n/);
  assert.match(
    out,
    new RegExp(`first ${label(0)} {2}2026-11-20 12:00:00\\.0+\n {2}last {2}${label(959)} `),
  );
  assert.match(out, /at most 60 at 2026-11-20 12:00:00/);
  assert.match(out, /\n {2}██ {13}█\n/);
  assert.match(out, /gap of 781 seconds: from 2026-11-20 12:01:59\.0+ to 2026-11-20 12:15:00/);
});

test("--verify proves a log, and names the place of the first fault", (t) => {
  const whole = (ground: Ground, ...more: string[]): Ran =>
    ground.run(["--verify", ...more, "main"]);
  const ground = threeFiles(t);
  assert.deepEqual(whole(ground), {
    code: 0,
    out: "main: 3 files, 250 lines: whole and in order\n",
    err: "",
  });
  const archive = join(ground.cwd, "main", `${label(200)}.s`);
  const faults: [make: () => void, says: RegExp][] = [
    [() => fs.chmodSync(archive, 0o644), /not marked as finished/],
    [
      () => fs.appendFileSync(archive, line(300, "late")),
      /line 101: label @\w+ is later than the file's end/,
    ],
    [
      () => fs.writeFileSync(archive, lines(100, 150) + lines(120, 130), { mode: 0o744 }),
      /line 51: label \S+ is before/,
    ],
    [
      () => fs.truncateSync(archive, fs.statSync(archive).size - 3),
      /current: the line at the end of @\S+ does not go on here/,
    ],
  ];
  for (const [make, says] of faults) {
    fs.writeFileSync(archive, lines(100, 200));
    fs.chmodSync(archive, 0o744);
    make();
    const { code, out } = whole(ground);
    assert.equal(code, 1);
    assert.match(out, says);
  }
});

test("--verify compares with the logger's own account", (t) => {
  const ground = new Ground(t);
  const script = ["t", "s4096", "n100", ":stats=account", "./main"];
  const input = Array.from({ length: 2000 }, (_, n) => `line ${n}\n`).join("");
  const ran = spawnSync(ours("multilog"), script, { cwd: ground.cwd, input });
  assert.equal(ran.status, 0);
  const good = ground.run(["--verify", "--account", "account", "main"]);
  assert.deepEqual([good.code, good.err], [0, ""]);
  assert.match(good.out, /2000 lines: whole and in order/);
  const account = join(ground.cwd, "account");
  fs.writeFileSync(
    account,
    fs.readFileSync(account, "utf8").replaceAll('"lines": 2000', '"lines": 2001'),
  );
  const bad = ground.run(["--verify", "--account", "account", "main"]);
  assert.equal(bad.code, 1);
  assert.match(bad.out, /there are 2000 lines, and should be 2001, says account/);
});

test("--pager shows through $PAGER", (t) => {
  const ground = threeFiles(t);
  const { code, out } = ground.run(["--pager", "-n", "1", "main"], {
    PAGER: "sed 's/^/paged /'",
    NO_COLOR: "1",
  });
  assert.deepEqual([code, out], [0, "paged 2026-11-20 12:04:09.000000000 line 249\n"]);
});

const mistakes: readonly (readonly [args: readonly string[], code: number, says: RegExp])[] = [
  [
    ["nowhere"],
    1,
    /^svlog: warning: unknown target nowhere: there is no such log directory, file or service, here or in \S+\n$/,
  ],
  [["no*"], 1, /unknown target no\*: nothing matches it\n$/],
  [["empty"], 1, /unknown target empty: there is no log in it/],
  [
    ["--since", "yesterday 25:00", "main"],
    100,
    /fatal: unable to understand the time "yesterday 25:00": there is no 25:00 in a day\n$/,
  ],
  [
    ["--since", "2026-11-20", "--until", "2026-11-19", "main"],
    100,
    /fatal: --until 2026-11-19 is before --since 2026-11-20: no time is between them\n$/,
  ],
  [["--cursor", "10m", "main"], 100, /fatal: --cursor takes a label, and "10m" is none\n$/],
  [["--grep", "(", "main"], 100, /fatal: unable to understand the search: .*\n$/],
  [["-i", "main"], 100, /go with --grep\n$/],
  [
    ["-n", "many", "main"],
    100,
    /fatal: option '-n, --lines <n>' argument 'many' is invalid\. It is a number/,
  ],
  [["--nonsense", "main"], 100, /fatal: unknown option '--nonsense'/],
  [
    ["--verify", "--account", "nowhere", "main"],
    111,
    /fatal: unable to read nowhere: file does not exist\n$/,
  ],
];

test("mistakes are told in one clear line", (t) => {
  const ground = threeFiles(t);
  fs.mkdirSync(join(ground.cwd, "empty"));
  for (const [args, code, says] of mistakes) {
    const ran = ground.run(args, { SERVICE_DIR: join(ground.cwd, "nothing") });
    assert.match(ran.err, says, args.join(" "));
    assert.deepEqual(
      [ran.code, ran.out, ran.err.trim().split("\n").length],
      [code, "", 1],
      args.join(" "),
    );
  }
  assert.match(ground.run(["--help"]).out, /^Usage: svlog/);
  assert.match(ground.run(["--version"]).out, /^\d+\.\d+\.\d+\n$/);
  const { code, out } = ground.run(["nowhere", "main", "-n", "1"]);
  assert.deepEqual([code, numbers(out)], [1, [249]]);
});
