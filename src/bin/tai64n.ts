/** tai64n: see common/tai64n.ts. */
import { argumentBytes } from "../posix/launch.ts";
import { tai64n } from "./common/tai64n.ts";

tai64n(argumentBytes());
