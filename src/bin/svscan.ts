/** svscan: see common/svscan.ts. */
import { start } from "./common/house.ts";

void start("svscan");
