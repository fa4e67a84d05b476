/** Services that are kept aside, by their names alone. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { posix } from "../../../src/posix/index.ts";
import { RpcFault } from "../../../src/web/rpc/faults.ts";
import { findParked, park, unpark } from "../../../src/web/rpc/parked.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

function makeService(directory: string): void {
  fs.mkdirSync(join(directory, "supervise"), { recursive: true });
  fs.writeFileSync(join(directory, "supervise/status"), "");
}

test("a service is kept aside and comes back, with all that is in it, also where it is a link", (t) => {
  const scanned = temporaryDirectory(t);
  const elsewhere = temporaryDirectory(t);
  makeService(join(scanned, "web"));
  fs.writeFileSync(join(scanned, "web/group"), "front\n");
  makeService(elsewhere);
  fs.symlinkSync(elsewhere, join(scanned, "link"));
  for (const name of ["web", "link"]) park(posix, join(scanned, name));
  assert.deepEqual(fs.readdirSync(scanned).sort(), [".link", ".web"]);
  const parked = findParked(posix, [scanned, join(scanned, "none")]);
  const found = parked.map(({ name, group }) => `${group}:${name}`).sort();
  assert.deepEqual(found, ["front:web", "link:link"]);
  for (const one of parked) unpark(posix, one);
  assert.deepEqual(fs.readdirSync(scanned).sort(), ["link", "web"]);
  assert.equal(fs.readlinkSync(join(scanned, "link")), elsewhere);
  assert.deepEqual(findParked(posix, [scanned]), []);
});

test("a name that is taken stays what it is", (t) => {
  const scanned = temporaryDirectory(t);
  for (const name of ["web", ".web"]) makeService(join(scanned, name));
  const isTaken = (failure: unknown): boolean =>
    failure instanceof RpcFault && /^FAILED: \.?web is there already$/.test(failure.message);
  assert.throws(() => park(posix, join(scanned, "web")), isTaken);
  const [parked] = findParked(posix, [scanned]);
  assert.ok(parked);
  assert.throws(() => unpark(posix, parked), isTaken);
});

test("what was never supervised is somebody's who makes it", (t) => {
  const scanned = temporaryDirectory(t);
  fs.mkdirSync(join(scanned, ".half"));
  fs.writeFileSync(join(scanned, ".half/run"), "");
  fs.writeFileSync(join(scanned, ".file"), "");
  fs.symlinkSync("nowhere", join(scanned, ".link"));
  assert.deepEqual(findParked(posix, [scanned]), []);
});
