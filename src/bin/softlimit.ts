/** softlimit: see src/chain/softlimit.ts. */
import { start } from "./common/house.ts";

void start("softlimit");
