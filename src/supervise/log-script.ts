/** `log/script`: the logging script of a log that svscan writes itself. */

/** One that is longer is none. */
export const MOST_SCRIPT_BYTES: number = 128 * 1024;
const HASH = "#".charCodeAt(0);

/** One action a line; empty ones and those that begin with `#` are none. */
export function actionsOf(text: Buffer): Buffer[] {
  const actions: Buffer[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const line = text.subarray(at, end === -1 ? text.length : end);
    if (line.length > 0 && line[0] !== HASH) actions.push(line);
    at = end === -1 ? text.length : end + 1;
  }
  return actions;
}
