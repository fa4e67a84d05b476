/** A program of its own: `limited-start LIMITS PATH ARGV…` becomes PATH under the limits (see limited.ts). */
import { execute, ignoreAgain } from "./exec.ts";
import { SystemFailure } from "./failure.ts";
import { files } from "./files.ts";
import { argumentBytes, environmentBytes, readLimitList } from "./launch.ts";
import { leave } from "./leave.ts";
import { joined, unableTo } from "./message.ts";

const TROUBLE = 111;
const STDERR = 2;

const [list = Buffer.alloc(0), path = Buffer.alloc(0), ...argv] = argumentBytes();
try {
  ignoreAgain();
  const softLimits = readLimitList(list.toString());
  execute({ paths: [path], argv, environment: environmentBytes(), softLimits });
} catch (failure) {
  if (!(failure instanceof SystemFailure)) throw failure;
  const line = joined(["fatal: ", unableTo(["run ", path], failure), "\n"]);
  files.write(STDERR, line, 0, line.length);
  leave(TROUBLE);
}
