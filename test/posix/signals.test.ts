import assert from "node:assert/strict";
import { constants } from "node:os";
import { test } from "node:test";
import { signalBits, signalName, signalNumber } from "../../src/posix/signals.ts";

test("a signal has a number, and a number a name", () => {
  for (const [name, number] of Object.entries(constants.signals)) {
    assert.equal(signalNumber(name), number);
    assert.equal(signalNumber(signalName(number) ?? ""), number);
  }
  assert.equal(signalName(constants.signals.SIGABRT), "SIGABRT", "and not SIGIOT");
  assert.equal(signalName(0), undefined);
  assert.equal(signalNumber("SIGNONE"), 0);
  assert.equal(signalBits(["SIGHUP", "SIGINT"]), 3n);
});
