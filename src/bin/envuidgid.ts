/** envuidgid: see src/chain/envuidgid.ts. */
import { start } from "./common/house.ts";

void start("envuidgid");
