/** svscan and what it started, killed: who comes next goes on with what is there. */
// Not tested: a kill between the start of a service and the status that names it.
import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, test } from "node:test";
import { Scanned } from "../supervise/against-c/scanned.ts";
import { ask } from "../supervise/against-c/supervised.ts";
import { firstMissing, writtenBytes } from "../support/numbers.ts";
import { isRunning } from "../support/process.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;
const CLEAN = { code: 0, signal: null };
const ROUNDS = 60;
const LINES_A_ROUND = 20_000;
const LINES = ROUNDS * LINES_A_ROUND;
const KILLS = 3;
/** Writes numbers, more at a time than a pipe holds; EPIPE would end it, and `code` says so. */
const COUNTER = `#!/bin/sh
echo >>starts
i=0
while [ $i -lt ${ROUNDS} ]; do
  seq $((i * ${LINES_A_ROUND} + 1)) $((i * ${LINES_A_ROUND} + ${LINES_A_ROUND})) || break
  i=$((i + 1))
  sleep 0.02
done
echo $i >code
exec sleep 100
`;
const LOGGER = "#!/bin/sh\necho >>starts\nexec multilog s16777215 n99 ./main\n";
const SCRIPT = "s16777215\nn99\n./main\n";

describe("svscan, killed,", { concurrency: 2 }, () => {
  for (const args of [[], ["--isolate"]]) {
    const shape = args.join() || "one process";
    test(`has a successor that starts nothing twice and loses no line: ${shape}`, {
      timeout,
    }, async (t) => {
      const first = new Scanned(
        t,
        "ours",
        {
          hosted: { run: COUNTER },
          "hosted/log": { script: SCRIPT },
          piped: { run: COUNTER },
          "piped/log": { run: LOGGER },
        },
        { args },
      );
      const names = ["hosted", "piped", "piped/log"];
      const pids = await Promise.all(names.map((name) => first.isUp(name)));
      const logs = ["hosted/log/main", "piped/log/main"].map((name) => first.path(name));
      let last = first;
      for (let kill = 0; kill < KILLS; kill++) {
        const [hosted = ""] = logs;
        const before = writtenBytes(hosted);
        await until("lines", () => writtenBytes(hosted) > before);
        last.running.signal("SIGKILL");
        await last.running.ended;
        assert.equal(first.text("hosted/code"), "", "killed in the middle");
        last = new Scanned(t, "ours", {}, { args, tree: first.tree });
      }
      for (const name of ["hosted", "piped"])
        await until(`the end of ${name}`, () => first.text(`${name}/code`) === `${ROUNDS}\n`);
      assert.deepEqual(
        names.map((name) => [first.text(`${name}/starts`), first.status(name)?.pid]),
        pids.map((pid) => ["\n", pid]),
      );
      if (args.length > 0) {
        // The supervise processes of the first go on, and the last one is refused what they have.
        await last.running.says("unable to acquire hosted/supervise/lock");
        ask("ours", "svc", ["-dx", ...names], { cwd: first.tree });
      }
      assert.deepEqual(await last.stop(), CLEAN);
      assert.deepEqual(
        logs.map((log) => firstMissing(log, LINES)),
        [undefined, undefined],
      );
      // Whoever is init here may leave them as they are.
      assert.deepEqual(first.family.filter(isRunning), []);
    });
  }

  test("leaves a service that is told nothing of it: its next line waits for the next svscan", {
    timeout,
  }, async (t) => {
    const run =
      "#!/bin/sh\necho one\nwhile [ ! -e go ]; do sleep 0.02; done\necho two; echo $? >code\nexec sleep 100\n";
    const first = new Scanned(t, "ours", {
      web: { run },
      "web/log": { script: "./main\n" },
    });
    await until("one", () => first.text("web/log/main/current") === "one\n");
    first.running.signal("SIGKILL");
    await first.running.ended;
    fs.writeFileSync(first.path("web/go"), "\n");
    await until("the second line to be written", () => first.text("web/code") === "0\n");
    const second = new Scanned(t, "ours", {}, { tree: first.tree });
    const log = (): string =>
      fs
        .readdirSync(first.path("web/log/main"))
        .filter(isLog)
        .map((name) => first.text(`web/log/main/${name}`))
        .join("");
    await until("it", () => log().includes("two\n"));
    assert.deepEqual(await second.stop(), CLEAN);
  });
});

function isLog(name: string): boolean {
  return name === "current" || name.startsWith("@");
}
