/** tai64nlocal: see common/tai64nlocal.ts. */
import { argumentBytes } from "../posix/launch.ts";
import { tai64nlocal } from "./common/tai64nlocal.ts";

void tai64nlocal(argumentBytes());
