// What the commands say, and how they end, when they are not to or cannot go on: as the C programs.
// Not tested: failures of the system that need a broken one (out of memory, no locks, no descriptors).
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Conditions, isRoot, Place, skip } from "./both.ts";

const timeout = 120_000;
const latin1 = { V: "\xe9" };

/** Runs each line, split at blanks (`''` is an empty word), in both houses; answers what was said. */
function refused(t: TestContext, lines: readonly string[], conditions?: Conditions): string[] {
  const place = new Place(t);
  return refusedIn(place, lines, conditions);
}

function refusedIn(place: Place, lines: readonly string[], conditions?: Conditions): string[] {
  return lines.map((line) => {
    const words = line.split(" ").map((word) => (word === "''" ? "" : word));
    return place.sameEnd(words, conditions);
  });
}

test("without enough words, each says how it is used", { skip, timeout }, (t) => {
  const said = refused(t, [
    "@setuidgid",
    "@setuidgid nobody",
    "@envuidgid",
    "@envuidgid nobody",
    "@envdir",
    "@envdir variables",
    "@pgrphack",
    "@softlimit",
    "@softlimit -m 5",
    "@setlock",
    "@setlock -n",
    "@setlock file",
    "@setlock -nx file",
  ]);
  for (const line of said) assert.match(line, /^[a-z]+: usage: /);
});

test("options that are unknown, lack their argument or make no sense are refused", {
  skip,
  timeout,
}, (t) => {
  refused(t, [
    "@setlock -q file true",
    "@setlock -nq file true",
    "@setlock -n- file true",
    "@setlock -: file true",
    "@softlimit -q true",
    "@softlimit -m",
    "@softlimit -o5 -m",

    "@softlimit -m 5k true",
    "@softlimit -m -5 true",
    "@softlimit -mx true",
    "@softlimit -o == true",

    "@softlimit -a +5 true",
    "@softlimit -o 5.5 true",
    "@softlimit -:5 true",
    "@softlimit -ooo true",
  ]);
});

test("options end where they do in C", { skip, timeout }, (t) => {
  const place = new Place(t);
  const said = refusedIn(place, [
    "@setlock -- open/a echo ok",
    "@setlock --x open/b echo ok",
    "@setlock - echo ok",

    "@setlock -nx -X -N open/c echo ok",
    "@softlimit -- echo ok",
    "@softlimit -o 50 -c0 echo ok",
    "@softlimit -c '' echo ok",
    "@softlimit -c0 -- echo -c",
    "@softlimit -t 50 - true",
    "@setlock -xn open/lock -n",
    "@envdir -- true",
    "@pgrphack -- true",
    "@pgrphack -x",
  ]);
  assert.ok(fs.existsSync(join(place.directory, "-")));
  assert.match(said.at(-1) ?? "", /^pgrphack: fatal: unable to run -x: file does not exist\n$/);
});

test("an account that nobody has is unknown", { skip, timeout }, (t) => {
  for (const tool of ["@setuidgid", "@envuidgid"]) {
    const account = (name: string): string => `${tool} ${name} true`;
    refused(t, ["no-such-account", "65534", "0", "''", "NOBODY", "-x"].map(account));
  }
  const place = new Place(t);
  const raw = ["/bin/sh", "-c", 'exec "$0" "$V" true', "@setuidgid"];
  assert.match(place.sameEnd(raw, { env: latin1 }), /unknown account /);
});

test("who is not root cannot become another", { skip, timeout }, (t) => {
  const lines = ["@setuidgid daemon true", "@setuidgid nobody true", "@envuidgid root true"];
  const [said] = refused(t, lines, { asUser: true });
  assert.equal(said, "setuidgid: fatal: unable to setgid: permission denied\n");
});

