/** svc: see common/svc.ts. */
import { start } from "./common/house.ts";

void start("svc");
