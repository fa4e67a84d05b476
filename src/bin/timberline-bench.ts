/** timberline-bench: see common/bench.ts. */
import { start } from "./common/house.ts";

void start("timberline-bench");
