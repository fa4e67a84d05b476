// Not tested: the layout of the explanation beyond the sentences that matter.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const MULTILOG = fileURLToPath(new URL("../../../dist/bin/multilog", import.meta.url));
let place = "";

before(() => {
  place = mkdtempSync(join(tmpdir(), "timberline-check-"));
  mkdirSync(join(place, "real"));
  symlinkSync("real", join(place, "alias"));
  writeFileSync(join(place, "file"), "");
});
after(() => rmSync(place, { recursive: true, force: true }));

function check(...script: string[]): { code: number | null; says: string; mistakes: string[] } {
  const { status, stdout, stderr } = spawnSync(MULTILOG, ["--check", ...script], {
    cwd: place,
    encoding: "utf8",
    timeout: 20_000,
  });
  const mistakes = stderr.split("\n").slice(0, -1);
  assert.ok(
    mistakes.every((line) => line.startsWith("multilog: mistake: ")),
    stderr,
  );
  return {
    code: status,
    says: stdout,
    mistakes: mistakes.map((line) => line.slice("multilog: mistake: ".length)),
  };
}

/** [script, what the only mistake says] */
const MISTAKES: readonly (readonly [readonly string[], RegExp])[] = [
  [["t", "./a", "./a"], /^\.\/a is the directory \.\/a again/],
  [["t", "./a", "./a/"], /^\.\/a\/ is the directory \.\/a again/],
  [["t", "./real", "./alias"], /^\.\/alias is the directory \.\/real again/],
  [["./a", "q"], /^unknown action q: it does nothing/],
  [["./a", ""], /^unknown action "": it does nothing/],
  [["./a", "logs/x"], /^logs\/x is no directory to multilog: write \.\/logs\/x/],
  [["./a", "t"], /^t does nothing here/],
  [["s10k", "./a"], /^s10k is read as s4096, a size in bytes: what follows s is no number/],
  [["status", "./a"], /^status is read as s4096/],
  [["nine", "./a"], /^nine is read as n2, a number of files/],
  [["s1000", "./a"], /^s1000 is read as s4096: the size in bytes is from 4096 to 2147483647/],
  [["s9999999999", "./a"], /^s9999999999 is read as s2147483647/],
  [["n1", "./a"], /^n1 is read as n2: the number of files is from 2/],
  [["./a", "n20"], /^n20 does nothing: no directory comes behind it/],
  [["./a", ":total=1g"], /^:total=1g does nothing/],
  [["!", "./a"], /^! is a command that does nothing: every finished file would be empty/],
  [["wa/b", "./a"], /^wa\/b cannot be the end of a file's name/],
  [["-*", "./a"], /^no line goes to \.\/a: -\* deselects every line/],
  [["t", "+fatal*", "./a"], /^\+fatal\* can never match: every line begins with its time/],
  [["t", "F", "-fatal*", "./a"], /^-fatal\* can never match: every line begins with its time/],
  [["errors/x", "./a"], /^errors\/x is read as e: selected lines go to stderr/],
  [["tai", "./a"], /^tai is read as t: what follows the letter is passed over/],
  [["=", "./a"], /^= names no file/],
  [["./file"], /^\.\/file is there, and is no directory/],
  [["./none/x"], /^\.\/none\/x cannot be made: there is no \.\/none/],
  [["=./a/current", "./a"], /^=\.\/a\/current would overwrite the log in \.\/a/],
  [["F", "+[[:nope:]]", "./a"], /^\+\[\[:nope:\]\] can never match: its brackets/],
  [["-a\nb", "./a"], /can never match: a line holds no newline/],
  [[`-${"x".repeat(1001)}`, "./a"], /can never match: only the first 1000 bytes/],
  [[":total=150000", "./a"], /^\.\/a: :total=150000 leaves no room for an old file/],
  [[":age=1h", ":every=1d", "./a"], /^\.\/a: files would be too old/],
  [[":total=much", "./a"], /^bad value in :total=much/],
  [[":nonsense=1", "./a"], /^unknown action :nonsense=1: it is one of :total /],
  [["./a", ":stamp=iso"], /^misplaced action :stamp/],
  [["t"], /^no line goes anywhere/],
  [[], /^no line goes anywhere/],
];

for (const [script, expected] of MISTAKES) {
  test(`multilog --check finds the mistake in: ${script.join(" ").slice(0, 40)}`, () => {
    const { code, mistakes } = check(...script);
    assert.equal(code, 100);
    assert.equal(mistakes.length, 1, mistakes.join("\n"));
    assert.match(mistakes[0] ?? "", expected);
  });
}

test("multilog --check finds every mistake of a script", () => {
  const { mistakes } = check("./a", "logs/x", "s10k", "t");
  assert.equal(mistakes.length, 4, mistakes.join("\n"));
});

/** [script, sentences of the explanation] */
const GOOD: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ["t", "./a"],
    ["Every line goes to the log directory ./a:", "finished files are named @TIME.s"],
  ],
  [
    ["t", "s16384", "n5", "./all", "-*", "+* 4*", "+* 5*", "=status", "./errors", ":stats=x.json"],
    [
      "Every line goes to the log directory ./all:",
      "current is rotated at 16384 bytes (16 KB): at the first line end from byte 14384 on",
      "5 files are kept, current among them: at most 80 KB in all",
      'Lines that match "* 4*" or "* 5*" go to the file status,',
      'Lines that match "* 4*" or "* 5*" go to the log directory ./errors:',
      "The account of all this is kept in x.json",
    ],
  ],
  [["-* status: *", "./a"], ['Lines that do not match "* status: *" go to']],
  [["-a*", "+ab*", "./a"], ['Lines as selected (all, then without "a*", then with "ab*") go to']],
  [
    ["-*", "+a*", "-ab*", "e"],
    ['Lines as selected (none, then with "a*", then without "ab*") go to'],
  ],
  [["-a*", "+*", "./a"], ["Every line goes to"]],
  [
    [":every=1d", ":age=7d", ":total=1g", ":sync=5s", "!gzip -c", "wgz", "./a"],
    [
      "current is rotated every day as well",
      "files go when they are older than 7 days",
      "the oldest files go when all would exceed 1 GB",
      "current goes to the disk (fsync) every 5 seconds",
      'each finished file goes through "gzip -c"',
      "finished files are named @TIME.gz",
    ],
  ],
  [["t", "-* x*", "+@4*", "./a"], ["Patterns are held against the time as well"]],
];

for (const [script, sentences] of GOOD) {
  test(`multilog --check explains: ${script.join(" ")}`, () => {
    const { code, says, mistakes } = check(...script);
    assert.deepEqual(mistakes, []);
    assert.equal(code, 0);
    for (const sentence of sentences) assert.ok(says.includes(sentence), `${sentence}\n${says}`);
  });
}
