import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AT_CWD, posix } from "../../src/posix/index.ts";
import { Settings } from "../../src/supervise/settings.ts";
import { temporaryDirectory } from "../support/temporary.ts";

type Setting = Exclude<keyof Settings, symbol>;

const CASES: readonly [file: string, text: string | undefined, setting: Setting, value: unknown][] =
  [
    ["down-signal", undefined, "downSignal", "SIGTERM"],
    ["down-signal", "SIGQUIT\n", "downSignal", "SIGQUIT"],
    ["down-signal", "hup", "downSignal", "SIGHUP"],
    ["down-signal", "6", "downSignal", "SIGABRT"],
    ["down-signal", "0", "downSignal", "SIGTERM"],
    ["timeout-kill", undefined, "killAfterMs", undefined],
    ["timeout-kill", "1500\nignored", "killAfterMs", 1500],
    ["timeout-kill", "0", "killAfterMs", undefined],
    ["timeout-kill", "-1", "killAfterMs", undefined],
    ["timeout-kill", "99999999999", "killAfterMs", 2 ** 31 - 1],
    ["timeout-finish", undefined, "finishMs", 5000],
    ["timeout-finish", "0", "finishMs", undefined],
    ["timeout-finish", "x", "finishMs", 5000],
    ["notification-fd", "3", "notificationFd", 3],
    ["lock-fd", "4", "lockFd", 4],
    ["lock-fd", undefined, "lockFd", undefined],
    ["notification-fd", "0", "notificationFd", undefined],
    ["backoff", undefined, "backoffMs", undefined],
    ["backoff", "", "backoffMs", 60_000],
    ["backoff", "\n", "backoffMs", 60_000],
    ["backoff", "8000", "backoffMs", 8000],
    ["backoff", "8000", "goodRunMs", 8000],
    ["max-deaths", undefined, "mostDeaths", undefined],
    ["max-deaths", "4", "mostDeaths", 4],
    ["max-deaths", undefined, "goodRunMs", 60_000],
    ["max-death-tally", undefined, "rememberedDeaths", 100],
    ["max-death-tally", "99999", "rememberedDeaths", 4096],
    ["pidfile", undefined, "pidFile", undefined],
    ["pidfile", " run/a.pid \nrest", "pidFile", Buffer.from("run/a.pid")],
    ["pidfile", "\n", "pidFile", undefined],
    ["pidfile", "p".repeat(512), "pidFile", undefined],
    ["after", undefined, "after", []],
    [
      "after",
      "a b\t# none\n#c\n\n\u00e4\r\n",
      "after",
      ["a", "b", "\u00e4"].map((one) => Buffer.from(one)),
    ],
  ];
const BAD = new Set([
  "down-signal 0",
  "timeout-kill -1",
  "timeout-finish x",
  "notification-fd 0",
  "pidfile \n",
  `pidfile ${"p".repeat(512)}`,
]);

test("a setting is the first line of its file, its default where there is none or a bad one", (t) => {
  for (const [file, text, setting, value] of CASES) {
    const directory = temporaryDirectory(t);
    if (text !== undefined) fs.writeFileSync(join(directory, file), text);
    const dir = posix.openAt(AT_CWD, directory, "directory");
    const said: string[] = [];
    const settings = new Settings(posix, dir, "web", (words) => said.push(words.join("")));
    assert.deepEqual(settings[setting], value, `${file}: ${text}`);
    posix.close(dir);
    const warned = BAD.has(`${file} ${text}`) ? [`invalid ${file} in web`] : [];
    assert.deepEqual(
      said.map((line) => line.split(":")[0]),
      warned,
      `${file}: ${text}`,
    );
  }
});

test("a setting that cannot be read is said, and absent", (t) => {
  const directory = temporaryDirectory(t);
  fs.mkdirSync(join(directory, "timeout-kill"));
  const dir = posix.openAt(AT_CWD, directory, "directory");
  const said: string[] = [];
  const settings = new Settings(posix, dir, "web", (words) => said.push(words.join("")));
  assert.equal(settings.killAfterMs, undefined);
  assert.deepEqual(said, ["unable to read web/timeout-kill: is a directory"]);
  posix.close(dir);
});

test("lock and readiness need descriptors of their own", (t) => {
  const directory = temporaryDirectory(t);
  for (const name of ["lock-fd", "notification-fd"]) fs.writeFileSync(join(directory, name), "3");
  const dir = posix.openAt(AT_CWD, directory, "directory");
  const said: string[] = [];
  const settings = new Settings(posix, dir, "web", (words) => said.push(words.join("")));
  assert.equal(settings.lockFd, undefined);
  assert.match(said.join(), /^invalid lock-fd in web: write another number than that of/);
  posix.close(dir);
});

test("what is wrong with a file is said once, and again when it was right in between", (t) => {
  const directory = temporaryDirectory(t);
  const dir = posix.openAt(AT_CWD, directory, "directory");
  const said: string[] = [];
  const settings = new Settings(posix, dir, "web", (words) => said.push(words.join("")));
  const contents = ["soon", "soon", "100", "soon", undefined, "soon", "later"];
  for (const text of contents) {
    if (text === undefined) fs.rmSync(join(directory, "timeout-kill"));
    else fs.writeFileSync(join(directory, "timeout-kill"), text);
    assert.equal(settings.killAfterMs, text === "100" ? 100 : undefined);
  }
  assert.equal(said.length, 3, "one bad content is told from another only by what it is to be");
  posix.close(dir);
});
