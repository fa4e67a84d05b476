/** multilog: see common/multilog.ts. */
import { argumentBytes, leave, restoreEnvironment } from "../posix/index.ts";
import { multilog } from "./common/multilog.ts";

// What processors find: the launcher has kept it from Node.
restoreEnvironment();
void multilog(argumentBytes()).then(leave);
