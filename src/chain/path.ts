/** Where a program may be: along PATH, as daemontools looks for it. */
import { type Environment, getVariable } from "./environment.ts";

const SLASH = 0x2f;
const COLON = 0x3a;
const DEFAULT_PATH = Buffer.from("/bin:/usr/bin");

/**
 * The files that a program's name may mean, in the order in which they are tried: the name itself
 * when there is a slash in it, else one for each element of PATH, an empty one being `.`.
 */
export function searchPath(word: Buffer, environment: Environment): readonly Buffer[] {
  if (word.includes(SLASH)) return [word];
  const path = getVariable(environment, "PATH") ?? DEFAULT_PATH;
  const files: Buffer[] = [];
  for (let at = 0; at <= path.length; ) {
    const colon = path.indexOf(COLON, at);
    const end = colon === -1 ? path.length : colon;
    const directory = end === at ? Buffer.from(".") : path.subarray(at, end);
    files.push(Buffer.concat([directory, Buffer.from("/"), word]));
    at = end + 1;
  }
  return files;
}
