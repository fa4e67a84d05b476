/** Files that belong to the package itself, such as the kernel. */
import fs from "node:fs";

export function readFile(url: URL): Buffer {
  return fs.readFileSync(url);
}
