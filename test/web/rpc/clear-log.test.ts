/** Clearing logs under whoever writes them: nothing that is written later goes, and nobody is hurt. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { AT_CWD, posix, readSmall } from "../../../src/posix/index.ts";
import { clearLogs } from "../../../src/web/rpc/clear-log.ts";
import { RpcFault } from "../../../src/web/rpc/faults.ts";
import { ours } from "../../support/commands.ts";
import { Running } from "../../support/running.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";

const timeout = 60_000;
const MOST_BYTES = 1 << 20;
const namesIn = (directory: string): string[] => fs.readdirSync(directory).sort();

/** All of a log; what is renamed meanwhile is missing for once. */
function textIn(directory: string): string {
  const read = (path: string): string =>
    readSmall(posix, AT_CWD, path, MOST_BYTES)?.toString() ?? "";
  return (fs.existsSync(directory) ? namesIn(directory) : [])
    .filter((name) => name.startsWith("@") || name === "current")
    .map((name) => read(join(directory, name)))
    .join("");
}

describe("clearing a log", { concurrency: 2 }, () => {
  test("of a multilog that writes leaves what is written later, and the multilog in peace", {
    timeout,
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    const log = join(cwd, "main");
    const writer = new Running(t, ours("multilog"), ["s4096", "n20", "./main"], { cwd });
    for (let round = 0; round < 5; round++) {
      const lines = Array.from({ length: 300 }, (_, at) => `round ${round} line ${at}\n`);
      await writer.input.write(lines.join(""));
      await until("the lines", () => textIn(log).includes(lines.at(-1) ?? ""));
      await clearLogs(posix, [log], async () => writer.signal("SIGALRM"));
      assert.equal(textIn(log), "");
      await writer.input.write(`after ${round}\n`);
      await until("what comes later", () => textIn(log) === `after ${round}\n`);
    }
    // Whatever is on its way while it is cleared stays or goes as a whole.
    const flood = Array.from({ length: 5000 }, (_, at) => `${at} of a flood\n`);
    const writing = writer.input.write(flood.join(""));
    await clearLogs(posix, [log], async () => writer.signal("SIGALRM"));
    await writing;
    const { code } = await writer.finish();
    assert.deepEqual([code, writer.stderr], [0, ""]);
    assert.ok(flood.join("").endsWith(textIn(log).replace(/^after 4\n/, "")));
  });

  test("that nobody writes empties it", { timeout }, async (t) => {
    const cwd = temporaryDirectory(t);
    const log = join(cwd, "main");
    const writer = new Running(t, ours("multilog"), ["s4096", "./main"], { cwd });
    await writer.input.write("x".repeat(10_000));
    await writer.finish();
    assert.ok(textIn(log).length >= 10_000);
    fs.writeFileSync(join(log, "of-somebody"), "");
    await clearLogs(posix, [log, join(cwd, "none")], () => assert.fail("nobody is there"));
    assert.deepEqual(namesIn(log), ["lock", "of-somebody", "state"]);
    const next = new Running(t, ours("multilog"), ["./main"], { cwd });
    await next.input.write("new\n");
    await next.finish();
    assert.deepEqual([textIn(log), next.stderr], ["new\n", ""]);
  });

  test("whose logger does not rotate removes nothing", { timeout }, async (t) => {
    const directory = temporaryDirectory(t);
    fs.writeFileSync(join(directory, "current"), "a line\n");
    fs.writeFileSync(join(directory, "@400000006b00000100000000.s"), "old\n");
    let nowMs = 0;
    const hasty = { ...posix, monotonicMs: () => (nowMs += 1000) };
    await assert.rejects(
      clearLogs(hasty, [directory], async () => undefined),
      RpcFault,
    );
    assert.equal(textIn(directory), "old\na line\n");
  });
});
