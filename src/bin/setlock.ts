/** setlock: see src/chain/setlock.ts. */
import { start } from "./common/house.ts";

void start("setlock");
