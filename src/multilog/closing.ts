/** The end of an engine: its logs are closed, one after the other. */
import { unableTo } from "../posix/index.ts";
import type { EngineParts } from "./engine-parts.ts";
import type { Logdir } from "./logdir.ts";

/**
 * Closes every log; while that fails it is said and tried again after a pause, unless the program is
 * to end.
 *
 * @param onClosed  told of each log that is on the disk as a whole
 * @returns whether all of them are
 */
export async function closeLogs(
  parts: EngineParts,
  onClosed: (logdir: Logdir) => void,
): Promise<boolean> {
  let clean = true;
  for (const logdir of parts.logdirs) {
    if (parts.course.isStopping) logdir.hurry("leave");
    if (await closeLog(parts, logdir)) onClosed(logdir);
    else clean = false;
  }
  return clean;
}

async function closeLog(parts: EngineParts, logdir: Logdir): Promise<boolean> {
  for (;;) {
    const blocked = await logdir.close();
    if (blocked?.kind !== "failure") return !logdir.isLeft;
    if (parts.course.isStopping) {
      parts.warn(unableTo(blocked.words, blocked.failure));
      return false;
    }
    await parts.trouble.pause(blocked.words, blocked.failure);
  }
}
