/** Starting tai64n, tai64nlocal and their C originals, for the tests of both. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const TIMEOUT_MS = 60_000;
const MOST_OUTPUT_BYTES = 1 << 28;

/** Our command: from build/test/bin to dist/bin. */
export function ours(name: string): string {
  return fileURLToPath(new URL(`../../../dist/bin/${name}`, import.meta.url));
}

/** The C program, and why a test has to be skipped where it is missing (in CI it must not be). */
export function peer(name: string): { readonly path: string; readonly skip: string | false } {
  const path = `/usr/bin/${name}`;
  const missing = !existsSync(path) && !process.env["CI"];
  return { path, skip: missing ? `${path} is not installed: nothing to compare with` : false };
}

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
