/** A program that says what it finds, run by a shell in many states: by itself, and through one of ours. */
import assert from "node:assert/strict";
import fs from "node:fs";
import type { TestContext } from "node:test";
import { layOut, type RunOptions, shell } from "./launched.ts";
import { scratch } from "./scratch.ts";

/** The soft limit on descriptors, what is done with each signal, the open descriptors. */
const PROBE = "ulimit -Sn; grep -E '^(Sig(Blk|Ign|Cgt)|Shd)' /proc/self/status; ls /proc/self/fd";

/** What a shell does before it runs the program. */
export const STATES: Readonly<Record<string, string>> = {
  "as it is": "",
  "with a low limit": "ulimit -Sn 77;",
  "with a low hard limit": "ulimit -n 88;",
  "with SIGPIPE ignored": "trap '' PIPE;",
  "with SIGXFSZ and SIGHUP ignored": "trap '' XFSZ HUP;",
  "with SIGTERM, SIGINT and SIGUSR1 ignored": "trap '' TERM INT USR1;",
  "with more descriptors": "exec 3</dev/null 4>/dev/null 7</dev/null;",
  "with a descriptor behind a gap": "exec 9</dev/null;",
};

/** What the probe says by itself, and when `program` (of ./programs) runs it. */
export function probeThrough(
  t: TestContext,
  program: string,
  state: string,
  options: RunOptions = {},
): { readonly direct: string; readonly through: string } {
  const { path } = scratch(t);
  fs.writeFileSync(`${path}/probe`, `#!/bin/sh\n${PROBE}\n`, { mode: 0o755 });
  const command = layOut(path, program);
  const direct = shell(`${state} exec "$1"`, [`${path}/probe`], options);
  const through = shell(`${state} exec "$2" "$1"`, [`${path}/probe`, command], options);
  assert.deepEqual([direct.stderr, through.stderr, direct.status], ["", "", 0]);
  assert.match(direct.stdout, /SigIgn/);
  return { direct: direct.stdout, through: through.stdout };
}
