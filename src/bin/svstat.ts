/** svstat: see common/svstat.ts. */
import { start } from "./common/house.ts";

void start("svstat");
