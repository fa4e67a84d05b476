import assert from "node:assert/strict";
import { test } from "node:test";
import { compileProgram, Kernel, type KernelAction } from "../../../src/multilog/kernel/kernel.ts";
import { feed, kernel, logdir, select, status, stderr, tai64n, taiClock } from "./harness.ts";
import { type Clock, capture } from "./oracle.ts";

const stamp = "@4000000000000064";

test("each line gets its stamp, and the counter counts up", () => {
  const fed = feed([logdir], taiClock(0xfe), Buffer.from("a\n\nb\n"));
  const text = `${stamp}000000fe a\n${stamp}000000ff \n${stamp}00000100 b\n`;
  assert.deepEqual(fed.outputs, [{ text, lines: 3, inputBytes: 5 }]);
});

test("a stamp in microseconds counts one in a thousand nanoseconds", () => {
  const form = { bytes: 18, counterAt: 11, digits: 6, radix: 10, divisor: 1000 } as const;
  const clock: Clock = {
    form,
    prefix: () => Buffer.from("1700000000.xxxxxx "),
    startNanos: 98_998,
  };
  const fed = feed([logdir], clock, Buffer.from("a\n".repeat(1003)));
  const lines = (fed.outputs[0]?.text ?? "").split("\n");
  assert.equal(lines[0], "1700000000.000098 a");
  assert.equal(lines[1], "1700000000.000098 a");
  assert.equal(lines[2], "1700000000.000099 a");
  assert.equal(lines[1001], "1700000000.000099 a");
  assert.equal(lines[1002], "1700000000.000100 a");
});

test("a stamp of 62 bytes with nine decimal digits stands before every line", () => {
  const form = { bytes: 62, counterAt: 50, digits: 9, radix: 10, divisor: 1 } as const;
  const head = "2024-01-01T00:00:00 ".repeat(3).slice(0, 50);
  const clock: Clock = {
    form,
    prefix: () => Buffer.from(`${head}xxxxxxxxx+Z `),
    startNanos: 99_999_999,
  };
  const judged = feed([select("-no"), logdir], clock, Buffer.from("a\n\nb\n"));
  const text = `${head}099999999+Z a\n${head}100000000+Z \n${head}100000001+Z b\n`;
  assert.equal(judged.outputs[0]?.text, text);
  assert.equal(feed([logdir], clock, Buffer.from("a\n\nb\n")).outputs[0]?.text, text);
  // Also where it is read in place: by patterns, stderr and status.
  const second = `${head}100000000+Z `;
  const seen = feed(
    [select("-*"), select(`+${second}`), stderr, status],
    clock,
    Buffer.from("a\n\n"),
  );
  assert.deepEqual([seen.stderr, ...seen.statuses], [`${second}\n`, second]);
});

test("a run stops before the line whose nanosecond belongs to the next second", () => {
  const program = compileProgram([logdir], tai64n);
  kernel.load(program);
  kernel.memory.set(Buffer.from("a\nb\nc\n"), kernel.inputAt);
  kernel.setStamp(taiClock(0).prefix(0), 999_999_998);
  assert.equal(kernel.run(kernel.inputAt, 6), 4);
  assert.equal(kernel.nanos, 1_000_000_000);
  assert.equal(kernel.run(kernel.inputAt + 4, 2), 0);
  assert.equal(kernel.lines, 0);
  kernel.setStamp(taiClock(0).prefix(1), 0);
  assert.equal(kernel.run(kernel.inputAt + 4, 2), 2);
  assert.equal(kernel.nanos, 1);
});

test("labels go on in the next second", () => {
  const fed = feed([logdir], taiClock(999_999_999), Buffer.from("a\nb\n"));
  assert.equal(fed.outputs[0]?.text, `${stamp}3b9ac9ff a\n@400000000000006500000000 b\n`);
});

test("the selection at its place decides for each output", () => {
  const actions = [logdir, select("-a*"), logdir, stderr, select("+ab"), logdir, status];
  const fed = feed(actions, undefined, Buffer.from("a\nab\nb\n"));
  assert.deepEqual(
    fed.outputs.map(({ text }) => text),
    ["a\nab\nb\n", "b\n", "ab\nb\n"],
  );
  assert.deepEqual(
    fed.outputs.map(({ lines, inputBytes }) => [lines, inputBytes]),
    [
      [3, 7],
      [1, 2],
      [2, 5],
    ],
  );
  assert.equal(fed.stderr, "b\n");
  assert.deepEqual(fed.statuses, ["b"]);
});

test("log directories behind one selection share one output", () => {
  const program = compileProgram([logdir, stderr, logdir, select("-x"), logdir], tai64n);
  assert.deepEqual([...program.groupOf], [0, 0, 1]);
  // A pattern that can match nothing separates nothing.
  const never = compileProgram([logdir, select("F-a\\"), logdir], tai64n);
  assert.deepEqual([...never.groupOf], [0, 0]);
});

