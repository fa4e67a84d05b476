/** The file in which the processor of a log directory finds what it kept at its last run. */
import type { Fd, Posix } from "../posix/index.ts";
import { IN_USE_MODE } from "./place.ts";

/** Makes `state` new and empty, whatever stood there. */
export function makeState(posix: Posix, directory: Fd): void {
  posix.close(posix.openAt(directory, "state", "truncate", IN_USE_MODE));
}
