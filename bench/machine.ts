/** Where and with what a bench ran: numbers without it mean nothing. */
import { execFileSync, type StdioOptions } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
}

export function describeMachine(): Machine {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? "unknown",
    cores: all.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
  };
}

const manifest = new URL("../../package.json", import.meta.url);
/** Debian's packages of the programs that we are compared with. */
const PACKAGES = ["daemontools", "s6", "runit", "coreutils"];

/** Node's version, this tree's commit, the peers' packages: what is there of them. */
export function describeVersions(): Record<string, string> {
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  const commit = ask("git", ["describe", "--always", "--dirty", "--abbrev=10"]);
  const versions: Record<string, string> = {
    timberline: commit === undefined ? version : `${version} (${commit})`,
    node: process.version,
  };
  for (const name of PACKAGES) {
    const found = ask("dpkg-query", ["-W", "-f", `\${Version}`, name]);
    if (found !== undefined && found !== "") versions[name] = found;
  }
  return versions;
}

function ask(command: string, args: readonly string[]): string | undefined {
  try {
    const quietly: StdioOptions = ["ignore", "pipe", "ignore"];
    return execFileSync(command, args, { encoding: "utf8", stdio: quietly }).trim();
  } catch (error) {
    // No such program, or it does not know: then the results do not say.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** Finds a program of the system; not ours, which bears the same name. */
export function findProgram(name: string): string | undefined {
  const directories = ["/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin", "/command"];
  return directories.map((directory) => `${directory}/${name}`).find((path) => existsSync(path));
}
