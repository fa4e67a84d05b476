/** Where and with what a bench ran: numbers without it mean nothing. */
import { execFileSync, type StdioOptions } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { fileURLToPath } from "node:url";

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
const benchFolder = new URL("../../bench/", import.meta.url);
/** Debian's packages of the programs that we are compared with. */
const PEER_PACKAGES = ["daemontools", "s6", "runit", "rsyslog", "apache2-utils", "supervisor"];
const PACKAGES = [...PEER_PACKAGES, "coreutils"];

let known: Record<string, string> | undefined;

/** Node's version, this tree's commit, the peers' packages: what is there of them. */
export function describeVersions(): Record<string, string> {
  known ??= askVersions();
  return known;
}

function askVersions(): Record<string, string> {
  const { version = "" } = readManifest(manifest);
  const commit = askCommit();
  const versions: Record<string, string> = {
    timberline: commit === undefined ? version : `${version} (${commit})`,
    node: process.version,
  };
  for (const name of PACKAGES) {
    const found = ask("dpkg-query", ["-W", "-f", `\${Version}`, name]);
    if (found !== undefined && found !== "") versions[name] = found;
  }
  for (const name of npmPackages()) {
    const { version: found } = readManifest(
      new URL(`node_modules/${name}/package.json`, benchFolder),
    );
    if (found !== undefined) versions[name] = found;
  }
  return versions;
}

/** With a mark where something is changed; what a bench writes itself does not count. */
function askCommit(): string | undefined {
  const commit = ask("git", ["describe", "--always", "--abbrev=10"]);
  const others = ["bench/results", "docs", "README.md"].map((path) => `:(top,exclude)${path}`);
  const changed = ask("git", [
    "status",
    "--porcelain",
    "--untracked-files=no",
    "--",
    ":(top)",
    ...others,
  ]);
  return commit === undefined || changed === undefined || changed === ""
    ? commit
    : `${commit}-dirty`;
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Empty for a package that is not installed. */
function readManifest(url: URL): Manifest {
  return existsSync(url) ? (JSON.parse(readFileSync(url, "utf8")) as Manifest) : {};
}

/** The libraries that we are compared with: all that bench/ asks for but what draws the charts. */
function npmPackages(): string[] {
  const { dependencies = {} } = readManifest(new URL("package.json", benchFolder));
  return Object.keys(dependencies).filter((name) => !name.startsWith("vega"));
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

export function builtCommand(name: string): string {
  return fileURLToPath(new URL(`../../dist/bin/${name}`, import.meta.url));
}

/** Finds a program of the system; not ours, which bears the same name. */
export function findProgram(name: string): string | undefined {
  const directories = ["/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin", "/command"];
  return directories.map((directory) => `${directory}/${name}`).find((path) => existsSync(path));
}
