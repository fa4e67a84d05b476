// The example of the README, as a program would use the library.
// Not tested: input by descriptor (the command's tests do that).
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { after, test } from "node:test";
import { createMultilog, Fatal } from "../../src/index.ts";

const options = { timeout: 30_000 };
const places: string[] = [];
after(() => {
  for (const place of places) rmSync(place, { recursive: true, force: true });
});

function makePlace(): string {
  const place = mkdtempSync(join(tmpdir(), "timberline-library-"));
  places.push(place);
  return place;
}

const withoutLabels = (text: string): string => text.replaceAll(/^@[0-9a-f]{24} /gm, "");

test("a program writes lines, rotates and closes", options, async () => {
  const main = join(makePlace(), "main");
  const log = await createMultilog(["t", "s1000000", "n10", main]);
  const finished: string[] = [];
  log.on("rotated", (directory, archive) =>
    finished.push(`${Buffer.from(directory).toString()} ${String(archive)}`),
  );
  const { writable } = log;
  assert.ok(writable);
  await new Promise((resolve) => writable.write("a line\n", resolve));
  // Its callback says that the line stands in the log.
  assert.equal(withoutLabels(readFileSync(join(main, "current"), "utf8")), "a line\n");
  await log.rotate();
  assert.equal(readFileSync(join(main, "current"), "utf8"), "");
  writable.write("another, unfinished");
  assert.equal(await log.close(), true);
  assert.equal(withoutLabels(readFileSync(join(main, "current"), "utf8")), "another, unfinished\n");
  assert.equal(statSync(join(main, "current")).mode & 0o777, 0o744);
  assert.equal(log.stats().read.lines, 2);
  const [archive = ""] = readdirSync(main).filter((name) => name.startsWith("@"));
  assert.deepEqual(finished, [`${main} ${archive}`]);
  assert.equal(withoutLabels(readFileSync(join(main, archive), "utf8")), "a line\n");
});

test("a stream is piped into it, with back-pressure", options, async () => {
  const main = join(makePlace(), "main");
  const log = await createMultilog(["s2000000", "n100", main]);
  const lines = Array.from({ length: 200_000 }, (_, n) => `line ${n}\n`);
  assert.ok(log.writable);
  await pipeline(Readable.from(lines), log.writable);
  assert.equal(await log.closed, true);
  const names = readdirSync(main)
    .filter((name) => name.startsWith("@"))
    .sort();
  const text = [...names, "current"].map((name) => readFileSync(join(main, name), "utf8")).join("");
  assert.equal(text, lines.join(""));
});

test(
  "two of them in one process do not mind each other; one directory is one's alone",
  options,
  async () => {
    const place = makePlace();
    const one = await createMultilog(["t", join(place, "one")]);
    const two = await createMultilog(["t", join(place, "two")]);
    await assert.rejects(createMultilog([join(place, "one")]), (failure: unknown) => {
      assert.ok(failure instanceof Fatal);
      assert.equal(failure.exitCode, 111);
      assert.match(failure.message, /unable to lock directory .*one: temporary failure/);
      return true;
    });
    one.writable?.write("one\n");
    two.writable?.write("two\n");
    assert.deepEqual(await Promise.all([one.close(), two.close()]), [true, true]);
    for (const name of ["one", "two"]) {
      assert.equal(withoutLabels(readFileSync(join(place, name, "current"), "utf8")), `${name}\n`);
    }
  },
);

test("a script that cannot be is refused with the command's exit code", options, async () => {
  await assert.rejects(createMultilog([":total=much", "./x"]), (failure: unknown) => {
    assert.ok(failure instanceof Fatal);
    assert.equal(failure.exitCode, 100);
    return true;
  });
});
