/** Methods about the server itself, and about all services at once. */

import { causeText } from "../../posix/index.ts";
import { RpcFault } from "./faults.ts";
import { type Caller, type Method, method, TEXT } from "./method.ts";
import { findProcess } from "./processes.ts";
import { others } from "./several.ts";
import { isRunning, isStopped } from "./state.ts";
import { stopProcess } from "./stop.ts";
import { DAEMON_STATES, type Supervisord } from "./supervisord.ts";
import { Gone, untilSeen } from "./waiting.ts";

const API_VERSION = "3.0";
/** Of the Supervisor whose clients find here what they know. */
const SUPERVISOR_VERSION = "4.2.5";
const IDENTIFICATION = "timberline";
/** Longer than this a service that does not end keeps nobody out. */
const PATIENCE_MS = 60_000;

export function daemonMethods(supervisord: Supervisord): Method[] {
  const constant = (name: string, help: string, value: string): Method =>
    method({ name: `supervisor.${name}`, returns: "string", help, parameters: [] }, () => value);
  return [
    constant("getAPIVersion", "The version of these methods.", API_VERSION),
    constant("getVersion", "The version of these methods.", API_VERSION),
    constant("getSupervisorVersion", "Which Supervisor this stands in for.", SUPERVISOR_VERSION),
    constant("getIdentification", "What this server calls itself.", IDENTIFICATION),
    method(
      {
        name: "supervisor.getState",
        returns: "struct",
        help: "RUNNING; SHUTDOWN or RESTARTING while all services are being stopped.",
        parameters: [],
      },
      () => ({ statecode: DAEMON_STATES[supervisord.state], statename: supervisord.state }),
    ),
    method(
      {
        name: "supervisor.getPID",
        returns: "int",
        help: "The process id of this server, which is not that of svscan.",
        parameters: [],
      },
      () => process.pid,
    ),
    method(
      {
        name: "supervisor.shutdown",
        returns: "boolean",
        help: "Stops all services; svscan stays, and this server.",
        parameters: [],
        changes: true,
      },
      (caller) => {
        void stopAll(supervisord, caller, "SHUTDOWN");
        return true;
      },
    ),
    method(
      {
        name: "supervisor.restart",
        returns: "boolean",
        help: "Stops all services, then starts those that are normally up.",
        parameters: [],
        changes: true,
      },
      (caller) => {
        void restartAll(supervisord, caller);
        return true;
      },
    ),
    ...talkingMethods(supervisord),
  ];
}

function talkingMethods({ tree }: Supervisord): Method[] {
  return [
    method(
      {
        name: "supervisor.sendProcessStdin",
        returns: "boolean",
        help: "Always a fault: a service's standard input is its own, this server has no pipe to it.",
        parameters: [TEXT, TEXT],
        changes: true,
      },
      (_, name) => {
        const { view } = findProcess(tree, name);
        throw new RpcFault(view.pid === null ? "NOT_RUNNING" : "NO_FILE", name);
      },
    ),
    method(
      {
        name: "supervisor.sendRemoteCommEvent",
        returns: "boolean",
        help: "Does nothing, as with a supervisord that has no event listeners. Takes a type and data.",
        parameters: [TEXT, TEXT],
      },
      () => true,
    ),
  ];
}

/** Tells all to stop, and is in that state until they have. Never rejects. */
async function stopAll(
  supervisord: Supervisord,
  { who }: Caller,
  state: "SHUTDOWN" | "RESTARTING",
): Promise<void> {
  const { site, tree } = supervisord;
  supervisord.state = state;
  site.record(who, state === "SHUTDOWN" ? "shutdown: all services" : "restart: all services");
  const patience = AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), site.ending]);
  try {
    const running = others(supervisord).filter(({ view }) => isRunning(supervisord.stateOf(view)));
    await Promise.all(
      running.map(({ name, view }) =>
        stopProcess(
          supervisord,
          { view, called: name, caller: { who, gone: patience } },
          false,
        ).catch(ignoreFault),
      ),
    );
    await untilSeen(tree, patience, () => {
      const states = others(supervisord).map(({ view }) => supervisord.stateOf(view));
      return states.every(isStopped) || undefined;
    });
  } catch (failure) {
    site.warn(`${state.toLowerCase()}: ${whyUnfinished(failure)}`);
  } finally {
    supervisord.state = "RUNNING";
  }
}

/** Never rejects. */
async function restartAll(supervisord: Supervisord, caller: Caller): Promise<void> {
  await stopAll(supervisord, caller, "RESTARTING");
  try {
    await startAll(supervisord, caller);
  } catch (failure) {
    supervisord.site.warn(`restart: ${whyUnfinished(failure)}`);
  }
}

function whyUnfinished(failure: unknown): string {
  return failure instanceof Gone ? "some services have not ended" : causeText(failure);
}

async function startAll({ tree }: Supervisord, { who }: Caller): Promise<void> {
  const normal = tree.services().filter(({ normally }) => normally === "up");
  await Promise.all(normal.map(({ name }) => tree.act(name, "start", { waitMs: undefined, who })));
}

/** Of one that has just ended, or gone. */
function ignoreFault(failure: unknown): void {
  if (!(failure instanceof RpcFault)) throw failure;
}
