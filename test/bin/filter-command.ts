/** Starting tai64n, tai64nlocal and their C originals, for the tests of both; and what is tested of both. */
import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { test } from "node:test";
import type { Peer } from "../support/commands.ts";

const TIMEOUT_MS = 60_000;
const MOST_OUTPUT_BYTES = 1 << 28;

export interface RunOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a filter to its end; TZ is UTC unless given. */
export function run(
  program: string,
  input: string | Buffer,
  { args = [], env = {} }: RunOptions = {},
): SpawnSyncReturns<Buffer> {
  return spawnSync(program, args, {
    input: typeof input === "string" ? Buffer.from(input, "latin1") : input,
    env: { PATH: "/usr/bin:/bin", TZ: "UTC", ...env },
    timeout: TIMEOUT_MS,
    maxBuffer: MOST_OUTPUT_BYTES,
  });
}

/** Runs a line of shell with `"$1"` for the program; output as text. */
export function shell(line: string, program: string): SpawnSyncReturns<string> {
  return spawnSync("/bin/sh", ["-c", line, "sh", program], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", TZ: "UTC" },
    timeout: TIMEOUT_MS,
  });
}

/** Tests how a filter ends that cannot go on. */
export function testItsEnds(name: string, { path, skip }: Peer): void {
  test(`${name} exits 111 without a word when it cannot read or write`, { skip }, () => {
    for (const line of ['"$1" <&-', '"$1" </', 'echo x | "$1" >&-', 'echo x | "$1" >/dev/full']) {
      const { status, stdout, stderr } = shell(line, path);
      assert.deepEqual({ status, stdout, stderr }, { status: 111, stdout: "", stderr: "" }, line);
    }
  });

  test(`${name} dies of SIGPIPE when its reader is gone`, { skip }, () => {
    const line = '{ yes | "$1"; echo $? >&2; } | head -n 1 >/dev/null';
    assert.equal(shell(line, path).stderr, "141\n");
  });
}
