/**
 * Services as Supervisor's processes: each in a group, its own where no file `group` names one. A process is
 * called `GROUP:NAME`, or NAME alone where the two are the same; `GROUP:*` and `GROUP:` are all of a group.
 */
import type { ServiceView, Tree } from "../tree/types.ts";
import { RpcFault } from "./faults.ts";

export interface Process {
  readonly name: string;
  readonly group: string;
  readonly view: ServiceView;
}

export function processOf(view: ServiceView): Process {
  return { name: view.name, group: view.group ?? view.name, view };
}

/** By group, then by name. */
export function allProcesses(tree: Tree): Process[] {
  return tree.services().map(processOf).sort(byGroup);
}

function byGroup(a: Process, b: Process): number {
  return compare(a.group, b.group) || compare(a.name, b.name);
}

/** In the order of characters, as Supervisor sorts. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

export function groupOf(tree: Tree, group: string): Process[] {
  const processes = tree.services().map(processOf);
  return processes.filter((process) => process.group === group).sort(byGroup);
}

/** A process, or all of a group. */
export type Named = { readonly process: Process } | { readonly group: string };

/**
 * Who is meant by a name.
 *
 * @throws RpcFault BAD_NAME
 */
export function findNamed(tree: Tree, text: string): Named {
  // Names may hold colons: a service's own name comes first.
  const whole = tree.service(text);
  if (whole !== undefined && (whole.group ?? text) === text) return { process: processOf(whole) };
  const colon = text.indexOf(":");
  if (colon < 0) throw new RpcFault("BAD_NAME", text);
  const group = text.slice(0, colon);
  const name = text.slice(colon + 1);
  if (name === "" || name === "*") {
    if (groupOf(tree, group).length > 0) return { group };
    throw new RpcFault("BAD_NAME", text);
  }
  const view = tree.service(name);
  if (view === undefined || (view.group ?? name) !== group) throw new RpcFault("BAD_NAME", text);
  return { process: processOf(view) };
}

/** @throws RpcFault BAD_NAME, also for a group */
export function findProcess(tree: Tree, text: string): Process {
  const named = findNamed(tree, text);
  if ("group" in named) throw new RpcFault("BAD_NAME", text);
  return named.process;
}