test("without stamp and selection the output is the input, not a copy", () => {
  const program = compileProgram([logdir, select("-b"), logdir], undefined);
  kernel.load(program);
  kernel.memory.set(Buffer.from("a\nb\n"), kernel.inputAt);
  assert.equal(kernel.run(kernel.inputAt, 4), 4);
  assert.equal(kernel.outputAt(0), kernel.inputAt);
  assert.equal(kernel.outputLength(0), 4);
  assert.notEqual(kernel.outputAt(1), kernel.inputAt);
  assert.equal(kernel.outputLength(1), 2);
});

test("stderr gets up to 200 bytes of a line, and dots for the rest", () => {
  const line = (length: number): string => "x".repeat(length);
  const fed = feed([stderr], undefined, Buffer.from(`${line(200)}\n${line(201)}\n\n`));
  assert.equal(fed.stderr, `${line(200)}\n${line(200)}...\n\n`);
  const stamped = feed([stderr], taiClock(1), Buffer.from(`${line(174)}\n${line(175)}\n`));
  assert.equal(stamped.stderr, `${stamp}00000001 ${line(174)}\n${stamp}00000002 ${line(174)}...\n`);
});

test("a run stops before the line that stderr has no room for", () => {
  const input = Buffer.from(`${"x".repeat(300)}\n`.repeat(1000));
  const fed = feed([stderr, stderr], undefined, input);
  assert.equal(fed.stderr, `${"x".repeat(200)}...\n`.repeat(2000));
  assert.equal(fed.lines, 1000);
  assert.ok(fed.runs > 5, `${fed.runs} runs`);
});

test("a status slot holds the last selected line's first 1000 bytes", () => {
  const input = Buffer.from(`${"y".repeat(1200)}\nno\n\nno\n`);
  const long = feed([select("-no"), select("-"), status], undefined, input);
  assert.deepEqual(long.statuses, ["y".repeat(1000)]);
  const empty = feed([select("-* no"), status], taiClock(7), input);
  assert.deepEqual(empty.statuses, [`${stamp}00000009 `]);
});

test("a status slot is -1 when no line of the run went there", () => {
  kernel.load(compileProgram([select("-*"), status], undefined));
  kernel.memory.set(Buffer.from("a\n"), kernel.inputAt);
  kernel.run(kernel.inputAt, 2);
  assert.equal(kernel.statusLength(0), -1);
});

test("128 status slots each keep their own line", () => {
  const actions: KernelAction[] = [];
  for (let i = 0; i < 128; i++) actions.push(select("-*"), select(`+${i}`), status);
  const input = Buffer.from(Array.from({ length: 128 }, (_, i) => `${i}\n`).join(""));
  const fed = feed(actions, undefined, input);
  assert.deepEqual(
    fed.statuses,
    Array.from({ length: 128 }, (_, i) => `${i}`),
  );
});

for (const clock of [undefined, taiClock(3)]) {
  const which = clock === undefined ? "an unstamped" : "a stamped";

  test(`${which} line longer than any output area comes out whole, in pieces`, () => {
    const actions: KernelAction[] = [select("-*drop*")];
    for (let i = 0; i < 999; i++) actions.push(logdir, select("-\x01"));
    actions.push(logdir, stderr, status);
    const line = "x".repeat(9000);
    const input = Buffer.from(
      `short\n${line}\n${"drop".repeat(3000)}\n${line.slice(0, 5000)}\nend\n`,
    );
    for (const pieces of [undefined, [997], [4000, 7]]) {
      const fed = feed(actions, clock, input, pieces === undefined ? {} : { pieces });
      const prefix = clock === undefined ? 0 : 26;
      for (const output of fed.outputs) {
        assert.equal(output.lines, 4);
        assert.equal(output.inputBytes, 6 + 9001 + 5001 + 4);
        assert.equal(output.text.length, output.inputBytes + 4 * prefix);
        assert.deepEqual(
          output.text.split("\n").map(({ length }) => length),
          [5 + prefix, 9000 + prefix, 5000 + prefix, 3 + prefix, 0],
        );
      }
      assert.equal(fed.stderr.split("\n").length, 5);
      assert.equal(fed.lines, 5);
      assert.equal(fed.statuses[0]?.slice(prefix), "end");
    }
  });
}

test("1024 differently selected log directories each get their lines", () => {
  const actions: KernelAction[] = [];
  for (let i = 0; i < 1024; i++) actions.push(select("-*"), select(`+*<${i}>`), logdir);
  const input = Buffer.from(Array.from({ length: 1024 }, (_, i) => `line <${i}>\n`).join(""));
  const fed = feed(actions, undefined, input);
  for (const [i, { text }] of fed.outputs.entries()) assert.equal(text, `line <${i}>\n`);
  assert.equal(fed.outputs.length, 1024);
});

