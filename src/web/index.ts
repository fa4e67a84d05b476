/** The room's face: a server for the tree of services. */
export { type ServeOptions, type Serving, serve } from "./server/serve.ts";
export { LiveTree, type LiveTreeOptions } from "./tree/live-tree.ts";
export type { Action, Outcome, ServiceView, Tree } from "./tree/types.ts";
