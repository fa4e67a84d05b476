// Not tested: accounts from elsewhere than /etc/passwd.
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { become, findAccount } from "../../src/posix/identity.ts";
import { runProgram } from "./launched.ts";

const isRoot = process.getuid?.() === 0;

test("an account is found by its name as /etc/passwd has it", () => {
  const lines = fs.readFileSync("/etc/passwd", "utf8").split("\n");
  const accounts = lines.filter((line) => /^[\w-]+:/.test(line)).map((line) => line.split(":"));
  assert.ok(accounts.length > 0);
  for (const [name = "", , uid, gid, , home, shell] of accounts) {
    assert.deepEqual(findAccount(name), { name, uid: Number(uid), gid: Number(gid), home, shell });
  }
});

test("a name that nobody bears is no account", () => {
  assert.equal(findAccount("no such account"), undefined);
  assert.equal(findAccount(""), undefined);
});

test("become changes user, group and groups for good", {
  skip: isRoot ? false : "needs root",
}, () => {
  const { stdout, stderr } = runProgram("become", ["1234", "2345"]);
  assert.equal(stderr, "");
  assert.deepEqual(JSON.parse(stdout), {
    uids: [1234, 1234, 1234, 1234],
    gids: [2345, 2345, 2345, 2345],
    groups: [2345],
    back: "EPERM",
  });
  const more = runProgram("become", ["1234", "2345", "7", "2345"]).stdout;
  assert.deepEqual((JSON.parse(more) as { groups: number[] }).groups, [7, 2345]);
});

test("become says when there is no privilege", { skip: isRoot ? "root may" : false }, () => {
  assert.throws(() => become(0, 0), { code: "EPERM" });
});
