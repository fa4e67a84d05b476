import assert from "node:assert/strict";
import { test } from "node:test";
import { type LogdirSettings, parseScript, type Script } from "../../src/multilog/script.ts";
import { Fatal } from "../../src/posix/index.ts";

/** A character is a byte. */
const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
const text = (word: Uint8Array | undefined): string | undefined =>
  word === undefined ? undefined : Buffer.from(word).toString("latin1");
const parse = (...words: string[]): Script => parseScript(words.map(bytes));

/** Actions as words. */
function shown(script: Script): string[] {
  return script.actions.map((action) => {
    switch (action.kind) {
      case "select":
      case "deselect":
        return `${action.kind} ${action.match} ${text(action.pattern)}`;
      case "stderr":
        return "stderr";
      case "status":
        return `status ${text(action.file)}`;
      case "logdir":
        return `logdir ${text(action.path)}`;
    }
  });
}

/** The settings of each log directory. */
function settings(...words: string[]): LogdirSettings[] {
  return parse(...words).actions.flatMap((action) =>
    action.kind === "logdir" ? [action.settings] : [],
  );
}

const only = (...words: string[]): LogdirSettings => {
  const [first] = settings(...words, "./x");
  assert.ok(first);
  return first;
};

function refusal(...words: string[]): string {
  let said = "";
  assert.throws(
    () => parse(...words),
    (fatal) => {
      assert.ok(fatal instanceof Fatal);
      assert.equal(fatal.exitCode, 100);
      said = fatal.line.toString("latin1");
      return true;
    },
  );
  return said;
}

test("an empty script has no actions", () => {
  assert.deepEqual(parse(), {
    stamp: undefined,
    actions: [],
    statsFile: undefined,
    ignored: [],
  });
});

test("actions come in their order, with the bytes behind their letter", () => {
  const script = parse(
    "t",
    "-*",
    "+*fatal*",
    "e",
    "errors",
    "=",
    "=a b",
    "./main",
    "/var/log/x",
    ".",
  );
  assert.deepEqual(shown(script), [
    "deselect simple *",
    "select simple *fatal*",
    "stderr",
    "stderr",
    "status ",
    "status a b",
    "logdir ./main",
    "logdir /var/log/x",
    "logdir .",
  ]);
  assert.equal(script.stamp, "tai64n");
  assert.deepEqual(script.ignored, []);
});

test("bytes that are not UTF-8 stay what they are", () => {
  const script = parse("-\xff\xe9", "=\xfe", "!\xfd", "w\xfc", "./\xfb", ":stats=\xfa");
  assert.deepEqual(shown(script), ["deselect simple \xff\xe9", "status \xfe", "logdir ./\xfb"]);
  const [logdir] = script.actions.slice(-1);
  assert.ok(logdir?.kind === "logdir");
  assert.equal(text(logdir.settings.processor), "\xfd");
  assert.equal(text(logdir.settings.suffix), "\xfc");
  assert.equal(text(script.statsFile), "\xfa");
});

test("t and T stamp only as the first argument, whatever stands behind the letter", () => {
  assert.equal(parse("t").stamp, "tai64n");
  assert.equal(parse("tzzz", "./x").stamp, "tai64n");
  assert.equal(parse("T", "./x").stamp, "unix");
  const late = parse("./x", "t", "T");
  assert.equal(late.stamp, undefined);
  assert.deepEqual(late.ignored, [1, 2]);
});

test("what is no action is passed over, the empty argument among them", () => {
  const script = parse("", "logs/x", "x", "\xff", "#", "./x", "@", "\0");
  assert.deepEqual(shown(script), ["logdir ./x"]);
  assert.deepEqual(script.ignored, [0, 1, 2, 3, 4, 6, 7]);
});

test("a directory is kept as in 0.76 where nothing else is said", () => {
  assert.deepEqual(only(), {
    sizeBytes: 99_999,
    files: 10,
    processor: undefined,
    suffix: Buffer.from("s"),
    totalBytes: undefined,
    ageSeconds: undefined,
    everySeconds: undefined,
    syncSeconds: undefined,
  });
});

test("settings apply to every directory behind them, and to none before", () => {
  const [a, b, c, d] = settings(
    "./a",
    "s10000",
    "n3",
    "./b",
    "!cat",
    "wx",
    "./c",
    "s20000",
    "./d",
    "n9",
  );
  const brief = ({ sizeBytes, files, processor, suffix }: LogdirSettings): unknown[] => [
    sizeBytes,
    files,
    text(processor),
    text(suffix),
  ];
  assert.ok(a && b && c && d);
  assert.deepEqual(brief(a), [99_999, 10, undefined, "s"]);
  assert.deepEqual(brief(b), [10_000, 3, undefined, "s"]);
  assert.deepEqual(brief(c), [10_000, 3, "cat", "x"]);
  assert.deepEqual(brief(d), [20_000, 3, "cat", "x"]);
});

