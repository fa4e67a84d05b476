import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { posix } from "../../src/posix/index.ts";
import { addressees } from "../../src/supervise/addressees.ts";
import { LETTERS, readCommands } from "../../src/supervise/commands.ts";
import { readLetters } from "../../src/supervise/svc-words.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const short = (text: string): string =>
  readCommands(Buffer.from(text, "latin1"))
    .map(({ event, signal, toGroup, toLog }) => {
      return `${toLog ? "L" : ""}${signal ?? event}${toGroup ? "+" : ""}`;
    })
    .join(" ");

test("every letter is a command, in order, as often as it comes", () => {
  assert.equal(
    short(LETTERS),
    "u d o p c SIGHUP SIGALRM SIGINT SIGTERM SIGKILL x SIGQUIT SIGUSR1 SIGUSR2 SIGWINCH",
  );
  assert.equal(short("dud"), "d u d");
});

test("modifiers hold for what follows them, to whom they go as well", () => {
  assert.equal(short("t+td=t"), "SIGTERM SIGTERM+ d+ SIGTERM");
  assert.equal(short("ldLukld"), "d Lu LSIGKILL d");
  assert.equal(short("L"), "");
});

test("bytes that mean nothing are passed over", () => {
  let known = 0;
  for (let byte = 0; byte < 256; byte++) {
    known += readCommands(Buffer.of(byte)).length;
    assert.equal(readCommands(Buffer.of(byte, 0x75)).at(-1)?.event, "u");
  }
  assert.equal(known, LETTERS.length);
});

test("svc reads letters as getopt does", () => {
  const read = (...words: string[]): string => {
    const { bytes, directories, illegal } = readLetters(words.map((word) => Buffer.from(word)));
    return illegal === undefined
      ? `${bytes.toString()} | ${directories.join(" ")}`
      : `illegal ${illegal}`;
  };
  assert.equal(read("-dx", "a", "b"), "dx | a b");
  assert.equal(read("-d", "-x", "a", "-u"), "dx | a -u");
  assert.equal(read("-d", "--", "-x"), "d | -x");
  assert.equal(read("-d", "-", "x"), "d | - x");
  assert.equal(read("-dx-", "a"), "illegal -");
  assert.equal(read("--help"), "illegal -");
  assert.equal(read("-+t", "-Ld", "a"), "+tLd | a");
  assert.equal(read("-dudt", "a"), "dudt | a");
  assert.equal(read(), " | ");
});

test("L is sent to the supervisor of the logger, where it has one of its own", (t) => {
  const cwd = temporaryDirectory(t);
  const web = join(cwd, "web");
  const shares = (text: string): string[] =>
    addressees(posix, Buffer.from(web), Buffer.from(text)).map(
      ({ directory, bytes }) => `${directory.toString().slice(cwd.length + 1)} ${bytes.toString()}`,
    );
  assert.deepEqual(shares("dLx"), ["web dLx"], "encore's supervisor holds both");
  fs.mkdirSync(join(web, "log/supervise"), { recursive: true });
  fs.writeFileSync(join(web, "log/supervise/control"), "");
  assert.deepEqual(shares("dx"), ["web dx"]);
  assert.deepEqual(shares("dxLdlt"), ["web dxt", "web/log d"]);
  assert.deepEqual(shares("L+t"), ["web/log +t"]);
});
