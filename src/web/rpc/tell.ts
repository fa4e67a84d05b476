/** What Supervisor does to a process is a command to its supervisor here. */
import type { Action } from "../tree/types.ts";
import { type FaultName, RpcFault } from "./faults.ts";
import type { Order } from "./several.ts";
import type { Supervisord } from "./supervisord.ts";

/**
 * Resolves when it was told; what comes of it is another question.
 *
 * @param refused  what it is called when it cannot be told
 * @throws RpcFault that, or BAD_NAME where the service has gone
 */
export async function tell(
  { tree }: Supervisord,
  { view: { name }, called, caller: { who } }: Order,
  action: Action,
  refused: FaultName,
): Promise<void> {
  const { ok, words } = await tree.act(name, action, { waitMs: undefined, who });
  if (ok) return;
  throw new RpcFault(
    tree.service(name) === undefined ? "BAD_NAME" : refused,
    `${called} (${words})`,
  );
}
