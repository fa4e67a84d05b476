import assert from "node:assert/strict";
import fs from "node:fs";
import { type TestContext, test } from "node:test";
import type { Account } from "../../src/multilog/account.ts";
import { StatsFile } from "../../src/multilog/stats-file.ts";
import { posix, SystemFailure } from "../../src/posix/index.ts";
import { scratch } from "../posix/scratch.ts";
import { until } from "../support/until.ts";
import { ACCOUNT } from "./accounts.ts";

const timeout = 30_000;

/** A stats file on a clock that is set by hand. */
function stats(t: TestContext, name: string = "stats.json") {
  const place = scratch(t);
  const path = place.in(name);
  const clock = { ms: 0 };
  const state = { account: ACCOUNT, made: 0 };
  const said: string[] = [];
  const system = { ...posix, monotonicMs: () => clock.ms };
  const file = new StatsFile(system, Buffer.from(path), (line) => void said.push(line.toString()));
  file.account = () => {
    state.made++;
    return state.account;
  };
  const written = (): Account => JSON.parse(fs.readFileSync(path, "utf8")) as Account;
  return { file, path, clock, state, said, written, place };
}

test("what is written is read again", (t) => {
  const { file, said } = stats(t);
  assert.equal(file.read(), undefined);
  file.write();
  assert.deepEqual(file.read(), ACCOUNT);
  assert.deepEqual(said, []);
});

test("the file is readable by all and ends with a newline", (t) => {
  const { file, path } = stats(t);
  file.write();
  assert.equal(fs.statSync(path).mode & 0o777, 0o644);
  assert.ok(fs.readFileSync(path, "utf8").endsWith("}\n"));
});

test("the file is replaced as a whole: who has it open reads the old one to its end", (t) => {
  const { file, path, state, written, place } = stats(t);
  file.write();
  const old = fs.openSync(path, "r");
  state.account = { ...ACCOUNT, starts: 2 };
  file.write();
  assert.equal((JSON.parse(fs.readFileSync(old, "utf8")) as Account).starts, 1);
  fs.closeSync(old);
  assert.equal(written().starts, 2);
  assert.deepEqual(fs.readdirSync(place.path), ["stats.json"]);
});

test("the first touch writes at once, the next ones within a second and only once", {
  timeout,
}, async (t) => {
  const { file, clock, state } = stats(t);
  file.touch();
  assert.equal(state.made, 1);
  clock.ms = 999;
  for (let time = 0; time < 1000; time++) file.touch();
  assert.equal(state.made, 1);
  await until("the account to be written", () => state.made === 2);
  clock.ms = 5000;
  file.touch();
  assert.equal(state.made, 3);
});

test("a write takes the place of one that is due", { timeout }, async (t) => {
  const { file, clock, state } = stats(t);
  file.write();
  clock.ms = 990;
  file.touch();
  file.write();
  assert.equal(state.made, 2);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(state.made, 2);
});

test("what cannot be written is said once, and again after it worked", (t) => {
  const { file, path, said } = stats(t);
  fs.mkdirSync(`${path}.new`);
  file.write();
  file.write();
  assert.deepEqual(said, [`unable to write ${path}: is a directory`]);
  fs.rmdirSync(`${path}.new`);
  file.write();
  fs.mkdirSync(`${path}.new`);
  file.write();
  assert.equal(said.length, 2);
});

test("a full disk leaves the old account whole", (t) => {
  const { file, path, said, written } = stats(t);
  file.write();
  const full = {
    ...posix,
    write: () => {
      throw new SystemFailure("ENOSPC", "write");
    },
  };
  const other = new StatsFile(full, Buffer.from(path), (line) => void said.push(line.toString()));
  other.account = () => ({ ...ACCOUNT, starts: 9 });
  other.write();
  assert.deepEqual(said, [`unable to write ${path}: out of disk space`]);
  assert.equal(written().starts, 1);
});

test("a write that comes up short is finished", (t) => {
  const { path } = stats(t);
  const slow = {
    ...posix,
    write: (fd: number, memory: Uint8Array, at: number, length: number) =>
      posix.write(fd, memory, at, Math.min(3, length)),
  };
  const file = new StatsFile(slow, Buffer.from(path), () => assert.fail("nothing is wrong"));
  file.account = () => ACCOUNT;
  file.write();
  assert.deepEqual(file.read(), ACCOUNT);
});

const CORRUPT: Readonly<Record<string, string>> = {
  "an empty file": "",
  "half an account": JSON.stringify(ACCOUNT).slice(0, 100),
  "no JSON": "\xff\0",
  "a list": "[]",
  "a number": "7",
  null: "null",
  "another version": '{"version":2}',
  "an account without parts": '{"version":1}',
  "parts of another kind": '{"version":1,"read":7,"stalled":{},"logdirs":{"a":1}}',
  "logdirs of another kind": JSON.stringify({ ...ACCOUNT, logdirs: [7, null, {}] }),
};

for (const [what, text] of Object.entries(CORRUPT)) {
  test(`${what} is no account: a new one is begun, and that is said`, (t) => {
    const { file, path, said } = stats(t);
    fs.writeFileSync(path, text, "latin1");
    assert.equal(file.read(), undefined);
    assert.deepEqual(said, [`unable to understand ${path}, beginning a new account`]);
    file.write();
    assert.deepEqual(file.read(), ACCOUNT);
  });
}

test("a file that cannot be read is said, and a new account is begun", (t) => {
  const { file, path, said } = stats(t);
  fs.mkdirSync(path);
  assert.equal(file.read(), undefined);
  assert.deepEqual(said, [`unable to read ${path}, beginning a new account: is a directory`]);
});
