/** fghack: see src/chain/fghack.ts. */
import { start } from "./common/house.ts";

void start("fghack");
