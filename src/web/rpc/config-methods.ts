/**
 * Methods about which services there are. svscan finds what is new in a scan directory by itself, so there is no
 * configuration to be read again: what waits to be added is what no supervisor has.
 */
import { SystemFailure, unlessRefused } from "../../posix/index.ts";
import { readService } from "../../supervise/index.ts";
import type { ServiceView } from "../tree/types.ts";
import { type Configured, configInfo } from "./config.ts";
import { RpcFault } from "./faults.ts";
import { type Caller, type Method, method, TEXT } from "./method.ts";
import { findParked, type Parked, park, unpark } from "./parked.ts";
import { allProcesses, compare, groupOf, type Process } from "./processes.ts";
import { isStopped } from "./state.ts";
import type { Supervisord } from "./supervisord.ts";
import type { RpcStruct } from "./values.ts";
import { Gone, untilSeen } from "./waiting.ts";

/** svscan looks every five seconds, told or not. */
const PATIENCE_MS = 10_000;
const NO_LOGS = { stdout: [], stderr: [] } as const;

export function configMethods(supervisord: Supervisord): Method[] {
  return [
    method(
      {
        name: "supervisor.getAllConfigInfo",
        returns: "array",
        help: "What the directory of each service asks for; also of those that were removed.",
        parameters: [],
      },
      () => allConfigInfo(supervisord),
    ),
    method(
      {
        name: "supervisor.reloadConfig",
        returns: "array",
        help: "The groups that no supervisor has yet, [[added, changed, removed]]; the latter two are empty.",
        parameters: [],
      },
      () => {
        supervisord.tree.refresh();
        const waiting = allProcesses(supervisord.tree).filter(({ view }) => !isInUse(view));
        return [[[...new Set(waiting.map(({ group }) => group))], [], []]];
      },
    ),
    method(
      {
        name: "supervisor.addProcessGroup",
        returns: "boolean",
        help: "Puts the services of a group back that were removed, and waits until svscan has found them.",
        parameters: [TEXT],
        changes: true,
      },
      (caller, group) => addGroup(supervisord, group, caller),
    ),
    method(
      {
        name: "supervisor.removeProcessGroup",
        returns: "boolean",
        help: "Takes the services of a group, all of them stopped, out of the tree: their names get a dot in front.",
        parameters: [TEXT],
        changes: true,
      },
      (caller, group) => removeGroup(supervisord, group, caller),
    ),
  ];
}

const isInUse = ({ state }: ServiceView): boolean => state !== "unsupervised";

function allConfigInfo(supervisord: Supervisord): RpcStruct[] {
  const { posix, tree } = supervisord;
  const all = [
    ...allProcesses(tree).map((process) => configuredOf(supervisord, process)),
    ...findParked(posix, tree.directories).map((one) => parkedOf(supervisord, one)),
  ];
  return all
    .filter((one) => one !== undefined)
    .sort((a, b) => compare(a.name, b.name))
    .map((one) => configInfo(posix, one));
}

/** @returns undefined where it has just gone, or cannot be read */
function configuredOf(
  supervisord: Supervisord,
  { name, group, view }: Process,
): Configured | undefined {
  const { tree } = supervisord;
  const settings = tree.settings(name);
  return (
    settings && {
      name,
      group,
      directory: view.directory,
      isInUse: isInUse(view),
      isNormallyUp: view.normally === "up",
      settings,
      logFiles: {
        stdout: supervisord.logFile(view, "stdout"),
        stderr: supervisord.logFile(view, "stderr"),
      },
      logScripts: {
        stdout: tree.logScript(name, "stdout"),
        stderr: tree.logScript(name, "stderr"),
      },
    }
  );
}

function parkedOf({ posix }: Supervisord, parked: Parked): Configured | undefined {
  const { name, group, directory } = parked;
  const report = unlessRefused(() => readService(directory, posix));
  return (
    report && {
      name,
      group,
      directory: directory.toString(),
      isInUse: false,
      isNormallyUp: report.isNormallyUp,
      settings: report.settings,
      logFiles: { stdout: "", stderr: "" },
      logScripts: NO_LOGS,
    }
  );
}

async function addGroup(
  supervisord: Supervisord,
  group: string,
  { who, gone }: Caller,
): Promise<boolean> {
  const { posix, tree, site } = supervisord;
  const parked = findParked(posix, tree.directories).filter((one) => one.group === group);
  const isThere = groupOf(tree, group).length > 0;
  if (parked.length === 0 && !isThere) throw new RpcFault("BAD_NAME", group);
  const isNew = parked.length > 0 || groupOf(tree, group).some(({ view }) => !isInUse(view));
  if (!isNew) throw new RpcFault("ALREADY_ADDED", group);
  for (const one of parked) orFailed(group, () => unpark(posix, one));
  site.record(who, `add ${group}: ${parked.length} put back`);
  tree.refresh();
  const patience = AbortSignal.any([gone, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    return await untilSeen(tree, patience, () => {
      const members = groupOf(tree, group);
      return (members.length > 0 && members.every(({ view }) => isInUse(view))) || undefined;
    });
  } catch (failure) {
    if (!(failure instanceof Gone)) throw failure;
    throw new RpcFault("FAILED", `${group}: no svscan has found it`);
  }
}

function removeGroup(supervisord: Supervisord, group: string, { who }: Caller): boolean {
  const { posix, tree, site } = supervisord;
  const members = groupOf(tree, group);
  if (members.length === 0) throw new RpcFault("BAD_NAME", group);
  if (!members.every(({ view }) => isStopped(supervisord.stateOf(view))))
    throw new RpcFault("STILL_RUNNING", group);
  for (const { view } of members) {
    orFailed(group, () => park(posix, view.directory));
    site.record(who, `remove ${view.name}: taken out of the tree`);
  }
  tree.refresh();
  return true;
}

function orFailed(group: string, action: () => void): void {
  try {
    action();
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    throw new RpcFault("FAILED", `${group}: ${failure.text}`);
  }
}