test("a directory of variables that cannot be entered or read is told, and what in it cannot", {
  skip,
  timeout,
}, (t) => {
  const place = new Place(t);
  for (const name of ["closed", "unlisted", "secret", "deep", "loop", "dot"]) place.write(name, {});
  const at = (path: string): string => join(place.directory, path);
  fs.writeFileSync(at("secret/S"), "x", { mode: 0o600 });
  fs.mkdirSync(at("deep/D"));
  fs.mkdirSync(at("dot/.hidden"));
  fs.symlinkSync("L", at("loop/L"));
  fs.chmodSync(at("closed"), 0o644);
  fs.chmodSync(at("unlisted"), 0o711);
  const lines = [
    "nowhere",
    "probe",
    "''",
    "deep",
    "loop",
    "dot",
    "closed",
    "unlisted",
    "secret",
  ].map((name) => `@envdir ${name} echo ok`);
  refusedIn(place, lines);
  const said = refusedIn(place, lines, { asUser: true });
  if (isRoot) {
    assert.deepEqual(said.slice(-3), [
      "envdir: fatal: unable to switch to directory closed: access denied\n",
      "envdir: fatal: unable to read directory unlisted: access denied\n",
      "envdir: fatal: unable to read secret/S: access denied\n",
    ]);
  }
});

test("a lock that cannot be had is told, or passed over with -x", { skip, timeout }, (t) => {
  const place = new Place(t);
  for (const option of ["", " -x", " -nX", " -nx"]) {
    refusedIn(place, [
      `@setlock${option} no/where echo ok`,
      `@setlock${option} open echo ok`,
      `@setlock${option} open/file nothing`,
    ]);
  }
  const [busy] = refusedIn(place, [
    "@setlock open/lock @setlock -n open/lock echo ok",
    "@setlock open/lock @setlock -nx open/lock echo ok",
  ]);
  assert.equal(busy, "setlock: fatal: unable to lock open/lock: temporary failure\n");
  refusedIn(place, ["@setlock probe echo ok", "@setlock variables/A echo ok"], { asUser: true });
});

test("a program that cannot be run is told, and why", { skip, timeout }, (t) => {
  const place = new Place(t);
  const at = (path: string): string => join(place.directory, path);
  fs.writeFileSync(at("plain"), "echo no header\n", { mode: 0o755 });
  fs.writeFileSync(at("private"), "#!/bin/sh\n", { mode: 0o700 });
  fs.writeFileSync(at("orphan"), "#!/no/such/interpreter\n", { mode: 0o755 });
  fs.writeFileSync(at("empty"), "", { mode: 0o755 });
  fs.symlinkSync("around", at("around"));
  const programs = [
    "no-such-program",
    "/no/such",
    "./nothing",
    "''",
    "/",
    "./",
    "open/",
    "open",
    ".",
  ];
  const files = [
    "./plain",
    "./private",
    "./orphan",
    "./empty",
    "./around",
    "./probe/x",
    "variables/A",
  ];
  for (const tool of ["@pgrphack", "@setlock -n open/lock", "@softlimit -a 5 -o 4 -s0"]) {
    const lines = [...programs, ...files].map((program) => `${tool} ${program} word`);
    refusedIn(place, lines);
    refusedIn(place, lines.slice(-7), { asUser: true });
  }
  refusedIn(place, [`@pgrphack ${"x".repeat(300)}`, `@pgrphack ./${"y/".repeat(3000)}`]);
});

test("a file that has no name any more runs", { skip, timeout }, (t) => {
  const place = new Place(t);
  const copy = join(place.directory, "gone");
  const state = `cp /bin/echo '${copy}'; exec 9<'${copy}'; rm '${copy}';`;
  place.sameEnd(["@pgrphack", "/proc/self/fd/9", "ok"], { state });
  assert.equal(place.run(["@pgrphack", "/proc/self/fd/9", "ok"], "ours", { state }).stdout, "ok\n");
});

test("a file that another writes is not run, as text busy", { skip, timeout }, (t) => {
  const place = new Place(t);
  fs.copyFileSync("/bin/true", join(place.directory, "busy"));
  fs.chmodSync(join(place.directory, "busy"), 0o755);
  const [said] = refusedIn(place, ["@pgrphack ./busy"], { state: "exec 9>>busy;" });
  assert.equal(said, "pgrphack: fatal: unable to run ./busy: text busy\n");
});
