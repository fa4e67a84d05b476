/** What is done with one process, with all of a group, with all: and what becomes of each. */
import type { ServiceView } from "../tree/types.ts";
import { FAULTS, RpcFault } from "./faults.ts";
import type { Caller } from "./method.ts";
import { allProcesses, findNamed, groupOf, type Process } from "./processes.ts";
import type { StateName } from "./state.ts";
import type { Supervisord } from "./supervisord.ts";
import type { RpcStruct, RpcValue } from "./values.ts";

/** What is asked of a process. */
export interface Order {
  readonly view: ServiceView;
  /** Its name in faults. */
  readonly called: string;
  readonly caller: Caller;
}

export interface Deed {
  /** With which of several it is done. */
  readonly eligible: (state: StateName) => boolean;
  /** @throws RpcFault, Gone */
  readonly act: (order: Order) => Promise<void>;
}

/** All, but for this server where it is one of them: it could not answer any more. */
export function others(supervisord: Supervisord): Process[] {
  const own = supervisord.ownService();
  return allProcesses(supervisord.tree).filter(({ view }) => view !== own);
}

/** @param name  of a process, or of a group: `GROUP:*`. @throws RpcFault, Gone */
export async function onNamed(
  supervisord: Supervisord,
  name: string,
  deed: Deed,
  caller: Caller,
): Promise<RpcValue> {
  const named = findNamed(supervisord.tree, name);
  if ("group" in named) return onGroup(supervisord, named.group, deed, caller);
  await deed.act({ view: named.process.view, called: name, caller });
  return true;
}

/** @throws RpcFault BAD_NAME, Gone */
export async function onGroup(
  supervisord: Supervisord,
  group: string,
  deed: Deed,
  caller: Caller,
): Promise<RpcValue> {
  const processes = groupOf(supervisord.tree, group);
  if (processes.length === 0) throw new RpcFault("BAD_NAME", group);
  return onSeveral(supervisord, processes, deed, caller);
}

/** At once with all that are eligible. @returns what became of each, as it came about */
export async function onSeveral(
  supervisord: Supervisord,
  processes: readonly Process[],
  { eligible, act }: Deed,
  caller: Caller,
): Promise<RpcValue> {
  const results: RpcStruct[] = [];
  const chosen = processes.filter(({ view }) => eligible(supervisord.stateOf(view)));
  await Promise.all(
    chosen.map(async ({ name, group, view }) => {
      const called = name === group ? name : `${group}:${name}`;
      results.push({ name, group, ...(await resultOf(() => act({ view, called, caller }))) });
    }),
  );
  return results;
}

/** Status and description of a result. */
export async function resultOf(act: () => Promise<void>): Promise<RpcStruct> {
  try {
    await act();
    return { status: FAULTS.SUCCESS, description: "OK" };
  } catch (failure) {
    if (!(failure instanceof RpcFault)) throw failure;
    return { status: failure.code, description: failure.message };
  }
}
