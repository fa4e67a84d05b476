/** `lock FILE`: says whether the file can be locked at once; else waits for the lock, and says so. */
import { AT_CWD, posix } from "../../../src/posix/index.ts";

const lock = posix.openAt(AT_CWD, process.argv[2] ?? "", "append");
const free = posix.lock(lock);
process.stdout.write(free ? "free\n" : "held\n");
if (!free) {
  posix.lock(lock, true);
  process.stdout.write("mine now\n");
}
