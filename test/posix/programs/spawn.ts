/**
 * `spawn PROGRAM ARG…`: starts PROGRAM with our standard descriptors, and ends as it does. Closes
 * the descriptor of SPAWN_CLOSES first; with the last word `limit`, prints its own soft limit.
 */
import { argumentBytes, getLimit, ignoreAgain, posix } from "../../../src/posix/index.ts";

ignoreAgain();
const argv = argumentBytes();
const closed = process.env["SPAWN_CLOSES"];
if (closed !== undefined) posix.close(Number(closed));
const { code } = await posix.spawn(argv[0] ?? "", argv, { descriptors: [0, 1, 2] });
if (argv.at(-1)?.toString() === "limit") process.stdout.write(String(getLimit("openFiles").soft));
process.exitCode = code ?? 1;
