/** The room's face: the only way to the system. */
export { readFile } from "./assets.ts";
export { execute, ignoreAgain, putBack, setUmask } from "./exec.ts";
export { type FailingPosix, type Fault, failingPosix, Stopped } from "./failing.ts";
export { asFailure, errnoName, errnoText, ignoring, SystemFailure } from "./failure.ts";
export { AT_CWD } from "./files.ts";
export { become, findAccount } from "./identity.ts";
export { argumentBytes, type Launch, readLaunch } from "./launch.ts";
export { leave } from "./leave.ts";
export { getLimit, type Resource, setLimit } from "./limits.ts";
export { causeText, Fatal, joined, orFatal, unableTo, type Words } from "./message.ts";
export { FD_CLOEXEC, POLL_ERR, POLL_HUP, POLL_IN, POLL_OUT } from "./pipes.ts";
export { posix } from "./real.ts";
export type * from "./types.ts";
