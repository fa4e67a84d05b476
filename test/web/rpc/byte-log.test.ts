/** A log directory as one file: the same bytes, wherever one begins to read. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { posix } from "../../../src/posix/index.ts";
import { ByteLog } from "../../../src/web/rpc/byte-log.ts";
import { LabelText } from "../../../src/web/rpc/label-text.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { zoneByDate } from "../../tai64/zones.ts";

/** Local time is an hour ahead of what it is. */
const labels = new LabelText({ localTime: zoneByDate(3600) });

const STAMPED = "@400000006b0020530754d4c0";
const SHOWN = "2026-11-20 11:26:17.12300";
const FILES: Readonly<Record<string, string>> = {
  "@400000006b00000100000000.s": `${STAMPED} first\n${STAMPED} hä\nplain @400000006b0020530754d4c0\n`,
  "@400000006b00000200000000.u": `${STAMPED} cut in the mid`,
  previous: `dle\n${STAMPED} previous\n`,
  current: `${STAMPED} last\n@4000000 no label\n${STAMPED}`,
};

function logdir(t: TestContext, files: Readonly<Record<string, string | Buffer>>): string {
  const directory = temporaryDirectory(t);
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(join(directory, name), text);
  return directory;
}

const textOf = (directory: string, offset: number, length: number): Buffer | undefined =>
  ByteLog.read(posix, directory, (log) => Buffer.from(log.text(offset, length, labels)));

test("a log is its archives and current, in their order, stamps as local time of the same length", (t) => {
  const directory = logdir(t, FILES);
  const { length } = Buffer.from(Object.values(FILES).join(""));
  assert.equal(
    ByteLog.read(posix, directory, (log) => log.length),
    length,
  );
  const whole = textOf(directory, 0, length) ?? Buffer.alloc(0);
  const wanted = Object.values(FILES)
    .join("")
    .replace(/^@400000006b0020530754d4c0/gm, SHOWN);
  assert.equal(whole.toString(), wanted);
  fc.assert(
    fc.property(fc.nat(length), fc.nat(length), (offset, some) => {
      const taken = Math.min(some, length - offset);
      assert.deepEqual(textOf(directory, offset, taken), whole.subarray(offset, offset + taken));
    }),
    { numRuns: 200 },
  );
});

test("what a processor has compressed, and what is older, is no part of it", (t) => {
  const directory = logdir(t, {
    "@400000006b00000100000000.s": "older\n",
    "@400000006b00000200000000.s": gzipSync("packed\n"),
    "@400000006b00000300000000.s": "newer\n",
    current: "now\n",
  });
  assert.equal(textOf(directory, 0, 10)?.toString(), "newer\nnow\n");
});

test("what is a link is no part of it", (t) => {
  const directory = logdir(t, { "@400000006b00000100000000.s": "older\n" });
  fs.writeFileSync(join(directory, "secret"), "a secret\n");
  for (const name of ["current", "@400000006b00000200000000.s"])
    fs.symlinkSync("secret", join(directory, name));
  assert.equal(textOf(directory, 0, 100)?.toString(), "older\n");
});

test("where there is no log there is none; an empty one is one", (t) => {
  assert.equal(textOf(logdir(t, {}), 0, 0), undefined);
  assert.equal(textOf(join(temporaryDirectory(t), "none"), 0, 0), undefined);
  assert.equal(textOf(logdir(t, { current: "" }), 0, 0)?.length, 0);
});
