/** timberline-import: see common/timberline-import.ts. */
import { start } from "./common/house.ts";

void start("timberline-import");
