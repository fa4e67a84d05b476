/** pgrphack: see src/chain/pgrphack.ts. */
import { start } from "./common/house.ts";

void start("pgrphack");
