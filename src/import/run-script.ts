/** The file `run` of a program. */
import type { Daemon } from "./configuration.ts";
import type { LogSettings, Program } from "./program.ts";
import { quoted } from "./words.ts";

/** Names that a shell can export; the search path is for the program alone. */
const EXPORTABLE = /^(?!PATH$)[A-Za-z_][A-Za-z0-9_]*$/;

/** @param source  the file that the program comes from */
export function runScript(program: Program, daemon: Daemon, source: string): string {
  const { section, command, redirectStderr, stdout, stderr } = program;
  const environment = new Map([...daemon.environment, ...program.environment]);
  const exported = [...environment].filter(([name]) => EXPORTABLE.test(name));
  const directory = program.directory ?? daemon.directory ?? "/";
  const lines = [
    "#!/bin/sh",
    `# [${section.replaceAll(/\s/g, " ")}] of ${source.replaceAll(/\s/g, " ")}`,
    `umask ${(program.umask ?? daemon.umask).toString(8).padStart(3, "0")}`,
    ...(isNowhere(stdout) ? ["exec >/dev/null"] : []),
    ...(redirectStderr ? ["exec 2>&1"] : isNowhere(stderr) ? ["exec 2>/dev/null"] : []),
    `cd ${quoted(directory)} || exit 111`,
    ...exported.map(([name, value]) => `export ${name}=${quoted(value)}`),
    `exec ${[...asUser(program.user ?? daemon.user), ...others(environment), ...command.map(quoted)].join(" ")}`,
  ];
  return `${lines.join("\n")}\n`;
}

function isNowhere({ place, toSyslog }: LogSettings): boolean {
  return place.kind === "none" && !toSyslog;
}

function asUser(user: string | undefined): string[] {
  if (user === undefined || user === "root" || user === "0") return [];
  const name = /^[0-9]+$/.test(user) ? `"$(id -nu ${user})"` : quoted(user);
  return ["setuidgid", "-s", name];
}

/** Behind the change of user, so that the program alone finds them. */
function others(environment: ReadonlyMap<string, string>): string[] {
  const pairs = [...environment].filter(([name]) => !EXPORTABLE.test(name));
  if (pairs.length === 0) return [];
  return ["env", ...pairs.map(([name, value]) => `${quoted(name)}=${quoted(value)}`)];
}
