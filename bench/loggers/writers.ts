/** Programs that write what they get: Apache's rotatelogs, cat, and Node's bare loop. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BARE_LOOP } from "../names.ts";
import { type Form, isOneLog, type Logger, logdirsOf, sizeOf, type Task } from "./logger.ts";

const form: Form = { stampBytes: 0, cutsLines: true };
const canDo = (task: Task): boolean => !task.stamp && isOneLog(task);

function logdirOf(task: Task, directory: string): string {
  return logdirsOf(task, directory)[0] ?? directory;
}

export function rotatelogs(name: string, command: string): Logger {
  return {
    name,
    settings:
      "as it comes; -D, so that it makes its directory. Files are named by the second: it rotates no sooner",
    canDo,
    prepare: (task, directory) => ({
      command,
      args: ["-D", join(logdirOf(task, directory), "log"), `${sizeOf(task)}B`],
    }),
    wayIn: "pipe",
    form,
  };
}

export function cat(name: string, shell: string): Logger {
  return {
    name,
    settings: "into one file, which grows for ever",
    canDo: (task) => canDo(task) && task.sizeBytes === undefined,
    prepare: (task, directory) => ({
      command: shell,
      args: ["-c", 'mkdir -p "$0" && exec cat >>"$0/log"', logdirOf(task, directory)],
    }),
    wayIn: "pipe",
    form,
  };
}

/** Node reading and writing and doing nothing else: the floor of any logger written for it. */
export const bareLoop: Logger = {
  name: BARE_LOOP,
  settings:
    "64 KiB read, 64 KiB written, a new file when one is full; nothing is looked at or safe",
  canDo,
  prepare: (task, directory) => ({
    command: process.execPath,
    args: [
      fileURLToPath(new URL("../bare-loop.js", import.meta.url)),
      logdirOf(task, directory),
      String(sizeOf(task)),
    ],
  }),
  wayIn: "pipe",
  form,
};
