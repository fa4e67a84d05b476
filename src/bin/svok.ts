/** svok: see common/svok.ts. */
import { start } from "./common/house.ts";

void start("svok");
