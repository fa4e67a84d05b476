/** import-supervisord: see common/import.ts. */
import { start } from "./common/house.ts";

void start("import-supervisord");
