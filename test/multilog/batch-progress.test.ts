import assert from "node:assert/strict";
import fs from "node:fs";
import { type TestContext, test } from "node:test";
import { BatchProgress } from "../../src/multilog/batch-progress.ts";
import { CurrentFile } from "../../src/multilog/current-file.ts";
import { posix } from "../../src/posix/index.ts";
import { scratch } from "../posix/scratch.ts";

/** A batch that begins behind a line of the one before. */
function begun(t: TestContext) {
  const place = scratch(t);
  const open = (name: string): CurrentFile => {
    const file = new CurrentFile(posix, posix.openAt(place.fd, name, "keep"), 0);
    t.after(() => file.release());
    return file;
  };
  const current = open("current");
  const batch = new BatchProgress();
  const put = (file: CurrentFile, text: string): void =>
    batch.note(file.write(Buffer.from(text), 0, text.length));
  put(current, "before\n");
  batch.begin(current);
  return { batch, current, open, put, read: () => fs.readFileSync(place.in("current"), "latin1") };
}

test("what stands in the files already is passed over when a batch comes again", (t) => {
  const { batch, current, put } = begun(t);
  assert.equal(batch.pass(4), 0);
  put(current, "one\n");
  assert.equal(batch.pass(8), 0);
  put(current, "two");
  batch.repeat();
  assert.deepEqual([batch.pass(4), batch.pass(8), batch.pass(2)], [4, 3, 0]);
  batch.begin(current);
  assert.equal(batch.pass(4), 0);
});

test("a batch that stands in current alone is taken back", (t) => {
  const { batch, current, put, read } = begun(t);
  put(current, "one\ntw");
  assert.equal(batch.undo(current), true);
  assert.equal(read(), "before\n");
  assert.equal(current.filledBytes, 7);
  batch.repeat();
  assert.equal(batch.pass(6), 0);
});

test("a batch of which a finished file holds a part is not taken back", (t) => {
  const { batch, current, open, put, read } = begun(t);
  put(current, "one\n");
  assert.equal(batch.undo(undefined), false);
  assert.equal(batch.undo(open("next")), false);
  assert.equal(read(), "before\none\n");
});

test("a batch that nothing was written of is taken back wherever the files are", (t) => {
  const { batch, open, read } = begun(t);
  assert.equal(batch.undo(undefined), true);
  assert.equal(batch.undo(open("next")), true);
  assert.equal(read(), "before\n");
});
