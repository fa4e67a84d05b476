/** The room's face: a server for the tree of services. */
export { isLoopback } from "./server/host.ts";
export type { Listen } from "./server/listening.ts";
export { changeLine, type ServeOptions, type Serving, serve } from "./server/serve.ts";
export { isUserName, setPassword } from "./server/users-file.ts";
export { LiveTree, type LiveTreeOptions } from "./tree/live-tree.ts";
export type { Action, Outcome, ServiceView, Tree } from "./tree/types.ts";
