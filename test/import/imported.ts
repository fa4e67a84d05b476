/** A configuration of Supervisor's on the disk, and what is made of it here and there. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readConfiguration, type Surroundings } from "../../src/import/configuration.ts";
import { Mistake, planImport } from "../../src/import/index.ts";
import type { LogSettings } from "../../src/import/program.ts";
import { posix } from "../../src/posix/index.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";

const ORACLE = fileURLToPath(new URL("../../../test/import/programs/oracle.py", import.meta.url));
const VARIABLES: Readonly<Record<string, string>> = {
  PATH: "/usr/bin:/bin",
  WHO: "me",
  PERCENT: "100%",
};

export class Imported {
  readonly directory: string;
  readonly path: string;

  /** @param files  others beside it, by their names */
  constructor(scope: Scope, text: string, files: Readonly<Record<string, string>> = {}) {
    this.directory = temporaryDirectory(scope);
    this.path = join(this.directory, "main.conf");
    for (const [name, content] of Object.entries({ "main.conf": text, ...files })) {
      fs.mkdirSync(dirname(join(this.directory, name)), { recursive: true });
      fs.writeFileSync(join(this.directory, name), content);
    }
  }

  get around(): Surroundings {
    const environment = new Map(Object.entries(VARIABLES));
    return { posix, hostName: hostname(), environment, workingDirectory: this.directory };
  }

  /** The processes as we read them; a mistake where there is one. */
  ours(): unknown {
    try {
      const { programs, daemon } = readConfiguration(this.path, this.around);
      const found = programs.map((program) => {
        const { section: _section, user: _user, unmatched: _unmatched, ...rest } = program;
        const environment = new Map([...daemon.environment, ...program.environment]);
        return {
          ...rest,
          directory: rest.directory ?? null,
          umask: rest.umask ?? null,
          stdout: settings(rest.stdout, false),
          stderr: settings(rest.stderr, rest.redirectStderr),
          environment: [...environment].sort(([a], [b]) => (a < b ? -1 : 1)),
        };
      });
      return found.sort((a, b) => (`${a.group}:${a.name}` < `${b.group}:${b.name}` ? -1 : 1));
    } catch (failure) {
      if (failure instanceof Mistake) return failure;
      throw failure;
    }
  }

  /** The processes as Supervisor reads them; undefined where it refuses. */
  theirs(): unknown {
    const { status, stdout } = spawnSync("/usr/bin/python3", [ORACLE, this.path], {
      cwd: this.directory,
      env: { ...VARIABLES },
      encoding: "utf8",
    });
    return status === 0 ? (JSON.parse(stdout) as unknown) : undefined;
  }

  plan(): ReturnType<typeof planImport> {
    return planImport(this.path, this.around);
  }
}

function settings(
  { place, mostBytes, backups, toSyslog }: LogSettings,
  isJoined: boolean,
): unknown[] {
  const where = place.kind === "file" ? place.path : place.kind === "auto" ? "auto" : "none";
  return [isJoined ? "none" : where, mostBytes, backups, toSyslog];
}
