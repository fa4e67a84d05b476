/** Waits until its standard input has an end, and then for nothing; the watch is not stopped. */
import { posix } from "../../../src/posix/index.ts";

process.stdout.write("watching\n");
const stdin = posix.watch(0);
await stdin?.next();
process.stdout.write("seen\n");
