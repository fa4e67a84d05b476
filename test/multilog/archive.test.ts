import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  archiveName,
  isArchive,
  latestLabel,
  linkArchive,
  listArchives,
} from "../../src/multilog/archive.ts";
import { LabelClock } from "../../src/multilog/label-clock.ts";
import { posix } from "../../src/posix/index.ts";
import { type Scratch, say, scratch } from "../posix/scratch.ts";

const COMPLETE = Buffer.from("s");
const NANOS = 994_720_184_848_605_500n;
const NAME = "@400000003b4a39c23294b13c.s";

function make({ fd }: Scratch, name: string | Buffer, text: string = ""): void {
  const file = posix.openAt(fd, name, "append");
  say(file, text);
  posix.close(file);
}

test("an archive's name is the label of its end, a dot and the code", () => {
  assert.equal(archiveName(NANOS, COMPLETE).toString(), NAME);
  const odd = archiveName(NANOS, Uint8Array.of(0xff, 0x78));
  assert.equal(odd.toString("latin1"), "@400000003b4a39c23294b13c.\xffx");
});

test("every name that is given is an archive's, and names sort as their times do", () => {
  const time = fc.bigInt(0n, 1n << 90n);
  fc.assert(
    fc.property(time, time, (a, b) => {
      const [first, second] = [archiveName(a, COMPLETE), archiveName(b, COMPLETE)];
      assert.ok(isArchive(first));
      assert.equal(Buffer.compare(first, second), a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});

test("an archive is a whole label and whatever stands behind it", () => {
  const is = (name: string): boolean => isArchive(Buffer.from(name, "latin1"));
  for (const name of [NAME, NAME.slice(0, 25), `${NAME}.gz`, `${NAME.slice(0, 25)}\xff`]) {
    assert.equal(is(name), true, name);
  }
  const others = ["", "@", NAME.slice(0, 24), NAME.slice(1), `x${NAME}`, "current", "@~"];
  const badDigits = [NAME.toUpperCase(), NAME.replace("b4a", "b g"), `@${"f".repeat(24)}.s`];
  for (const name of [...others, ...badDigits]) assert.equal(is(name), false, name);
});

test("archives are listed oldest first, and nothing else is", (t) => {
  const place = scratch(t);
  const names = [5n, 3n, 9n, 4n].map((nanos) => archiveName(nanos, COMPLETE));
  for (const name of [...names, "current", "previous", "lock", "@x.s"]) make(place, name);
  const sorted = names.map(String).sort();
  assert.deepEqual(listArchives(posix, place.fd).map(String), sorted);
});

test("a file gets its final name besides its old one", (t) => {
  const place = scratch(t);
  make(place, "previous", "text");
  const clock = new LabelClock(() => NANOS);
  const name = linkArchive(posix, place.fd, "previous", clock.take(), clock, COMPLETE);
  assert.equal(name.toString(), NAME);
  assert.equal(fs.readFileSync(place.in(NAME), "utf8"), "text");
  assert.equal(posix.statusAt(place.fd, "previous")?.links, 2);
});

test("a name that somebody has already is passed over for the next nanosecond", (t) => {
  const place = scratch(t);
  make(place, "previous");
  for (const nanos of [NANOS, NANOS + 1n]) make(place, archiveName(nanos, COMPLETE), "theirs");
  const clock = new LabelClock(() => NANOS);
  const name = linkArchive(posix, place.fd, "previous", clock.take(), clock, COMPLETE);
  assert.deepEqual(name, archiveName(NANOS + 2n, COMPLETE));
  assert.equal(fs.readFileSync(place.in(NAME), "utf8"), "theirs");
  assert.equal(clock.latest, NANOS + 2n);
});

test("what else link(2) says is not overcome here", (t) => {
  const place = scratch(t);
  const clock = new LabelClock(() => NANOS);
  const attempt = (): Buffer => linkArchive(posix, place.fd, "previous", 1n, clock, COMPLETE);
  assert.throws(attempt, { code: "ENOENT", syscall: "link" });
});

const label = (nanos: bigint): string => archiveName(nanos, COMPLETE).toString("latin1", 0, 25);

test("an empty directory has no latest label", (t) => {
  assert.equal(latestLabel(posix, scratch(t).fd, true), 0n);
});

test("the latest label is that of the newest archive", (t) => {
  const place = scratch(t);
  for (const nanos of [NANOS, NANOS + 7n, NANOS - 1n]) make(place, archiveName(nanos, COMPLETE));
  assert.equal(latestLabel(posix, place.fd, true), NANOS + 7n);
});

test("the latest label is that of current's last line, where that is later", (t) => {
  const place = scratch(t);
  make(place, archiveName(NANOS, COMPLETE));
  make(place, "current", `${label(NANOS + 1n)} a\n${label(NANOS + 2n)} b\n`);
  assert.equal(latestLabel(posix, place.fd, true), NANOS + 2n);
});

test("a last line that was torn counts when its label is whole", (t) => {
  const place = scratch(t);
  make(place, "current", `${label(NANOS)} a\n${label(NANOS + 2n)} torn`);
  assert.equal(latestLabel(posix, place.fd, true), NANOS + 2n);
  make(place, "current", `\n${label(NANOS + 3n).slice(0, 20)}`);
  assert.equal(latestLabel(posix, place.fd, true), 0n);
});

test("only the last bytes of current are looked at, and they need not be text", (t) => {
  const place = scratch(t);
  make(place, "current", `${"\xff".repeat(100_000)}\n${label(NANOS)} \0\xfe\n`);
  assert.equal(latestLabel(posix, place.fd, true), NANOS);
});

test("a current without labels, or that cannot be read, says nothing", (t) => {
  const place = scratch(t);
  make(place, "current", "plain line\n");
  assert.equal(latestLabel(posix, place.fd, true), 0n);
  fs.rmSync(place.in("current"));
  fs.mkdirSync(place.in("current"));
  assert.equal(latestLabel(posix, place.fd, true), 0n);
});

test("a label that is nobody's clock is not followed, and hides no other", (t) => {
  const place = scratch(t);
  make(place, archiveName(NANOS, COMPLETE));
  make(place, "@4fffffffffffffff00000000.s");
  make(place, "@000000000000000000000000.s");
  assert.equal(latestLabel(posix, place.fd, true), NANOS);
});

test("what looks like a label is none of ours behind no newline, or where lines bear none", (t) => {
  const place = scratch(t);
  make(place, archiveName(NANOS, COMPLETE), "the beginning of a long line");
  make(place, "current", `${label(NANOS + 9n)} the rest of it`);
  assert.equal(latestLabel(posix, place.fd, true), NANOS);
  make(place, "current", `\n${label(NANOS + 9n)} a\n`);
  assert.equal(latestLabel(posix, place.fd, false), NANOS);
  make(place, "current", `${label(NANOS + 9n)} ${"x".repeat(9000)}`.slice(-8192));
  assert.equal(latestLabel(posix, place.fd, true), NANOS);
});
