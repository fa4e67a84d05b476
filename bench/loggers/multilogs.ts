/** The family of multilog: log directories, rotated by size, stamped with TAI64N. */
import fs from "node:fs";
import { join } from "node:path";
import type { Program } from "../child.ts";
import { builtCommand } from "../machine.ts";
import { OURS } from "../names.ts";
import { FILES, type Form, type Logger, logdirsOf, sizeOf, type Task } from "./logger.ts";

/** A label and a blank. */
const form: Form = { stampBytes: 26 };

function multilogScript(task: Task, directory: string): string[] {
  const limits = [`s${sizeOf(task)}`, `n${FILES}`];
  const script = [...(task.stamp ? ["t"] : []), ...limits];
  if (task.dropped === undefined) return [...script, ...logdirsOf(task, directory)];
  const star = task.stamp ? "* " : "";
  const dropped = task.dropped.map((words) => `-${star}${words} *`);
  const status = ["-*", `+${star}status: *`, `=${join(directory, "status")}`];
  return [...script, ...dropped, ...logdirsOf(task, directory), ...status];
}

/** The same for s6-log, whose patterns are regular expressions on the line without its stamp. */
function s6Script(task: Task, directory: string): string[] {
  const limits = [`s${sizeOf(task)}`, `n${FILES}`];
  const stamp = task.stamp ? ["t"] : [];
  const logs = logdirsOf(task, directory).flatMap((path) => [...stamp, path]);
  if (task.dropped === undefined) return ["--", ...limits, ...logs];
  const dropped = task.dropped.map((words) => `-^${words} `);
  const status = ["-", "+^status: ", ...stamp, `=${join(directory, "status")}`];
  return ["--", ...limits, ...dropped, ...logs, ...status];
}

function svlogdWords(task: Task, directory: string, bufferBytes: number | undefined): string[] {
  const logdirs = logdirsOf(task, directory);
  for (const path of logdirs) {
    fs.mkdirSync(path, { recursive: true });
    fs.writeFileSync(join(path, "config"), `s${sizeOf(task)}\nn${FILES}\n`);
  }
  const stamp = task.stamp ? ["-t"] : [];
  // It cuts longer lines in two, and wants a buffer for a whole one.
  const length = task.lineBytes === undefined ? [] : ["-l", task.lineBytes];
  const least = task.lineBytes === undefined ? undefined : task.lineBytes + 1;
  const buffer = bufferBytes ?? least;
  const room = buffer === undefined ? [] : ["-b", Math.max(buffer, least ?? 0)];
  return [...stamp, ...[...length, ...room].map(String), ...logdirs];
}

function program(
  command: string,
  words: (task: Task, directory: string) => string[],
): (task: Task, directory: string) => Program {
  return (task, directory) => ({ command, args: words(task, directory) });
}

/** Any build of our own: the one beside this bench unless another is named. */
export function multilogAt(name: string, command: string, settings: string): Logger {
  const prepare = program(command, multilogScript);
  return { name, settings, canDo: () => true, prepare, wayIn: "pipe", form };
}

export const ours: Logger = multilogAt(OURS, builtCommand("multilog"), "as it comes");

export function s6Log(name: string, command: string): Logger {
  const settings = "as it comes: nothing else has to do with speed";
  const prepare = program(command, s6Script);
  return { name, settings, canDo: () => true, prepare, wayIn: "pipe", form };
}

export function svlogd(name: string, command: string, bufferBytes?: number): Logger {
  return {
    name,
    settings:
      bufferBytes === undefined
        ? "as it comes: a buffer of 1024 bytes, lines of 1000"
        : `its best: -b ${bufferBytes}, a larger buffer`,
    canDo: ({ dropped }) => dropped === undefined,
    prepare: program(command, (task, directory) => svlogdWords(task, directory, bufferBytes)),
    wayIn: "pipe",
    form,
  };
}
