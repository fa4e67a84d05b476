// Limits that need more than a comparison: unlimited ones, variables, and too little memory for Node.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Place, skip } from "./both.ts";

const timeout = 120_000;
const SHOW = ["cat", "/proc/self/limits"];

function softAndHard(limits: string, name: string): string[] | undefined {
  return new RegExp(`^Max ${name} +(\\S+) +(\\S+)`, "m").exec(limits)?.slice(1);
}

test("variables stand in for options, and options come after them", { skip, timeout }, (t) => {
  const place = new Place(t);
  const env = {
    SOFTLIMIT_OPENFILES: "44",
    SOFTLIMIT_COREBYTES: "=",
    SOFTLIMIT_MEMBYTES: "90000000",
    SOFTLIMIT_STACKBYTES: "4000000",
    SOFTLIMIT_CPUSECS: "77",
  };
  const { stdout } = place.run(["@softlimit", "-t", "66", ...SHOW], "ours", { env });
  const soft = ["open files", "data size", "stack size", "cpu time"].map(
    (name) => softAndHard(stdout, name)?.[0],
  );
  assert.deepEqual(soft, ["44", "90000000", "4000000", "66"]);
  const wrong = place.run(["@softlimit", "true"], "ours", { env: { SOFTLIMIT_PROCS: "many" } });
  assert.match(wrong.stderr, /^softlimit: usage: softlimit \[-a allbytes\].* child\n$/);
  assert.equal(wrong.status, 100);
});

test("- takes the limit away, the hard one too, where that is allowed", { skip, timeout }, (t) => {
  const place = new Place(t);
  const state = "ulimit -c 5;";
  const words = ["@softlimit", "-c-", "@softlimit", "-f", "-", ...SHOW];
  const asUser = place.run(words, "ours", { state, asUser: true });
  assert.equal(asUser.stderr, "softlimit: fatal: setrlimit failed: permission denied\n");
  assert.equal(asUser.status, 111);
  const { stdout: none } = place.run(["@softlimit", "-f-", ...SHOW], "ours", { asUser: true });
  assert.deepEqual(softAndHard(none, "file size"), ["unlimited", "unlimited"]);
  // Root in a container may lack the right, too.
  if (place.run(["sh", "-c", "ulimit -c 5; ulimit -c unlimited"], "C").status !== 0) return;
  const { stdout } = place.run(words, "ours", { state });
  assert.deepEqual(softAndHard(stdout, "core file size"), ["unlimited", "unlimited"]);
  assert.deepEqual(softAndHard(stdout, "file size"), ["unlimited", "unlimited"]);
});

test("a program meets too little memory as behind C, and Node does not before it", {
  skip,
  timeout,
}, (t) => {
  const place = new Place(t);
  const amounts = [0, 1, 4096, 1_000_000, 3_000_000, 10_000_000, 40_000_000, 70_000_000];
  for (const bytes of amounts) {
    for (const option of ["-a", "-d", "-s", "-m"]) {
      const words = [`${option}${bytes}`, "-o", "20", "no/such/program"];
      place.sameEnd(["@softlimit", ...words]);
      // How the loader says it when it dies is the same, too.
      place.sameEnd(["@softlimit", `${option}${bytes}`, "true"]);
    }
  }
});

test("too few descriptors are met by the program, and a file's size is by SIGXFSZ", {
  skip,
  timeout,
}, (t) => {
  const place = new Place(t);
  for (const files of [0, 2, 3, 4]) place.sameEnd(["@softlimit", `-o${files}`, "cat", "/dev/null"]);
  place.sameEnd([
    "@softlimit",
    "-f",
    "1000",
    "dd",
    "if=/dev/zero",
    "of=open/big",
    "bs=2000",
    "count=9",
    "status=none",
  ]);
});
