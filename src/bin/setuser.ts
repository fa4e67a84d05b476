/** setuser: see src/chain/setuser.ts. */
import { start } from "./common/house.ts";

void start("setuser");
