/** The room's small parts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, property, uint8Array } from "fast-check";
import { AT_CWD, posix } from "../../src/posix/index.ts";
import { fromUnixNanos } from "../../src/tai64/index.ts";
import { lineTextOf } from "../../src/web/api/line-text.ts";
import { Attempts } from "../../src/web/server/attempts.ts";
import { isKnownHost, isLoopback, isOwnOrigin } from "../../src/web/server/host.ts";
import { Login } from "../../src/web/server/login.ts";
import { oneLine } from "../../src/web/server/one-line.ts";
import { hashPassword, isPassword, noHash, parseHash } from "../../src/web/server/password.ts";
import { Turns } from "../../src/web/server/turns.ts";
import { readUsers, setPassword, UsersFile } from "../../src/web/server/users-file.ts";
import { countDeaths } from "../../src/web/tree/death-counts.ts";
import { makeUsers, PASSWORD } from "./users.ts";

const MINUTE = 60_000;

test("deaths are counted in the minutes of the clock, and time makes them old", () => {
  const now = 100 * MINUTE + 30_000;
  const at = (ms: number) => ({ at: fromUnixNanos(BigInt(ms) * 1_000_000n), unstarted: "EACCES" });
  const deaths = [10 * MINUTE, 41 * MINUTE, 99 * MINUTE, 100 * MINUTE, now + MINUTE].map(at);
  const { counts, validUntilMs } = countDeaths(deaths, now);
  assert.deepEqual([counts.minute, counts.hour, counts.kept], [2, 4, 5]);
  assert.deepEqual(
    [counts.perMinute[0], counts.perMinute[58], counts.perMinute[59], counts.perMinute.length],
    [1, 1, 2, 60],
  );
  assert.equal(validUntilMs, 101 * MINUTE);
  assert.equal(countDeaths([at(now - 45_000)], now).validUntilMs, now + 15_001);
  assert.equal(countDeaths([], now).validUntilMs, Number.POSITIVE_INFINITY);
});

test("bytes that are no UTF-8 are shown, and text stays text", () => {
  const shown = (bytes: Buffer): string => lineTextOf(bytes).text;
  assert.equal(shown(Buffer.from("grün \u0000 <b>")), "grün \u0000 <b>");
  assert.equal(shown(Buffer.from("gr\xfcn", "latin1")), "gr\\xfcn");
  assert.equal(shown(Buffer.from([0xe2, 0x82, 0x41, 0xc3, 0xa9, 0xff])), "\\xe2\\x82Aé\\xff");
  check(
    property(uint8Array({ maxLength: 40 }), (array) => {
      const { text, bytes } = lineTextOf(Buffer.from(array));
      assert.ok(!text.includes("\ufffd") || Buffer.from(array).includes(Buffer.from("\ufffd")));
      assert.deepEqual(bytes ?? Buffer.from(text), Buffer.from(array));
    }),
  );
});

test("text of strangers stays in one line", () => {
  assert.equal(
    oneLine("a\nb\r\x1b[31m\u009b\u202e\u2028\u{e0001}é"),
    "a\\nb\\r\\x1b[31m\\x9b\\u{202e}\\u{2028}\\u{e0001}é",
  );
  assert.ok(oneLine("x".repeat(10_000)).length < 1100);
});

test("a name that leads here is known by what it is", () => {
  const names = new Set(["box.example"]);
  const hosts = [
    "127.0.0.1:9001",
    "[::1]:80",
    "localhost",
    "LOCALHOST:1",
    "box.example:443",
    "10.0.0.7",
  ];
  for (const host of hosts) assert.equal(isKnownHost(host, names), true, host);
  for (const host of [
    "evil.example",
    "127.0.0.1.evil.example",
    "",
    "localhost.evil",
    "1.2.3.4@evil",
  ])
    assert.equal(isKnownHost(host, names), false, host);
  assert.equal(isKnownHost(undefined, names), false);
  assert.equal(isOwnOrigin("http://localhost:9001", "localhost:9001"), true);
  for (const origin of [
    "null",
    "http://localhost:9002",
    "http://evil",
    "http://localhost:9001.evil",
  ])
    assert.equal(isOwnOrigin(origin, "localhost:9001"), false, origin);
  assert.deepEqual(["127.0.0.9", "::1", "0.0.0.0", "::", "10.0.0.1", "127.evil"].map(isLoopback), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test("wrong passwords in a row are waited for, longer each time, in a table that does not grow", () => {
  const attempts = new Attempts();
  const waits: number[] = [];
  for (let n = 0; n < 12; n++) {
    attempts.begin("10.0.0.1", 0);
    waits.push(attempts.waitMs("10.0.0.1", 0));
  }
  assert.deepEqual(waits.slice(0, 6), [0, 0, 500, 1000, 2000, 4000]);
  assert.equal(waits.at(-1), 30_000);
  assert.equal(attempts.waitMs("10.0.0.2", 0), 0);
  attempts.succeeded("10.0.0.1");
  assert.equal(attempts.waitMs("10.0.0.1", 0), 0);
  for (let n = 0; n < 5000; n++) attempts.begin(`10.0.${n >> 8}.${n & 255}`, 0);
  assert.equal(attempts.size, 1024);
  // One network of IPv6 is one guesser.
  for (let n = 0; n < 3; n++) attempts.begin(`2001:db8:0:7::${n + 1}`, 0);
  assert.equal(attempts.waitMs("2001:db8:0:7:ffff::9", 0), 500);
  assert.equal(attempts.waitMs("2001:db8:0:8::1", 0), 0);
});

test("a password is known by its hash alone", async () => {
  const [one, two] = [await hashPassword("a secret é"), await hashPassword("a secret é")];
  assert.notEqual(one, two);
  const hash = parseHash(one);
  assert.ok(hash);
  // However the letter is composed.
  assert.equal(await isPassword("a secret e\u0301", hash), true);
  assert.equal(await isPassword("a secret", hash), false);
  const none = noHash(hash);
  assert.deepEqual(
    [none.N, none.r, none.p, none.hash.length],
    [hash.N, hash.r, hash.p, hash.hash.length],
  );
  for (const text of [
    "",
    "scrypt",
    one.slice(0, -30),
    one.replace("16384", "16383"),
    one.replace("16384", "99999999"),
    one.replace("$8$", "$0$"),
    one.replace("$5$", "$99$"),
    `${one}\n`,
  ])
    assert.equal(parseHash(text), undefined, text);
});

test("no more than so many have their turn at once, whoever comes when one is over", async () => {
  const turns = new Turns(2);
  let [atOnce, most] = [0, 0];
  const ends: (() => void)[] = [];
  const work = async (): Promise<void> => {
    most = Math.max(most, ++atOnce);
    await new Promise<void>((resolve) => ends.push(resolve));
    atOnce--;
  };
  const all = [turns.take(work), turns.take(work), turns.take(work)];
  assert.equal(turns.waiting, 1);
  ends.shift()?.();
  // Some of them come when one is over, and the one that waits has not begun.
  for (let n = 0; n < 10; n++) {
    all.push(turns.take(work));
    await Promise.resolve();
  }
  for (let ended = 1; ended < all.length; ended++) {
    while (ends.length === 0) await new Promise((resolve) => setImmediate(resolve));
    ends.shift()?.();
  }
  await Promise.all(all);
  assert.deepEqual([most, atOnce, turns.waiting], [2, 0, 0]);
});

test("who waits for a turn has it also where the one before has failed", async () => {
  const turns = new Turns(1);
  const failing = turns.take(() => Promise.reject(new Error("no")));
  const next = turns.take(() => Promise.resolve("yes"));
  await assert.rejects(failing, /no/);
  assert.equal(await next, "yes");
  assert.equal(await turns.take(() => Promise.resolve("again")), "again");
});

test("a file of users that is somebody else's says nothing", async (t) => {
  const file = await makeUsers(t);
  const { uid } = posix.statusAt(AT_CWD, file) ?? { uid: -1 };
  const ownedBy = (owner: number): typeof posix => ({
    ...posix,
    statusAt: (dir, name) => {
      const status = posix.statusAt(dir, name);
      return status && { ...status, uid: owner };
    },
  });
  for (const owner of [0, uid]) assert.equal(readUsers(ownedBy(owner), file).size, 1);
  assert.throws(
    () => readUsers(ownedBy(uid + 1), file),
    /users: it is that of uid \d+: chown it, or run svweb as that user/,
  );
});

test("the longest name and the longest password that may be given let in", async (t) => {
  const file = await makeUsers(t);
  const [name, password] = ["\u{1f9ee}".repeat(64), "\u0958".repeat(256)];
  await setPassword(posix, file, name, password);
  const login = new Login(new UsersFile(posix, file, assert.fail));
  const header = (given: string): string =>
    `Basic ${Buffer.from(`${name}:${given}`).toString("base64")}`;
  assert.equal(await login.check(header(password), "", 0), name);
  assert.equal(await login.check(header(password.normalize("NFD")), "", 0), name);
  // What is too long is not cut, and looked at in part.
  await assert.rejects(
    login.check(header(PASSWORD.repeat(400)), "", 0),
    /a user and a password are/,
  );
});
