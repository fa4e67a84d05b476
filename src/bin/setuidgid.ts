/** setuidgid: see src/chain/setuidgid.ts. */
import { start } from "./common/house.ts";

void start("setuidgid");
