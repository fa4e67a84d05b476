/** Running the programs of ./programs as a user would: by the launcher, or by Node alone. */
import { type SpawnSyncOptions, type SpawnSyncReturns, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const TIMEOUT_MS = 30_000;
/** From build/test/posix to the root. */
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
export const LAUNCHER: string = path.join(ROOT, "scripts", "launcher.sh");

export function programPath(name: string): string {
  return fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url));
}

/** Lays a package out below `directory`: bin/NAME is the launcher, and starts a program of ./programs. */
export function layOut(directory: string, name: string, program: string = name): string {
  const bin = path.join(directory, "dist", "bin");
  const lib = path.join(directory, "dist", "lib", "bin");
  for (const made of [bin, lib]) fs.mkdirSync(made, { recursive: true });
  fs.copyFileSync(LAUNCHER, path.join(bin, name));
  fs.chmodSync(path.join(bin, name), 0o755);
  fs.symlinkSync(programPath(program), path.join(lib, `${name}.cjs`));
  fs.writeFileSync(path.join(directory, "dist", "node-path"), `${process.execPath}\n`);
  return path.join(bin, name);
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Beyond 0, 1 and 2. */
  readonly descriptors?: readonly number[];
  readonly input?: string;
}

/** Runs a command to its end; output as latin1, a character a byte. */
export function run(
  command: string,
  args: readonly string[],
  { env = {}, cwd, descriptors = [], input = "" }: RunOptions = {},
): SpawnSyncReturns<string> {
  const options: SpawnSyncOptions & { encoding: "latin1" } = {
    encoding: "latin1",
    env: { PATH: "/usr/bin:/bin", ...env },
    stdio: ["pipe", "pipe", "pipe", ...descriptors],
    input,
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
  };
  return spawnSync(command, args, cwd === undefined ? options : { ...options, cwd });
}

/** Runs a program of ./programs under Node, without the launcher. */
export function runProgram(
  name: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): SpawnSyncReturns<string> {
  return run(process.execPath, [programPath(name), ...args], options);
}

/** Runs a line of shell, with `$1`, `$2`, … as given. */
export function shell(
  line: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): SpawnSyncReturns<string> {
  return run("/bin/sh", ["-c", line, "sh", ...args], options);
}
