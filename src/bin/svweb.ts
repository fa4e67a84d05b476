/** svweb: see common/svweb.ts. */
import { start } from "./common/house.ts";

void start("svweb");
