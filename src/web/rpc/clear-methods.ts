/** Methods that clear logs. */
import { SystemFailure } from "../../posix/index.ts";
import { LOG_FOLDER, type LogStream } from "../tree/log-place.ts";
import type { ServiceView } from "../tree/types.ts";
import { clearLogs } from "./clear-log.ts";
import { RpcFault } from "./faults.ts";
import { type Caller, type Method, method, TEXT } from "./method.ts";
import { allProcesses, findProcess } from "./processes.ts";
import { resultOf } from "./several.ts";
import type { Supervisord } from "./supervisord.ts";
import type { RpcStruct } from "./values.ts";

/** Each has its log directories open meanwhile. */
const MOST_AT_ONCE = 32;

export function clearMethods(supervisord: Supervisord): Method[] {
  const one = (name: string): Method =>
    method(
      {
        name: `supervisor.${name}`,
        returns: "boolean",
        help: "Removes what the logs of a process hold. Takes its name.",
        parameters: [TEXT],
        changes: true,
      },
      async (caller, process) => {
        await clear(supervisord, findProcess(supervisord.tree, process).view, caller);
        return true;
      },
    );
  return [
    one("clearProcessLogs"),
    one("clearProcessLog"),
    method(
      {
        name: "supervisor.clearLog",
        returns: "boolean",
        help: "Removes what the log of this server holds, where it is one of the services that it serves.",
        parameters: [],
        changes: true,
      },
      async (caller) => {
        const own = supervisord.ownService();
        if (own === undefined) throw new RpcFault("NO_FILE");
        await clear(supervisord, own, caller);
        return true;
      },
    ),
    method(
      {
        name: "supervisor.clearAllProcessLogs",
        returns: "array",
        help: "Removes what the logs of all processes hold.",
        parameters: [],
        changes: true,
      },
      (caller) => clearAll(supervisord, caller),
    ),
  ];
}

async function clearAll(supervisord: Supervisord, caller: Caller): Promise<RpcStruct[]> {
  const results: RpcStruct[] = [];
  const all = allProcesses(supervisord.tree);
  while (all.length > 0) {
    const some = all.splice(0, MOST_AT_ONCE).map(async ({ name, group, view }) => {
      const result = await resultOf(() => clear(supervisord, view, caller));
      return { name, group, ...result };
    });
    results.push(...(await Promise.all(some)));
  }
  return results;
}

async function clear(supervisord: Supervisord, view: ServiceView, caller: Caller): Promise<void> {
  const { posix, tree, site } = supervisord;
  const streams = Object.keys(LOG_FOLDER) as LogStream[];
  const directories = streams.flatMap((stream) => supervisord.logOf(view, stream) ?? []);
  try {
    await clearLogs(posix, directories, async () => {
      const { ok, words } = await tree.act(view.name, "rotate", {
        waitMs: undefined,
        who: caller.who,
      });
      if (!ok) throw new RpcFault("FAILED", words);
    });
    site.record(caller.who, `clear ${view.name}: its logs were emptied`);
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    site.record(caller.who, `clear ${view.name}: ${failure.text}`);
    throw new RpcFault("FAILED", view.name);
  }
}