test("sizes are clamped, and read as daemontools reads numbers", () => {
  const size = (word: string): number => only(word).sizeBytes;
  assert.deepEqual(["s", "sfoo", "status", "s1", "s4095", "s4096"].map(size), Array(6).fill(4096));
  assert.equal(size("s4097x"), 4097);
  assert.equal(size("s16777215"), 16_777_215);
  assert.equal(size("s2147483647"), 2_147_483_647);
  assert.equal(size("s2147483648"), 2_147_483_647);
  assert.equal(size("s99999999999999999999"), 2_147_483_647);
  // 2^64 + 5000, and 2^64 itself.
  assert.equal(size("s18446744073709556616"), 5000);
  assert.equal(size("s18446744073709551616"), 4096);
});

test("numbers of files are at least 2", () => {
  const files = (word: string): number => only(word).files;
  assert.deepEqual(["n", "nbar", "n0", "n1", "n2", "n-5"].map(files), Array(6).fill(2));
  assert.equal(files("n1000000"), 1_000_000);
  assert.equal(files("n99999999999"), 2 ** 31 - 1);
});

test("! alone is an empty command, not none", () => {
  assert.deepEqual(only("!cat", "!").processor, Buffer.alloc(0));
});

test("F and S say how the patterns behind them match", () => {
  assert.deepEqual(shown(parse("-a", "F", "-b", "+c", "Foo", "S", "-d", "e")), [
    "deselect simple a",
    "deselect fnmatch b",
    "select fnmatch c",
    "deselect simple d",
    "stderr",
  ]);
});

test("new settings take sizes and durations, and none takes them back", () => {
  const [a, b] = settings(
    ":total=1g",
    ":age=7d",
    ":every=1h",
    ":sync=10s",
    "./a",
    ":total=none",
    ":age=none",
    ":every=none",
    ":sync=none",
    "./b",
  );
  const brief = (s: LogdirSettings | undefined): unknown[] => [
    s?.totalBytes,
    s?.ageSeconds,
    s?.everySeconds,
    s?.syncSeconds,
  ];
  assert.deepEqual(brief(a), [2 ** 30, 604_800, 3600, 10]);
  assert.deepEqual(brief(b), [undefined, undefined, undefined, undefined]);
  assert.equal(only(":sync=always").syncSeconds, 0);
});

test("an account goes to one file", () => {
  assert.equal(text(parse(":stats=a=b").statsFile), "a=b");
  assert.match(refusal(":stats=a", ":stats=b"), /^misplaced action :stats: one file/);
  assert.match(refusal(":stats="), /^bad value in :stats=: the name of a file$/);
});

test("lines get one stamp, before the first action", () => {
  assert.equal(parse(":stamp=iso", "./x").stamp, "iso");
  assert.equal(parse("s9999", ":stamp=local", "./x").stamp, "local");
  assert.match(refusal("t", ":stamp=iso"), /stamped already$/);
  assert.match(refusal(":stamp=iso", ":stamp=iso"), /stamped already$/);
  for (const action of ["./x", "-a", "e", "=f"]) {
    assert.match(refusal(action, ":stamp=iso"), /^misplaced action :stamp: put it before/);
  }
  assert.equal(refusal(":stamp=tai"), "bad value in :stamp=tai: iso or local");
});

test("a new action that is unknown or has a bad value is refused, byte for byte", () => {
  const known = ":total :age :every :sync :stamp :stats";
  assert.equal(refusal(":nosuch=1"), `unknown action :nosuch=1: it is one of ${known}`);
  assert.equal(refusal(":"), `unknown action :: it is one of ${known}`);
  assert.equal(refusal(":toString=1"), `unknown action :toString=1: it is one of ${known}`);
  assert.equal(refusal(":\xff=1"), `unknown action :\xff=1: it is one of ${known}`);
  for (const word of [":total", ":total=", ":total=0", ":total=much", ":total=\xff", ":age=1k"]) {
    assert.match(refusal(word), /^bad value in :(total|age)/);
  }
  assert.match(refusal(":sync=never"), /: always, a number of seconds/);
  assert.match(refusal(":every=0"), /: a number of seconds above 0/);
});
