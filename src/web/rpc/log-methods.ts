/** Methods that read logs. */
import { SystemFailure } from "../../posix/index.ts";
import type { LogStream } from "../tree/log-place.ts";
import type { ServiceView } from "../tree/types.ts";
import { ByteLog } from "./byte-log.ts";
import { RpcFault } from "./faults.ts";
import { readWindow, tailWindow, type Window } from "./log-window.ts";
import { type Method, method, NUMBER, TEXT } from "./method.ts";
import { findProcess } from "./processes.ts";
import type { Supervisord } from "./supervisord.ts";
import type { RpcValue } from "./values.ts";

/** An answer is made in memory, and stays there until its client has taken it. */
const MOST_BYTES = 1 << 20;

const READ_HELP =
  "Takes an offset and a length in bytes; length 0: all that follows; a negative offset with length 0: the last bytes.";
const TAIL_HELP =
  "Answers text, the length of the log, and whether bytes behind the given offset were passed over; takes a name, " +
  "an offset and a length in bytes.";

export function logMethods(supervisord: Supervisord): Method[] {
  const read = (name: string, stream: LogStream): Method =>
    method(
      {
        name: `supervisor.${name}`,
        returns: "string",
        help: `Bytes of the log of a process, ${stream}. Takes its name first. ${READ_HELP}`,
        parameters: [TEXT, NUMBER, NUMBER],
      },
      (_, process, offset, length) => {
        const { view } = findProcess(supervisord.tree, process);
        return readText(supervisord, view, stream, { offset, length });
      },
    );
  const tail = (name: string, stream: LogStream): Method =>
    method(
      {
        name: `supervisor.${name}`,
        returns: "array",
        help: `The end of the log of a process, ${stream}. ${TAIL_HELP}`,
        parameters: [TEXT, NUMBER, NUMBER],
      },
      (_, process, offset, length) => {
        const { view } = findProcess(supervisord.tree, process);
        return tailText(supervisord, view, stream, { offset, length });
      },
    );
  return [
    read("readProcessStdoutLog", "stdout"),
    read("readProcessLog", "stdout"),
    read("readProcessStderrLog", "stderr"),
    tail("tailProcessStdoutLog", "stdout"),
    tail("tailProcessLog", "stdout"),
    tail("tailProcessStderrLog", "stderr"),
    ...mainLogMethods(supervisord),
  ];
}

function mainLogMethods(supervisord: Supervisord): Method[] {
  const read = (name: string): Method =>
    method(
      {
        name: `supervisor.${name}`,
        returns: "string",
        help: `Bytes of the log of this server, where it is one of the services that it serves. ${READ_HELP}`,
        parameters: [NUMBER, NUMBER],
      },
      (_, offset, length) => {
        const own = supervisord.ownService();
        if (own === undefined) throw new RpcFault("NO_FILE");
        return readText(supervisord, own, "stdout", { offset, length });
      },
    );
  return [read("readLog"), read("readMainLog")];
}

function readText(
  supervisord: Supervisord,
  view: ServiceView,
  stream: LogStream,
  { offset, length }: Window,
): string {
  const found = inLog(supervisord, view, stream, (log) => {
    const window = readWindow(log.length, offset, length);
    if (window === undefined) throw new RpcFault("BAD_ARGUMENTS");
    return textOf(supervisord, log, window);
  });
  if (found === undefined) throw new RpcFault("NO_FILE", view.name);
  return found;
}

function tailText(
  supervisord: Supervisord,
  view: ServiceView,
  stream: LogStream,
  { offset, length }: Window,
): RpcValue {
  const found = inLog(supervisord, view, stream, (log) => {
    const window = tailWindow(log.length, offset, length);
    return [textOf(supervisord, log, window), log.length, window.overflow];
  });
  return found ?? ["", 0, false];
}

function textOf({ labels }: Supervisord, log: ByteLog, { offset, length }: Window): string {
  if (length > MOST_BYTES)
    throw new RpcFault("FAILED", `more than ${MOST_BYTES} bytes at a time: ask for less`);
  return log.text(offset, length, labels).toString();
}

function inLog<T>(
  supervisord: Supervisord,
  view: ServiceView,
  stream: LogStream,
  use: (log: ByteLog) => T,
): T | undefined {
  const directory = supervisord.logOf(view, stream);
  if (directory === undefined) return undefined;
  try {
    return ByteLog.read(supervisord.posix, directory, use);
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    throw new RpcFault("FAILED", view.name);
  }
}
