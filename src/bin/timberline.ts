/** timberline: see common/timberline.ts. */
import { start } from "./common/house.ts";

void start("timberline");
