/** What the loss bench counts: lines that are missing, lines that came twice, and pieces. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Form, Logger, Task } from "../../bench/loggers/logger.ts";
import { numberedLine, type Tally, tally } from "../../bench/numbered-lines.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";

const task: Task = { stamp: false, logdirs: 1 };

function counted(scope: Scope, form: Form, lines: number, files: Record<string, string>): Tally {
  const directory = temporaryDirectory(scope);
  fs.mkdirSync(join(directory, "log0"));
  for (const [name, text] of Object.entries(files))
    fs.writeFileSync(join(directory, "log0", name), text);
  const logger: Logger = {
    name: "a logger",
    settings: "",
    canDo: () => true,
    prepare: () => ({ command: "/bin/true", args: [] }),
    wayIn: "pipe",
    form,
  };
  return tally(logger, task, directory, lines);
}

const line = (number: number): string => String(numberedLine(number));
const bare: Form = { stampBytes: 0 };

test("all lines in several files are all lines", (t) => {
  const files = { "@400000.s": line(0) + line(1), current: line(2), lock: "", state: "#" };
  assert.deepEqual(counted(t, bare, 3, files), { lost: 0, repeated: 0, broken: 0 });
});

test("what is missing, what came twice and what is a piece is counted", (t) => {
  const files = { current: `${line(0)}${line(0)}${line(2).slice(0, 40)}\n${line(3)}` };
  assert.deepEqual(counted(t, bare, 4, files), { lost: 2, repeated: 1, broken: 1 });
});

test("a line that goes on in the next file is whole where the program does that", (t) => {
  const files = { "log.9": line(0).slice(0, 50), "log.10": line(0).slice(50) };
  assert.deepEqual(counted(t, { ...bare, cutsLines: true }, 1, files), {
    lost: 0,
    repeated: 0,
    broken: 0,
  });
  assert.deepEqual(counted(t, bare, 1, files), { lost: 1, repeated: 0, broken: 2 });
});

test("a line is taken out of what a program puts around it", (t) => {
  const textOf = (text: string): string => text.slice(1, -1);
  const files = { current: `[${line(0).trimEnd()}]\n` };
  assert.deepEqual(counted(t, { ...bare, textOf }, 1, files), { lost: 0, repeated: 0, broken: 0 });
});
