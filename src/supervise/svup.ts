/**
 * Is a service up, and its logger?
 *
 * @see daemontools-encore 1.11, svup.c
 */
import {
  AT_CWD,
  Fatal,
  type Fd,
  joined,
  type Name,
  orFatal,
  type Posix,
  SYSTEM_TROUBLE,
  SystemFailure,
  unableTo,
} from "../posix/index.ts";
import { loggerKind } from "./hosted-log.ts";
import { isUp, readState, type ServiceState } from "./service-state.ts";

const TYPE_BITS = 0o170000;
const DIRECTORY = 0o040000;

/** What is asked about: the service and its logger where it has one, or one of the two. */
export type Part = "both" | "service" | "logger";

/** @throws Fatal, exit code 111, when it cannot be found out */
export function isServiceUp(posix: Posix, directory: Name, part: Part): boolean {
  const state = stateOf(posix, directory);
  if (part === "service") return isUp(state);
  const isLoggerUp = loggerIsUp(posix, directory, state);
  return part === "logger" ? isLoggerUp === true : isUp(state) && isLoggerUp !== false;
}

/** @returns undefined when there is none */
function loggerIsUp(posix: Posix, directory: Name, service: ServiceState): boolean | undefined {
  const { status, isSupervised } = service;
  // encore's supervisor has the logger as well.
  if (status?.log !== undefined) return isSupervised && isUp({ ...service, status: status.log });
  const log = joined([directory, "/log"]);
  const kind = orFatal(["stat ", log], () => loggerKind(posix, log));
  // A file of that name is somebody else's: encore's own logger is in the record.
  if (kind === "none" || !isDirectoryAt(posix, log)) return undefined;
  // svscan writes it as long as it has the service.
  return kind === "hosted" ? isSupervised : isUp(stateOf(posix, log));
}

function isDirectoryAt(posix: Posix, path: Name): boolean {
  return ((posix.statusAt(AT_CWD, path)?.mode ?? 0) & TYPE_BITS) === DIRECTORY;
}

function stateOf(posix: Posix, directory: Name): ServiceState {
  const dir: Fd = orFatal(["chdir to ", directory], () =>
    posix.openAt(AT_CWD, directory, "directory"),
  );
  try {
    const state = readState(posix, dir);
    if (!state.isSupervised || state.status !== undefined) return state;
    const words = ["bad data in ", directory, "/supervise/status: truncated file"];
    throw new Fatal(SYSTEM_TROUBLE, joined(words));
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    const file = joined([directory, "/", failure.path ?? "supervise"]);
    throw new Fatal(SYSTEM_TROUBLE, unableTo(["open ", file], failure));
  } finally {
    posix.close(dir);
  }
}
