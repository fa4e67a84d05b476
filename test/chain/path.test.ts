// Along PATH: which file runs, and what is said where none does, as with the C programs.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Place, skip } from "./both.ts";

const timeout = 120_000;

/** Directories of programs called `it`: here, two that cannot run it, and one more. */
function layOut(t: TestContext): Place {
  const place = new Place(t);
  const script = (path: string, text: string, mode: number): void => {
    const file = join(place.directory, path);
    fs.mkdirSync(join(file, ".."), { recursive: true });
    fs.writeFileSync(file, text);
    fs.chmodSync(file, mode);
  };
  const say = (word: string): string => `#!/bin/sh\necho ${word} "$0" "$@"\n`;
  script("it", say("here"), 0o755);
  script("good/it", say("good"), 0o755);
  script("forbidden/it", say("forbidden"), 0o644);
  script("unreadable/it", say("unreadable"), 0o711);
  script("shut/it", say("shut"), 0o755);
  fs.chmodSync(join(place.directory, "shut"), 0o600);
  script("headless/it", "echo headless\n", 0o755);
  fs.mkdirSync(join(place.directory, "folder/it"), { recursive: true });
  fs.mkdirSync(join(place.directory, "none"));
  return place;
}

const PATHS = [
  "good",
  "none:good",
  ":good",
  "good:",
  "none:",
  "::",
  "",
  ".",
  "none",
  "no/where:good",
  "forbidden:good",
  "unreadable:good",
  "forbidden:none",
  "shut:good",
  "shut",
  "folder:good",
  "folder",

  "probe:good",
  "good:probe",
  "headless:good",
  "none:headless",
  "forbidden:probe",
  "none::good",
];

for (const asUser of [false, true]) {
  test(`the search goes as in C, ${asUser ? "for a user" : "for whoever runs this"}`, {
    skip,
    timeout,
  }, (t) => {
    const place = layOut(t);
    for (const path of PATHS) {
      // The shell that starts the chain finds it by its path.
      place.sameEnd(["@pgrphack", "it", "word"], { asUser, env: { PATH: path } });
    }
  });
}

test("PATH unset means /bin and /usr/bin", { skip, timeout }, (t) => {
  const place = layOut(t);
  const conditions = { state: "unset PATH;" };
  assert.match(place.sameEnd(["@pgrphack", "it"], conditions), /file does not exist/);
  assert.equal(place.run(["@pgrphack", "echo", "ok"], "ours", conditions).stdout, "ok\n");
  place.sameEnd(["@pgrphack", "cat", "/proc/self/cmdline"], conditions);
});

test("a PATH that envdir sets is not for its own search, but for the next one", {
  skip,
  timeout,
}, (t) => {
  const place = layOut(t);
  place.write("path", { PATH: "good" });
  place.write("no-path", { PATH: "" });
  for (const chain of [
    ["@envdir", "path", "it"],
    ["@envdir", "path", "@pgrphack", "it"],
    ["@envdir", "no-path", "@pgrphack", "it"],
    ["@envdir", "path", "@envdir", "no-path", "it"],
  ]) {
    place.sameEnd(chain);
  }
  assert.match(place.run(["@envdir", "path", "@pgrphack", "it"], "ours").stdout, /^good /);
});
