/** From a logging script to the kernel's table. */
import { Fatal, joined } from "../posix/index.ts";
import { compileProgram, type KernelAction, type Program } from "./kernel/program.ts";
import type { Action, Script } from "./script.ts";
import type { Stamp } from "./stamp.ts";

/** The `=` files of a script as it names them, in its order. */
export function statusPaths(script: Script): string[] {
  return script.actions.flatMap((action) =>
    action.kind === "status" ? [Buffer.from(action.file).toString("latin1")] : [],
  );
}

/**
 * @param files  of each `=` action, which file it is: of several on one file the later line wins,
 *   whichever of them it went through
 * @throws Fatal, exit code 100, when the script is larger than the kernel's table
 */
export function compileScript(
  script: Script,
  stamp: Stamp | undefined,
  files: readonly string[],
): Program {
  try {
    return compileProgram(kernelActions(script.actions, files), stamp?.form);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Fatal(
      100,
      joined([`the logging script is more than the kernel can hold: ${error.message}`]),
    );
  }
}

function kernelActions(actions: readonly Action[], files: readonly string[]): KernelAction[] {
  let statuses = 0;
  return actions.map((action) => {
    if (action.kind === "logdir") return { kind: "logdir" };
    if (action.kind !== "status") return action;
    const file = files[statuses++] as string;
    const isShared = files.indexOf(file) !== files.lastIndexOf(file);
    return isShared ? { kind: "status", file } : { kind: "status" };
  });
}
