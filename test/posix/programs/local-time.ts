/** `local-time SECONDS…`: the local time of each, as JSON; null where there is none. */
import { posix } from "../../../src/posix/index.ts";

const times = process.argv.slice(2).map((seconds) => posix.localTime(BigInt(seconds)) ?? null);
process.stdout.write(JSON.stringify(times));
