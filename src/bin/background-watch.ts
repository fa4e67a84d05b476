/** background-watch: see src/chain/background-watch.ts. */
import { start } from "./common/house.ts";

void start("background-watch");
