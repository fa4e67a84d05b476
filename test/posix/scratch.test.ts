/** A scratch directory is there while it is wanted, and says why it cannot be. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SystemFailure } from "../../src/posix/index.ts";
import { Scratch } from "../../src/posix/scratch.ts";
import { temporaryDirectory } from "../support/temporary.ts";

test("two of one name are two directories, and each goes with all that is in it", (t) => {
  const parent = temporaryDirectory(t);
  const [one, other] = [new Scratch(parent, "trial"), new Scratch(parent, "trial")];
  fs.mkdirSync(join(one.path, "full"));
  fs.writeFileSync(join(one.path, "full", "file"), "text");
  assert.notEqual(one.path, other.path);
  assert.ok(other.freeBytes > 0);
  one.remove();
  assert.deepEqual(fs.readdirSync(parent), [other.path.slice(parent.length + 1)]);
});

test("where there is no parent there is none", () => {
  assert.throws(
    () => new Scratch("/nonexistent", "trial"),
    (failure: unknown) => {
      assert.ok(failure instanceof SystemFailure);
      assert.equal(failure.code, "ENOENT");
      return true;
    },
  );
});
