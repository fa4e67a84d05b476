/** The room's face: the only way to the system. */
export { readFile } from "./assets.ts";
export { becomeSubreaper, sweepOrphans } from "./children.ts";
export { workingDirectory } from "./directory.ts";
export { DirectoryWatch } from "./directory-watch.ts";
export { posixAt } from "./elsewhere.ts";
export { execute, ignoreAgain, putBack, setUmask } from "./exec.ts";
export { OWN_FAULT, SYSTEM_TROUBLE, USAGE } from "./exit-codes.ts";
export { type FailingPosix, type Fault, failingPosix, Stopped } from "./failing.ts";
export {
  asFailure,
  errnoName,
  errnoText,
  ignoring,
  SystemFailure,
  unlessRefused,
} from "./failure.ts";
export { isDirectory, isRegular, isSocket } from "./file-kind.ts";
export { AT_CWD } from "./files.ts";
export { keepYoungSmall } from "./heap.ts";
export { closeHeld, type Held, makeHeld, noting } from "./held.ts";
export { become, findAccount, identity } from "./identity.ts";
export {
  argumentBytes,
  environmentBytes,
  type Launch,
  readLaunch,
  restoreEnvironment,
} from "./launch.ts";
export { leave, leaveAtOwnFault } from "./leave.ts";
export { getLimit, setLimit } from "./limits.ts";
export { causeText, Fatal, joined, orFatal, unableTo, type Words } from "./message.ts";
export { ownProgram } from "./own-program.ts";
export { FD_CLOEXEC, O_NONBLOCK, POLL_ERR, POLL_HUP, POLL_IN, POLL_OUT } from "./pipes.ts";
export { posix } from "./real.ts";
export { ownFault, put, say } from "./say.ts";
export { firstThatRuns, realPath, whyNotRun } from "./search.ts";
export { settle } from "./settle.ts";
export { firstLine, namesAt, readSmall } from "./small-file.ts";
export { sockets } from "./sockets.ts";
export { handedOn } from "./spawn.ts";
export { startSpawner } from "./spawner.ts";
export { whileIgnoring } from "./start.ts";
export {
  enlargePool,
  listenInThread,
  startThread,
  type Thread,
  threadData,
} from "./thread.ts";
export { Title } from "./title.ts";
export { turn } from "./turn.ts";
export type * from "./types.ts";
export { withUmask } from "./umask.ts";
export { type Compression, unpack } from "./unpack.ts";
