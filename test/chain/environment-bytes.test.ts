// The environment, byte for byte: what no shell would hand on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { programPath } from "../posix/launched.ts";
import { Place, skip } from "./both.ts";

const timeout = 60_000;

/** Octal as printf(1) reads it: names that are none, no name, no `=`, twice the same, not UTF-8. */
const ODD = [
  "Z=last",
  "A=1",
  "a-b=2",
  "3=3",
  "B C=",
  "=x",
  "A=2",
  "plain",
  "HOME=h",
  "V=\\377\\376",
  "PWD=nowhere",
  "_=u",
  "A=3",
  "HOME=i",
  "NODE_OPTIONS=--no-such-option",
  "NODE_CHANNEL_FD=1",
  "NODE_V8_COVERAGE=/nowhere",
  "TIMBERLINE_ENVIRONMENT_1=eA==",
];

/** Starts a chain with exactly these variables. */
function withExactly(strings: readonly string[], chain: readonly string[]): string[] {
  const line = `EXECUTE_ENV="$(printf '${strings.join("|")}')" exec "$@"`;
  return ["/bin/sh", "-c", line, "sh", process.execPath, programPath("execute"), ...chain];
}

function variables(found: string): (string | undefined)[] {
  const texts = [...found.matchAll(/^variable [0-9a-f]* (.*)$/gm)].map(([, text]) => text);
  return texts.slice(0, -1);
}

test("an odd environment comes as it was, in order", { skip, timeout }, (t) => {
  const place = new Place(t);
  const found = place.same(withExactly(ODD, ["@pgrphack", "@setlock", "open/lock"]));
  assert.deepEqual(
    variables(found),
    ODD.map((text) => text.replaceAll(/\\\d{3}/g, "?")),
  );
});

test("an odd environment is changed as in C: the first of a name goes, the last of all takes its place", {
  skip,
  timeout,
}, (t) => {
  const place = new Place(t);
  const chain = ["@envdir", "variables", "@envuidgid", "nobody", "@envdir", "variables"];
  const found = variables(place.same(withExactly(ODD, chain)));
  assert.deepEqual(
    found.filter((text) => text?.startsWith("A=")),
    ["A=3", "A=one", "A=one"],
  );
});

test("a PATH that leads nowhere does not keep the environment from coming as it was", {
  skip,
  timeout,
}, (t) => {
  const place = new Place(t);
  const strings = ["B=1", "a-b=2", "PATH=/nowhere", "A=1", "A=2"];
  const found = place.same(withExactly(strings, ["@setlock", "open/lock", "@softlimit", "-c0"]));
  assert.deepEqual(variables(found), strings);
});

test("an empty environment stays empty, and PATH has its default", { skip, timeout }, (t) => {
  const place = new Place(t);
  assert.deepEqual(variables(place.same(withExactly([], ["@pgrphack"]))), []);
  assert.match(place.same(withExactly([], ["@envdir", "variables", "env"])), /A=one/);
});

test("a large environment comes whole", { skip, timeout }, (t) => {
  const place = new Place(t);
  const env = Object.fromEntries(
    Array.from({ length: 5 }, (_, n) => [`LARGE_${n}`, String(n).repeat(100_000)]),
  );
  const found = place.same(["@pgrphack"], { env });
  assert.ok(found.length > 1_000_000);
});

test("where there is no room for the environment twice, it comes as the shell has it", {
  skip,
  timeout,
}, (t) => {
  const place = new Place(t);
  const large = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`L${n}`, "x".repeat(100_000)]));
  // The kernel gives both a quarter of the stack, 2 MiB for 8; a word takes 19 bytes.
  const cases: readonly (readonly [stack: number, variables: number, words: number])[] = [
    [600, 1, 100],
    [8192, 4, 70_000],
  ];
  for (const [stack, count, words] of cases) {
    const numbers = Array.from({ length: words }, (_, n) => `word ${n}`);
    const chain = ["@pgrphack", "/bin/sh", "-c", "echo $# ${#L0}", "sh", ...numbers];
    const conditions = { env: large(count), state: `ulimit -Ss ${stack};` };
    const { stdout, stderr } = place.run(chain, "ours", conditions);
    assert.deepEqual([stdout, stderr], [`${words} 100000\n`, ""]);
  }
});
