/** readproctitle: see src/chain/readproctitle.ts. */
import { start } from "./common/house.ts";

void start("readproctitle");