test("a script that fills the table selects the same without choices", () => {
  const actions: KernelAction[] = [];
  for (let i = 0; i < 700; i++) {
    actions.push(select(`-${i} a`), select(`-${i} b`), select(`-${i} c`), logdir);
  }
  const input = Buffer.from(["0 a", "3 b", "699 c", "700 a", "0 d", ""].join("\n"));
  const fed = feed(actions, undefined, input);
  const lines = fed.outputs.map((output) => output.lines);
  assert.deepEqual([lines[0], lines[2], lines[3], lines[698], lines[699]], [4, 4, 3, 3, 2]);
});

test("a run stops before the line that one of the outputs has no room for", () => {
  const never = (): boolean => false;
  for (let length = 1; length < 80; length += 13) {
    const lines = `${"x".repeat(length)}\ny\n`;
    const input = Buffer.from(lines.repeat(Math.floor(1_200_000 / lines.length)));
    const actions = [select("-no"), logdir, logdir, select("-* y"), logdir];
    const { runs, ...fed } = feed(actions, taiClock(length), input);
    assert.deepEqual(fed, capture(actions, taiClock(length), input, never));
    if (length < 20) assert.ok(runs > 1, `${runs} runs`);
  }
});

test("an output that is full to the last byte leaves the next one alone", () => {
  const never = (): boolean => false;
  const actions = Array.from({ length: 700 }, () => [logdir, select("-\x01")]).flat();
  for (let length = 20; length < 100; length += 13) {
    const input = Buffer.from(`${"x".repeat(length)}\n`.repeat(Math.ceil(7000 / length)));
    for (const clock of [undefined, taiClock(length)]) {
      const { runs, ...fed } = feed(actions, clock, input);
      assert.ok(runs > 1, `${runs} runs`);
      assert.deepEqual(fed, capture(actions, clock, input, never));
    }
  }
});

test("lines are counted at any length of input", () => {
  kernel.load(compileProgram([logdir], undefined));
  for (let length = 1; length <= 200; length++) {
    kernel.memory.fill(10, kernel.inputAt, kernel.inputAt + 300);
    assert.equal(kernel.run(kernel.inputAt, length), length);
    assert.equal(kernel.lines, length);
    assert.equal(kernel.outputLines(0), length);
    kernel.memory.fill(0x78, kernel.inputAt, kernel.inputAt + length - 1);
    assert.equal(kernel.run(kernel.inputAt, length), length);
    assert.equal(kernel.lines, 1);
  }
});

test("engines take turns in the middle of a line", () => {
  const other = compileProgram([select("-y"), logdir], undefined);
  const line = "x".repeat(20_000);
  const input = Buffer.from(`${line}\nno ${line}\n`);
  const fed = feed([select("-* no*"), logdir], taiClock(1), input, { pieces: [1500], other });
  assert.equal(fed.outputs[0]?.text, `${stamp}00000001 ${line}\n`);
});

test("a script that does not fit the table is refused", () => {
  const many = (count: number, ...actions: KernelAction[]): KernelAction[] =>
    Array.from({ length: count }, () => actions).flat();
  const refused = (actions: KernelAction[], why: RegExp): void =>
    assert.throws(() => compileProgram(actions, undefined), { name: "RangeError", message: why });
  refused(many(1026, select("-x"), logdir), /1026 differently selected log directories/);
  refused(many(129, select("-x"), status), /129 differently selected status files/);
  refused(many(257, stderr), /257 actions to stderr/);
  refused([select(`-${"x".repeat(200_000)}`)], /too large/);
  assert.equal(compileProgram(many(5000, logdir), undefined).groupOf.length, 5000);
});

test("a stamp that the kernel cannot count is refused", () => {
  const refused = (change: object, why: RegExp): void =>
    assert.throws(() => compileProgram([], { ...tai64n, ...change }), {
      name: "RangeError",
      message: why,
    });
  refused({ bytes: 63 }, /at most 62/);
  refused({ digits: 1 }, /2 to 9/);
  refused({ digits: 10 }, /2 to 9/);
  refused({ counterAt: 19 }, /outside the stamp/);
  kernel.load(compileProgram([], tai64n));
  assert.throws(() => kernel.setStamp(Buffer.from("short"), 0), /5 bytes instead of 26/);
  assert.throws(() => kernel.setStamp(Buffer.alloc(26), -1), /-1 nanoseconds/);
});

test("a range outside the input area is refused", () => {
  kernel.load(compileProgram([logdir], undefined));
  const { inputAt, inputBytes } = kernel;
  assert.throws(() => kernel.run(inputAt, 0), RangeError);
  assert.throws(() => kernel.run(inputAt - 1, 1), RangeError);
  assert.throws(() => kernel.run(inputAt, inputBytes + 1), RangeError);
  assert.throws(() => kernel.outputAt(1), /no destination 1/);
  assert.throws(() => kernel.statusAt(0), /no status 0/);
});

test("other WebAssembly than the kernel is refused", () => {
  assert.throws(() => new Kernel(Buffer.from("not wasm")));
});
