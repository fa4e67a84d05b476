/** Starting a process as Supervisor does: what is refused, and when it has come about. */
import { compareInstants } from "../../tai64/index.ts";
import type { ServiceView } from "../tree/types.ts";
import { type FaultName, RpcFault } from "./faults.ts";
import type { Order } from "./several.ts";
import { isRunning, USUAL_START_MS } from "./state.ts";
import type { Supervisord } from "./supervisord.ts";
import { tell } from "./tell.ts";
import { untilSeen } from "./waiting.ts";

/**
 * @param wait  until it is RUNNING, or has failed to become so; else it is told, and that is all
 * @throws RpcFault, Gone
 */
export async function startProcess(
  supervisord: Supervisord,
  order: Order,
  wait: boolean,
): Promise<void> {
  const { view, called, caller } = order;
  supervisord.checkCommand(view, called);
  const state = supervisord.stateOf(view);
  if (isRunning(state)) throw new RpcFault("ALREADY_STARTED", called);
  if (state === "UNKNOWN") throw new RpcFault("SPAWN_ERROR", called);
  // As in Supervisor: it is not started, and only who waits is told.
  if (state === "STOPPING" && wait) throw new RpcFault("ABNORMAL_TERMINATION", called);
  if (state === "STOPPING") return;
  const { tree } = supervisord;
  const verdict = observe(supervisord, view);
  await tell(supervisord, order, "start", "SPAWN_ERROR");
  if (!wait) return;
  const look = (): Verdict | undefined => verdict(tree.service(view.name));
  const found = await untilSeen(tree, caller.gone, look, view.name);
  if (found !== "started") throw new RpcFault(found, called);
}

type Verdict = "started" | FaultName;

/** To be made before the start: whatever differs from now on came of it. */
function observe(
  supervisord: Supervisord,
  before: ServiceView,
): (now: ServiceView | undefined) => Verdict | undefined {
  const { tree } = supervisord;
  const known = tree.deaths(before.name).at(-1);
  let hasChanged = false;
  return (now) => {
    if (now === undefined) return "BAD_NAME";
    const isOther = now.since !== before.since || now.pid !== before.pid;
    hasChanged ||= isOther || now.state !== before.state || now.want !== before.want;
    const last = tree.deaths(now.name).at(-1);
    const isFresh = last !== undefined && (!known || compareInstants(last.at, known.at) > 0);
    if (isFresh) {
      if ("unstarted" in last) return "SPAWN_ERROR";
      const { startMs } = supervisord.seen(now).settings();
      if (last.uptimeMs > (startMs ?? USUAL_START_MS) || startMs === 0) return "started";
      return last.asked ? "ABNORMAL_TERMINATION" : "SPAWN_ERROR";
    }
    return verdictOf(supervisord, now, { isOther, hasChanged });
  };
}

function verdictOf(
  supervisord: Supervisord,
  now: ServiceView,
  { isOther, hasChanged }: { readonly isOther: boolean; readonly hasChanged: boolean },
): Verdict | undefined {
  switch (supervisord.stateOf(now)) {
    case "RUNNING":
      return "started";
    case "STARTING":
      return undefined;
    case "BACKOFF":
      // Before its first start it looks like one that has failed.
      return isOther ? "SPAWN_ERROR" : undefined;
    case "FATAL":
      return hasChanged ? "SPAWN_ERROR" : undefined;
    case "STOPPING":
    case "STOPPED":
    case "EXITED":
    case "UNKNOWN":
      return hasChanged ? "ABNORMAL_TERMINATION" : undefined;
  }
}
