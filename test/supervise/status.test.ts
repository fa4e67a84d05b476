import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { decodeStatus, encodeStatus, type Want } from "../../src/supervise/status.ts";
import { fromUnixNanos } from "../../src/tai64/index.ts";

/** Section 2.1 of the reference: unix second 1795164003, 36717500 ns, pid 14161, want up. */
const EXAMPLE = "400000006b00076d023043bc513700000075";
const since = fromUnixNanos(1_795_164_003_036_717_500n);

test("a record is the 18 bytes of 0.76", () => {
  const status = { since, pid: 14161, paused: false, want: "up" } as const;
  assert.equal(encodeStatus(status).toString("hex"), EXAMPLE);
  assert.deepEqual(decodeStatus(Buffer.from(EXAMPLE, "hex")), status);
});

test("what is written is read, whatever it is", () => {
  const wants = fc.constantFrom<Want[]>("up", "down", "once");
  const pids = fc.integer({ min: 1, max: 2 ** 32 - 1 });
  const nanos = fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n });
  fc.assert(
    fc.property(nanos, pids, fc.boolean(), wants, (at, pid, paused, want) => {
      const status = { since: fromUnixNanos(at), pid, paused, want };
      assert.deepEqual(decodeStatus(encodeStatus(status)), status);
    }),
  );
});

test("without a process nothing is paused", () => {
  const record = encodeStatus({ since, pid: 0, paused: true, want: "down" });
  assert.equal(record[16], 0);
  assert.equal(record[17], 0x64);
});

test("fewer than 18 bytes are none, the two behind them are encore's, and 20 more are its logger's", () => {
  const record = Buffer.from(EXAMPLE, "hex");
  assert.equal(decodeStatus(record.subarray(0, 17)), undefined);
  assert.equal(decodeStatus(Buffer.concat([record, Buffer.of(3)]))?.phase, undefined);
  const running = Buffer.concat([record, Buffer.of(3, 0)]);
  assert.equal(decodeStatus(running)?.phase, "running");
  assert.equal(decodeStatus(running)?.log, undefined);
  const logger = Buffer.concat([record, Buffer.of(5, 0)]);
  const both = decodeStatus(Buffer.concat([running, logger]));
  assert.equal(both?.phase, "running");
  assert.equal(both?.log?.phase, "failed");
  assert.equal(both?.log?.pid, 14161);
  assert.equal(decodeStatus(Buffer.concat([record, Buffer.of(9, 0)]))?.phase, "unknown");
});

test("a record that holds nonsense is read as what it says", () => {
  const damaged = decodeStatus(Buffer.alloc(18, 0xff));
  assert.equal(damaged?.since.seconds, 2n ** 64n - 1n);
  assert.equal(damaged?.want, "once");
});
