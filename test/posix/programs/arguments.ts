/** Prints its arguments in hexadecimal, as a JSON array. */
import { argumentBytes } from "../../../src/posix/index.ts";

process.stdout.write(JSON.stringify(argumentBytes().map((word) => word.toString("hex"))));
