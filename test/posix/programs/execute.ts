/**
 * `execute PROGRAM ARG…`: becomes PROGRAM, with the environment of EXECUTE_ENV (strings with `|`
 * between them) where that is set. Prints why it could not.
 */
import { argumentBytes, execute, ignoreAgain, SystemFailure } from "../../../src/posix/index.ts";
import { environmentBytes } from "./environment.ts";

ignoreAgain();
const argv = argumentBytes();
try {
  execute({ paths: [argv[0] ?? ""], argv, environment: environmentBytes() });
} catch (failure) {
  if (!(failure instanceof SystemFailure)) throw failure;
  process.stdout.write(`${failure.code} ${failure.syscall}`);
}
