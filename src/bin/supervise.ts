/** supervise: see common/supervise.ts. */
import { start } from "./common/house.ts";

void start("supervise");
