/** Methods that tell of processes, start, stop and signal them. */
import { type Method, method, type Parameter, TEXT, type Types, WAIT } from "./method.ts";
import { allProcesses, findProcess } from "./processes.ts";
import { type Deed, onGroup, onNamed, onSeveral, others } from "./several.ts";
import { startProcess } from "./start.ts";
import { isRunning, isSignallable } from "./state.ts";
import { signalProcess, stopProcess } from "./stop.ts";
import type { Supervisord } from "./supervisord.ts";

export function processMethods(supervisord: Supervisord): Method[] {
  const { tree } = supervisord;
  return [
    method(
      {
        name: "supervisor.getProcessInfo",
        returns: "struct",
        help: "What is known of a process. Takes its name, NAME or GROUP:NAME.",
        parameters: [TEXT],
      },
      (_, name) => supervisord.info(findProcess(tree, name)),
    ),
    method(
      {
        name: "supervisor.getAllProcessInfo",
        returns: "array",
        help: "What is known of every process, by group and name.",
        parameters: [],
      },
      () => allProcesses(tree).map((process) => supervisord.info(process)),
    ),
    ...family(supervisord, {
      verb: "start",
      does: "Starts",
      last: WAIT,
      more: "waits until it is running, unless the last argument is false",
      deed: (wait) => ({
        eligible: (state) => !isRunning(state),
        act: (order) => startProcess(supervisord, order, wait),
      }),
    }),
    ...family(supervisord, {
      verb: "stop",
      does: "Stops",
      last: WAIT,
      more: "waits until it has stopped, unless the last argument is false",
      deed: (wait) => ({
        eligible: isRunning,
        act: (order) => stopProcess(supervisord, order, wait),
      }),
    }),
    ...family(supervisord, {
      verb: "signal",
      does: "Signals",
      last: TEXT,
      more: "takes the signal last, by name or number",
      deed: (signal) => ({
        eligible: isSignallable,
        act: (order) => signalProcess(supervisord, order, signal),
      }),
    }),
  ];
}

interface Kind<T extends keyof Types> {
  readonly verb: string;
  readonly does: string;
  /** What stands behind the name. */
  readonly last: Parameter<T>;
  readonly more: string;
  readonly deed: (last: Types[T]) => Deed;
}

/** The same with one process, with a group, with all. */
function family<T extends keyof Types>(
  supervisord: Supervisord,
  { verb, does, last, more, deed }: Kind<T>,
): Method[] {
  const changes = true;
  const results = "Answers what became of each.";
  return [
    method(
      {
        name: `supervisor.${verb}Process`,
        returns: "boolean",
        help: `${does} a process, NAME, GROUP:NAME, or GROUP:* for all of a group; ${more}.`,
        parameters: [TEXT, last],
        changes,
      },
      (caller, name, value) => onNamed(supervisord, name, deed(value), caller),
    ),
    method(
      {
        name: `supervisor.${verb}ProcessGroup`,
        returns: "array",
        help: `${does} all processes of a group; ${more}. ${results}`,
        parameters: [TEXT, last],
        changes,
      },
      (caller, group, value) => onGroup(supervisord, group, deed(value), caller),
    ),
    method(
      {
        name: `supervisor.${verb}AllProcesses`,
        returns: "array",
        help: `${does} all processes; ${more}. ${results}`,
        parameters: [last],
        changes,
      },
      (caller, value) => onSeveral(supervisord, others(supervisord), deed(value), caller),
    ),
  ];
}
