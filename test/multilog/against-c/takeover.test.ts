/** One log directory, served by the C program and by ours in turn. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ours, peer } from "../../support/commands.ts";
import { readLogdir } from "../../support/logdir.ts";
import { Pipe } from "../../support/pipe.ts";
import { type Ending, Running } from "../../support/running.ts";
import { assertSame } from "../../support/same.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";

const original = peer("multilog");
const options = { skip: original.skip, timeout: 120_000 };
const TURNS = 8;

const ENDS: Record<string, (running: Running) => Promise<Ending>> = {
  "the end of its input": (running) => running.finish(),
  TERM: (running) => running.stop("SIGTERM"),
  KILL: (running) => running.stop("SIGKILL"),
};

for (const [end, stop] of Object.entries(ENDS)) {
  for (const processor of [undefined, "!cat; cat <&4 >&5; echo run >&5"]) {
    const how = processor === undefined ? "" : ", with a processor and its state";
    test(
      `a log goes back and forth between the C program and ours, each left by ${end}${how}`,
      options,
      async (t) => {
        const cwd = temporaryDirectory(t);
        const script = [...(processor === undefined ? [] : [processor]), "n1000", "s4096", "./d"];
        let expected = "";
        const kinds = new Set<string>();
        for (let turn = 0; turn < TURNS; turn++) {
          const program = turn % 2 === 0 ? original.path : ours("multilog");
          const running = new Running(t, program, script, { cwd });
          for (let line = 0; line < 30; line++) {
            const text = `turn ${turn} line ${line} ${"x".repeat(100)}\n`;
            await running.input.say(text);
            expected += text;
          }
          // All is read; it is written when the last line stands in the directory.
          await until("the last line", () =>
            readLogdir(cwd, "d").whole.endsWith(expected.slice(-50)),
          );
          await stop(running);
          for (const kind of readLogdir(cwd, "d").kinds) kinds.add(kind);
        }
        assertSame(readLogdir(cwd, "d").whole, expected, "all that was written in all turns");
        assert.ok(kinds.has("@….s 744"));
        assert.equal(kinds.has("@….u 644"), end === "KILL");
        if (processor !== undefined && end !== "KILL") {
          const runs = readLogdir(cwd, "d").archives.length;
          assert.equal(readLogdir(cwd, "d").text("state"), "run\n".repeat(runs));
        }
      },
    );
  }
}

test(
  "a pipe goes from ours to the C program and back, and no line is lost or doubled",
  options,
  async (t) => {
    const cwd = temporaryDirectory(t);
    const input = new Pipe(t);
    let written = "";
    /** Pieces that do not end where lines do; the last one does. */
    const feed = async (turn: number): Promise<void> => {
      const lines = Array.from(
        { length: 300 },
        (_, n) => `turn ${turn} line ${n} ${"y".repeat(n)}\n`,
      );
      const text = lines.join("");
      written += text;
      for (let at = 0; at < text.length; at += 333) await input.write(text.slice(at, at + 333));
    };
    for (let turn = 0; turn < TURNS; turn++) {
      const program = turn % 2 === 0 ? ours("multilog") : original.path;
      const before = turn === 0 ? 0 : readLogdir(cwd, "d").whole.length;
      const running = new Running(t, program, ["n1000", "./d"], { cwd, input });
      const feeding = feed(turn);
      await until("some of it", () => {
        return fs.existsSync(join(cwd, "d")) && readLogdir(cwd, "d").whole.length > before + 9000;
      });
      // The C program overlooks a signal that does not come while it reads: it is told until it hears.
      await until("the end", () => {
        if (running.isUp) running.signal("SIGTERM");
        return !running.isUp;
      });
      assert.deepEqual(await running.ended, { code: 0, signal: null });
      // Somebody has to make room for what is still being written.
      const last = new Running(t, program, ["n1000", "./d"], { cwd, input });
      await feeding;
      if (turn % 2 === 1) await input.drained();
      await until("the end", () => {
        if (last.isUp) last.signal("SIGTERM");
        return !last.isUp;
      });
    }
    const end = new Running(t, ours("multilog"), ["n1000", "./d"], { cwd, input });
    await end.finish();
    assertSame(readLogdir(cwd, "d").whole, written, "the log");
  },
);

test(
  "the C program takes over a directory that ours left in the middle of a rotation, and ours one of the C program",
  options,
  async (t) => {
    const place = temporaryDirectory(t);
    for (const [first, second] of [
      [original.path, ours("multilog")],
      [ours("multilog"), original.path],
    ] as const) {
      const cwd = join(place, first === original.path ? "c" : "own");
      fs.mkdirSync(cwd);
      const gate = join(cwd, "gate");
      fs.closeSync(fs.openSync(gate, "a"));
      // It has read its input and waits: killed there, `previous` and `processed` stand half made.
      const processor = `!cat; echo $$ >../pid; while [ -e ../gate ]; do sleep 0.05; done`;
      const running = new Running(t, first, [processor, "s4096", "./d"], { cwd });
      const lines = Array.from({ length: 25 }, (_, line) => `${line} ${"z".repeat(96)}\n`).join("");
      await running.input.write(lines);
      await until("the processor", () => fs.existsSync(join(cwd, "pid")));
      await until("previous", () => readLogdir(cwd, "d").file("previous") !== undefined);
      await running.stop("SIGKILL");
      fs.rmSync(gate);
      const after = new Running(t, second, ["s4096", "./d"], { cwd, input: running.input });
      assert.deepEqual(await after.finish(), { code: 0, signal: null });
      const { whole, kinds } = readLogdir(cwd, "d");
      // The C program may lose what it had read; ours may have written a line that it had not taken yet.
      if (first === original.path) assert.ok(lines.startsWith(whole.slice(0, 2000)));
      else assert.ok(whole.includes(lines.slice(0, 2000)) && whole.endsWith(lines.slice(-2000)));
      assert.deepEqual(
        kinds.filter((kind) => !kind.startsWith("@")),
        ["current 744", "lock 600", "state 644"],
      );
      assert.ok(kinds.includes("@….u 744"));
    }
  },
);
