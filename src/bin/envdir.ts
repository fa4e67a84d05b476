/** envdir: see src/chain/envdir.ts. */
import { start } from "./common/house.ts";

void start("envdir");
