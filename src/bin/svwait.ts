/** svwait: see common/svwait.ts. */
import { start } from "./common/house.ts";

void start("svwait");
