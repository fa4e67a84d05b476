import assert from "node:assert/strict";
import fs from "node:fs";
import { type TestContext, test } from "node:test";
import { CurrentFile } from "../../src/multilog/current-file.ts";
import { Succession } from "../../src/multilog/succession.ts";
import { type Fd, type Posix, posix, SystemFailure } from "../../src/posix/index.ts";
import { scratch } from "../posix/scratch.ts";

const OLD = "old\n";

/** A log with a line in its `current`, on a system in which the calls named fail once. */
function succession(t: TestContext, failing: readonly (keyof Posix)[]) {
  const place = scratch(t);
  const synced: Fd[] = [];
  const left = new Set<keyof Posix>();
  const system: Posix = new Proxy(posix, {
    get: (target, name: keyof Posix) => {
      if (left.delete(name)) {
        return () => {
          throw new SystemFailure("EIO", name);
        };
      }
      if (name !== "syncLater") return target[name];
      return (fd: Fd) => {
        synced.push(fd);
        return Promise.resolve();
      };
    },
  });
  const fd = posix.openAt(place.fd, "current", "keep");
  const old = new CurrentFile(system, fd, 0);
  old.write(Buffer.from(OLD), 0, OLD.length);
  const files = new Succession(system, Buffer.from("log"), old);
  for (const name of failing) left.add(name);
  t.after(() => files.release());
  return { place, files, old, synced, names: () => fs.readdirSync(place.path).sort() };
}

const STEPS = [
  ["renameAt", ["current"]],
  ["openAt", ["previous"]],
  ["setMode", ["current", "previous"]],
] as const;

for (const [name, left] of STEPS) {
  test(`a succession whose ${name} fails is gone on with where it stopped`, (t) => {
    const { place, files, old, names } = succession(t, [name]);
    const blocked = files.turnOver(place.fd);
    assert.ok(!(blocked instanceof CurrentFile) && blocked.kind === "failure");
    assert.deepEqual(names(), left);
    assert.equal(files.isHalfDone, name !== "renameAt");
    const begun = files.current;
    assert.equal(files.turnOver(place.fd), old);
    // A file that was made already is not made again.
    assert.equal(files.current === begun, name === "setMode");
    assert.deepEqual([files.isHalfDone, files.current.filledBytes], [false, 0]);
    assert.equal(fs.readFileSync(place.in("previous"), "latin1"), OLD);
    assert.equal(fs.readFileSync(place.in("current"), "latin1"), "");
    old.release();
  });
}

test("a sync covers the file that has ended while the next one is not whole", async (t) => {
  const { place, files, old, synced } = succession(t, ["setMode"]);
  files.turnOver(place.fd);
  await files.sync(() => place.fd);
  assert.deepEqual(new Set(synced), new Set([old.fd, files.current.fd, place.fd]));
  assert.ok(old !== files.current);
});

test("a name is synced once, bytes as often as they are new", async (t) => {
  const { place, files, old, synced } = succession(t, []);
  await files.sync(() => place.fd);
  assert.equal(old.isDirty, false);
  old.write(Buffer.from(OLD), 0, OLD.length);
  assert.equal(old.isDirty, true);
  await files.sync(() => place.fd);
  assert.deepEqual(synced, [old.fd, place.fd, old.fd]);
});
