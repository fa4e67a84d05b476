/** A whole configuration as service directories: planned, told, and written where nothing is. */
import { AT_CWD, joined, orFatal, type Posix } from "../posix/index.ts";
import { type Configuration, readConfiguration, type Surroundings } from "./configuration.ts";
import { Mistake } from "./ini.ts";
import type { Program } from "./program.ts";
import { planService, type Service } from "./service.ts";

/** For Supervisor itself, its clients and its listeners. */
const OWN_SECTIONS = /^(?:supervisord|include|supervisorctl|DEFAULT)$/;

export interface Import {
  readonly services: readonly Service[];
  /** What became of the rest. */
  readonly remarks: readonly string[];
}

/**
 * Reads a configuration and plans its service directories.
 *
 * @throws Mistake what is wrong with it. Fatal
 */
export function planImport(path: string, around: Surroundings): Import {
  const configuration = readConfiguration(path, around);
  const { programs, daemon } = configuration;
  const names = directoryNames(programs);
  const services = programs.map((program, index) =>
    planService(names[index] ?? program.name, program, daemon, path),
  );
  return { services, remarks: remarksOn(configuration) };
}

/** The name of a process, or, where another has the same, that of its group in front of it. */
function directoryNames(programs: readonly Program[]): string[] {
  const count = new Map<string, number>();
  for (const { name } of programs) count.set(name, (count.get(name) ?? 0) + 1);
  const names = programs.map(({ group, name }) =>
    count.get(name) === 1 ? name : `${group}-${name}`,
  );
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index)
      throw new Mistake(`two processes would be services of the name ${name}: rename one`);
    if (name.startsWith("."))
      throw new Mistake(`${name} would be hidden from svscan, as it begins with a dot: rename it`);
  }
  return names;
}

function remarksOn({ others, remarks, programs }: Configuration): string[] {
  const unmatched = others
    .filter((name) => !OWN_SECTIONS.test(name))
    .map((name) => `[${name}] has no counterpart and was left out`);
  const variables =
    programs.length > 0
      ? ["SUPERVISOR_ENABLED, _PROCESS_NAME, _GROUP_NAME and _SERVER_URL are not set for programs"]
      : [];
  return [...remarks, ...unmatched, ...variables];
}

/** What is to be read of an import. */
export function report({ services, remarks }: Import, directory: string): string {
  const blocks = services.map(({ name, program, became, remarks: own }) => {
    const width = Math.max(0, ...became.map(([option]) => option.length));
    return [
      `${directory}/${name}, from [${program.section}]`,
      ...became.map(([option, place]) => `    ${option.padEnd(width)}  ${place}`),
      ...own.map((remark) => `    ! ${remark}`),
    ];
  });
  const lines = [...blocks.flat(), ...remarks.map((remark) => `! ${remark}`)];
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * Writes one service directory. It is there as a whole, or not at all.
 *
 * @returns false: something is there already, and was left alone
 * @throws Fatal
 */
export function writeService(posix: Posix, directory: string, service: Service): boolean {
  const place = `${directory}/${service.name}`;
  if (orFatal(["look at ", place], () => posix.statusAt(AT_CWD, place)) !== undefined) return false;
  // svscan passes over names that begin with a dot.
  const fresh = `${directory}/.${service.name}.new`;
  orFatal(["make ", fresh], () => posix.makeDirectory(AT_CWD, fresh, 0o755));
  for (const path of service.files.keys()) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    if (folder !== "")
      orFatal(["make ", fresh], () => posix.makeDirectory(AT_CWD, `${fresh}/${folder}`, 0o755));
  }
  for (const [path, { text, mode }] of service.files) {
    const file = `${fresh}/${path}`;
    orFatal(["write ", file], () => writeFile(posix, file, text, mode));
  }
  orFatal(["rename ", fresh], () => posix.renameAt(AT_CWD, fresh, place));
  return true;
}

function writeFile(posix: Posix, path: string, text: string, mode: number): void {
  const bytes = joined([text]);
  const fd = posix.openAt(AT_CWD, path, "new", mode);
  try {
    posix.setMode(fd, mode);
    for (let at = 0; at < bytes.length; ) at += posix.write(fd, bytes, at, bytes.length - at);
  } finally {
    posix.close(fd);
  }
}
