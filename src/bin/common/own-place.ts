/** Where our commands are. */
import { realPath } from "../../posix/search.ts";

/** dist/bin, from dist/lib/bin/NAME.cjs, which this process runs; a URL would take half a millisecond. */
export function bin(): string | undefined {
  const entry = process.argv[1] ?? "";
  return realPath(`${entry.slice(0, entry.lastIndexOf("/"))}/../../bin`)?.toString();
}
