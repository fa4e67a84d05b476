/**
 * Is a supervisor there: has somebody `supervise/ok` open for reading?
 *
 * @see daemontools 0.76, svok.c
 */
import { AT_CWD, Fatal, SYSTEM_TROUBLE, SystemFailure, unableTo } from "../posix/index.ts";
import { hostedBy } from "./hosted-log.ts";
import type { Visits } from "./visits.ts";

/**
 * Of a log that svscan writes itself: whether one is there for its service.
 *
 * @throws Fatal, exit code 111, when that cannot be found out
 */
export function hasSupervisor(visits: Visits, directory: Buffer): boolean {
  const { posix } = visits;
  const service = hostedBy(posix, directory);
  if (service !== undefined) return hasSupervisor(visits, service);
  let step = ["chdir to ", directory];
  try {
    return visits.in(directory, () => {
      step = ["open ", directory, "/supervise/ok"];
      posix.close(posix.openAt(AT_CWD, "supervise/ok", "write"));
      return true;
    });
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    const isOpening = step.length > 2;
    if (isOpening && (failure.code === "ENXIO" || failure.code === "ENOENT")) return false;
    throw new Fatal(SYSTEM_TROUBLE, unableTo(step, failure));
  }
}
