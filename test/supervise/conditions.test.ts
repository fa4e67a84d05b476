/** What run finds: env/, limits, user. */
// Not tested here: real processes; see test/bin/service-files.test.ts.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Fd, posix } from "../../src/posix/index.ts";
import { getExactLimit } from "../../src/posix/limits.ts";
import { Conditions, Unusable } from "../../src/supervise/conditions.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { World } from "./world.ts";

function conditionsIn(
  directory: string,
  environment: readonly string[] = ["A=1", "B=2"],
): Conditions {
  const dir: Fd = fs.openSync(directory, "r");
  return new Conditions(posix, dir, "web", environment);
}

test("without the files run finds what the supervisor was given", (t) => {
  const read = conditionsIn(temporaryDirectory(t)).read();
  assert.deepEqual(read, {
    environment: ["A=1", "B=2"],
    softLimits: undefined,
    account: undefined,
  });
});

test("env/ sets and removes variables as envdir does", (t) => {
  const directory = temporaryDirectory(t);
  fs.mkdirSync(join(directory, "env"));
  const files = { A: "", B: "two \t\nrest", C: "x\0y", ".hidden": "no" };
  for (const [name, text] of Object.entries(files))
    fs.writeFileSync(join(directory, "env", name), text);
  const { environment } = conditionsIn(directory).read();
  assert.deepEqual(environment?.map(String).sort(), ["B=two", "C=x\ny"]);
});

test("limits are names of encore's variables, and none is above the hard one", (t) => {
  const directory = temporaryDirectory(t);
  const text = "openfiles 100 # few\n\nmembytes\t9000000\ncpusecs =\nprocs 9999999999999999999\n";
  fs.writeFileSync(join(directory, "limits"), text);
  const { softLimits } = conditionsIn(directory).read();
  const cpu = getExactLimit("cpu").hard;
  const { hard } = getExactLimit("processes");
  assert.equal(softLimits?.get("openFiles"), 100n);
  for (const one of ["data", "stack", "lockedMemory", "addressSpace"] as const) {
    const most = getExactLimit(one).hard;
    assert.equal(softLimits?.get(one), most < 9_000_000n ? most : 9_000_000n, one);
  }
  assert.equal(softLimits?.get("cpu"), cpu);
  assert.equal(
    softLimits?.get("processes"),
    hard < 9999999999999999999n ? hard : 9999999999999999999n,
  );
});

test("user is an account", (t) => {
  const directory = temporaryDirectory(t);
  fs.writeFileSync(join(directory, "user"), "root\nrest");
  const { account } = conditionsIn(directory).read();
  assert.deepEqual([account?.name, account?.uid], ["root", 0]);
});

test("what cannot be used is refused with its file and its cause", (t) => {
  const cases: readonly (readonly [string, string | undefined, RegExp])[] = [
    ["user", "nobody-of-this-name", /^invalid user in web: unknown account nobody-of-this-name$/],
    ["user", "", /^invalid user in web: unknown account $/],
    ["user", undefined, /^unable to read web\/user: is a directory$/],
    [
      "limits",
      "openfiles many",
      /^invalid limits in web: "openfiles many" is no limit and its value$/,
    ],
    ["limits", "files 5", /"files 5" is no limit/],
    ["limits", "openfiles -", /is no limit/],
    ["limits", undefined, /^unable to read web\/limits: is a directory$/],
    ["env", "a file", /^unable to open directory web\/env: not a directory$/],
  ];
  for (const [name, text, message] of cases) {
    const directory = temporaryDirectory(t);
    if (text === undefined) fs.mkdirSync(join(directory, name));
    else fs.writeFileSync(join(directory, name), text);
    assert.throws(
      () => conditionsIn(directory).read(),
      (failure) => failure instanceof Unusable && message.test(failure.line.toString()),
      `${name}: ${message}`,
    );
  }
});

test("run is not started while they cannot be used, and its scripts find nothing of them", async (t) => {
  const world = new World(t, {
    run: "",
    start: "",
    finish: "",
    stop: "",
    user: "nobody-of-this-name",
  });
  const supervisor = world.supervise();
  await world.end(0);
  assert.deepEqual(world.names, ["start"]);
  assert.deepEqual(world.said, [
    "fatal: unable to start DIR/run: invalid user in DIR: unknown account nobody-of-this-name",
  ]);
  assert.match(world.read("supervise/deaths") ?? "", /^@\S+ unstarted EINVAL\n$/);
  world.put("user", "root");
  world.put("limits", "openfiles 10");
  await world.pass(1000);
  supervisor.command(Buffer.from("dx"));
  for (let left = 0; left < 3; left++) await world.end(0);
  const found = world.processes.map(({ argv, options }) => {
    return [argv[0], options.account?.name, options.softLimits?.get("openFiles")];
  });
  assert.deepEqual(found, [
    ["./start", undefined, undefined],
    ["./run", "root", 10n],
    ["./finish", undefined, undefined],
    ["./stop", undefined, undefined],
  ]);
});
