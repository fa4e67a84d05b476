/**
 * `pipe-share BYTES`: as a user of no privilege, enlarges pipes until they hold more than BYTES in
 * all, and prints what size each got.
 */
import { become, posix } from "../../../src/posix/index.ts";

const WANTED_BYTES = 1 << 20;
/** No account of that number owns pipes on a usual system. */
const NOBODY_ELSE = 54_321;

become(NOBODY_ELSE, NOBODY_ELSE);
const pipes = Math.ceil(Number(process.argv[2]) / WANTED_BYTES) + 4;
for (let count = 0; count < pipes; count++) {
  const [readEnd] = posix.pipe();
  process.stdout.write(`${posix.resizePipe(readEnd, WANTED_BYTES)}\n`);
}
