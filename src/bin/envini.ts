/** envini: see src/chain/envini.ts. */
import { start } from "./common/house.ts";

void start("envini");
