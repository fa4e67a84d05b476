/**
 * A configuration of Supervisor 4: its files, its programs, and what else it has. Read as Supervisor reads it, so
 * that what it refuses is refused here.
 */

import { expandGlob } from "../posix/glob.ts";
import { AT_CWD, orFatal, type Posix, readSmall } from "../posix/index.ts";
import { expand } from "./expand.ts";
import { inPlace, Mistake, readIni, type Section, type Sections } from "./ini.ts";
import { type Program, readPrograms } from "./program.ts";
import { readList, readName, readOctal } from "./values.ts";
import { splitEnvironment } from "./words.ts";

const MOST_BYTES = 1 << 24;
const DEFAULT_UMASK = 0o022;

/** What the daemon hands on to every program. */
export interface Daemon {
  readonly umask: number;
  readonly environment: ReadonlyMap<string, string>;
  readonly user: string | undefined;
  readonly directory: string | undefined;
}

export interface Configuration {
  readonly daemon: Daemon;
  readonly programs: readonly Program[];
  /** Sections that are no programs, and no groups of them. */
  readonly others: readonly string[];
  /** What the reader of it should know. */
  readonly remarks: readonly string[];
}

/** What values can refer to. */
export interface Surroundings {
  readonly posix: Posix;
  readonly hostName: string;
  readonly environment: ReadonlyMap<string, string>;
  /** An absolute path. */
  readonly workingDirectory: string;
}

/** @throws Mistake, Fatal */
export function readConfiguration(path: string, around: Surroundings): Configuration {
  const reader = new Reader(path, around);
  return reader.read();
}

class Reader {
  private readonly around: Surroundings;
  private readonly path: string;
  private readonly here: string;
  private readonly sections: Sections = new Map();
  private readonly remarks: string[] = [];
  private readonly names: Map<string, string | number>;

  constructor(path: string, around: Surroundings) {
    this.around = around;
    this.path = path.startsWith("/") ? path : `${around.workingDirectory}/${path}`;
    this.here = directoryOf(this.path);
    const { hostName, environment } = around;
    this.names = new Map<string, string | number>([
      ["here", this.here],
      ["host_node_name", hostName],
    ]);
    for (const [name, value] of environment) this.names.set(`ENV_${name}`, value);
  }

  read(): Configuration {
    this.add(this.path);
    this.include();
    const daemon = this.daemon();
    for (const [name, value] of daemon.environment) this.names.set(`ENV_${name}`, value);
    const programs = this.programs();
    const others = [...this.sections.keys()].filter((name) => !/^(program|group):/.test(name));
    expectDistinct(programs);
    return { daemon, programs, others, remarks: this.remarks };
  }

  private add(path: string): void {
    const text = orFatal(["read ", path], () =>
      readSmall(this.around.posix, AT_CWD, path, MOST_BYTES),
    );
    if (text === undefined) throw new Mistake(`there is no file ${path}`);
    readIni(text.toString(), path, directoryOf(path), this.sections);
  }

  private include(): void {
    const section = this.sections.get("include");
    if (section === undefined) return;
    const files = this.value(section, "include", "files");
    if (files === undefined) throw new Mistake("[include] has no files");
    for (const pattern of files.split(/\s+/).filter((word) => word !== "")) {
      const whole = pattern.startsWith("/") ? pattern : `${this.here}/${pattern}`;
      const paths = expandGlob(this.around.posix, Buffer.from(whole)).map(String).sort();
      if (paths.length === 0) this.remarks.push(`no file matches ${whole}, which [include] names`);
      for (const path of paths) this.add(path);
    }
  }

  private value(section: Section, name: string, key: string): string | undefined {
    const entry = section.get(key);
    return entry && expand(inPlace(entry), this.names, `${key} of [${name}]`);
  }

  private daemon(): Daemon {
    const name = "supervisord";
    const section = this.sections.get(name);
    if (section === undefined) throw new Mistake(`${this.path} has no section [supervisord]`);
    const get = (key: string): string | undefined => this.value(section, name, key);
    const umask = get("umask");
    // Twice, as Supervisor does it.
    const text = expand(get("environment") ?? "", this.names, `environment of [${name}]`);
    return {
      umask: umask === undefined ? DEFAULT_UMASK : readOctal(umask),
      environment: splitEnvironment(text),
      user: get("user"),
      directory: get("directory"),
    };
  }

  private programs(): Program[] {
    const grouped = new Set<string>();
    const programs: Program[] = [];
    for (const [name, section] of this.sections) {
      if (!name.startsWith("group:")) continue;
      const group = readName(name.slice("group:".length));
      for (const member of readList(this.value(section, name, "programs") ?? "")) {
        grouped.add(`program:${member}`);
        programs.push(...this.members(name, member, group));
      }
    }
    for (const [name, section] of this.sections) {
      if (!name.startsWith("program:") || grouped.has(name)) continue;
      const group = readName(name.slice("program:".length));
      programs.push(...readPrograms(name, section, group, this.names));
    }
    return programs;
  }

  /** A program of a group; a fcgi-program counts as one of the others. */
  private members(name: string, member: string, group: string): Program[] {
    const section = this.sections.get(`program:${member}`);
    if (section !== undefined) return readPrograms(`program:${member}`, section, group, this.names);
    if (this.sections.has(`fcgi-program:${member}`)) return [];
    throw new Mistake(`[${name}] names the program ${member}, and there is none`);
  }
}

function expectDistinct(programs: readonly Program[]): void {
  const seen = new Set<string>();
  for (const { group, name } of programs) {
    const both = `${group}:${name}`;
    if (seen.has(both)) throw new Mistake(`there are two processes ${both}`);
    seen.add(both);
  }
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}
