// What the scripts share: where the project is, running a program, and installing what is missing.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  console.error(`this is Node ${process.versions.node}: Timberline needs 20.11 or newer`);
  process.exit(100);
}

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a program in the project's directory and ends this one with its exit code when it fails. */
export function run(program, args, options = {}) {
  const { status, signal, error } = spawnSync(program, args, {
    cwd: root,
    stdio: "inherit",
    ...options,
  });
  if (error) {
    console.error(`unable to run ${program}: ${error.message}`);
    process.exit(111);
  }
  if (status !== 0) process.exit(status ?? (signal ? 111 : 1));
}

/** Runs a command of an installed package: its script under this very Node. */
export function runTool(script, args) {
  run(process.execPath, [join(root, "node_modules", script), ...args]);
}

/** Installs the packages that the lockfile names, when they are missing or older than it. */
export function install() {
  installInto(root);
}

/** The same for a directory with a package.json and a lockfile of its own. */
export function installInto(directory) {
  const installed = join(directory, "node_modules", ".package-lock.json");
  const wanted = join(directory, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  console.error("installing packages …");
  const words = ["ci", "--ignore-scripts", "--no-fund", "--no-audit"];
  // npm's own program file runs under this Node, also when no npm is on the PATH.
  const npm = process.env.npm_execpath;
  const options = { cwd: directory };
  if (npm?.endsWith(".js")) run(process.execPath, [npm, ...words], options);
  else run("npm", words, options);
}
