/** daemonize: see src/chain/daemonize.ts. */
import { start } from "./common/house.ts";

void start("daemonize");
