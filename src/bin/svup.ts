/** svup: see common/svup.ts. */
import { start } from "./common/house.ts";

void start("svup");
