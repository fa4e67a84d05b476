/** multilog: see common/multilog.ts. */
import { argumentBytes, leave } from "../posix/index.ts";
import { multilog } from "./common/multilog.ts";

void multilog(argumentBytes()).then(leave);
