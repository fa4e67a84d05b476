/** Stopping and signalling a process as Supervisor does. */
import { signalName } from "../../posix/signals.ts";
import type { Action } from "../tree/types.ts";
import { RpcFault } from "./faults.ts";
import type { Order } from "./several.ts";
import { isRunning, isSignallable, isStopped } from "./state.ts";
import type { Supervisord } from "./supervisord.ts";
import { tell } from "./tell.ts";
import { untilSeen } from "./waiting.ts";

/** @throws RpcFault, Gone */
export async function stopProcess(
  supervisord: Supervisord,
  order: Order,
  wait: boolean,
): Promise<void> {
  const { view, called, caller } = order;
  if (!isRunning(supervisord.stateOf(view))) throw new RpcFault("NOT_RUNNING", called);
  await tell(supervisord, order, "stop", "NOT_RUNNING");
  if (!wait) return;
  const { tree } = supervisord;
  const look = (): true | undefined => {
    const now = tree.service(view.name);
    return now === undefined || isStopped(supervisord.stateOf(now)) || undefined;
  };
  await untilSeen(tree, caller.gone, look, view.name);
}

/** The signals that a supervisor passes on. */
const ACTIONS: Readonly<Record<string, Action>> = {
  SIGHUP: "hup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGKILL: "kill",
  SIGUSR1: "usr1",
  SIGUSR2: "usr2",
  SIGALRM: "alarm",
  SIGTERM: "term",
  SIGCONT: "continue",
  SIGSTOP: "pause",
  SIGWINCH: "winch",
};

/**
 * @param signal  a name with or without SIG, in any case, or a number; 0 sends nothing
 * @throws RpcFault
 */
export async function signalProcess(
  supervisord: Supervisord,
  order: Order,
  signal: string,
): Promise<void> {
  const action = readSignal(signal);
  if (action === undefined) throw new RpcFault("BAD_SIGNAL", signal);
  if (!isSignallable(supervisord.stateOf(order.view)))
    throw new RpcFault("NOT_RUNNING", order.called);
  if (action !== "none") await tell(supervisord, order, action, "NOT_RUNNING");
}

function readSignal(text: string): Action | "none" | undefined {
  if (/^[0-9]{1,3}$/.test(text)) {
    const number = Number(text);
    return number === 0 ? "none" : ACTIONS[signalName(number) ?? ""];
  }
  const upper = text.toUpperCase();
  const name = upper.startsWith("SIG") ? upper : `SIG${upper}`;
  return Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
}
