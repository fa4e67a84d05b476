/** syslog-in: see common/syslog-in.ts. */
import { start } from "./common/house.ts";

void start("syslog-in");
