// Not tested: what each limit does, which is the kernel's.
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { getLimit, setLimit } from "../../src/posix/limits.ts";
import type { Resource } from "../../src/posix/types.ts";
import { shell } from "./launched.ts";

/** What /proc/self/limits calls them. */
const TITLES: Readonly<Record<Resource, string>> = {
  addressSpace: "Max address space",
  core: "Max core file size",
  cpu: "Max cpu time",
  data: "Max data size",
  fileSize: "Max file size",
  lockedMemory: "Max locked memory",
  openFiles: "Max open files",
  processes: "Max processes",
  residentSet: "Max resident set",
  stack: "Max stack size",
};

function toldByKernel(resource: Resource): { soft: number; hard: number } {
  const line = fs
    .readFileSync("/proc/self/limits", "utf8")
    .split("\n")
    .find((candidate) => candidate.startsWith(TITLES[resource]));
  const [soft = "", hard = ""] = (line ?? "").slice(TITLES[resource].length).trim().split(/\s+/);
  const number = (word: string): number =>
    word === "unlimited" ? Number.POSITIVE_INFINITY : Number(word);
  return { soft: number(soft), hard: number(hard) };
}

const skip = fs.existsSync("/proc/self/limits") ? false : "no /proc here";

test("every limit is the one that the kernel calls so", { skip }, () => {
  for (const resource of Object.keys(TITLES) as Resource[]) {
    assert.deepEqual(getLimit(resource), toldByKernel(resource), resource);
  }
});

test("a soft limit can be lowered and raised again", () => {
  const before = getLimit("core");
  setLimit("core", { soft: 0, hard: before.hard });
  assert.deepEqual(getLimit("core"), { soft: 0, hard: before.hard });
  setLimit("core", before);
  assert.deepEqual(getLimit("core"), before);
});

test("a limit that is set is met by the programs that are run", (t) => {
  const before = getLimit("openFiles");
  t.after(() => setLimit("openFiles", before));
  setLimit("openFiles", { soft: 123, hard: before.hard });
  assert.equal(shell("ulimit -Sn").stdout, "123\n");
});

test("a soft limit above the hard one is refused", () => {
  assert.throws(() => setLimit("core", { soft: 2, hard: 1 }), { code: "EINVAL" });
});
