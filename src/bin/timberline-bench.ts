/** timberline-bench: see common/timberline-bench.ts. */
import { start } from "./common/house.ts";

void start("timberline-bench");
