/** The room's face for outside users. */
export type { Account, LogdirAccount } from "./account.ts";
export { CopyPipes } from "./copy-pipe.ts";
export type { Tally } from "./counts.ts";
export { createMultilog, Multilog, type MultilogEvents, type MultilogOptions } from "./multilog.ts";
