/** The version that this package states of itself. */
import { readFile } from "../../posix/assets.ts";

export function version(): string {
  // From dist/lib/bin/, where this file is a part of a bundle.
  const manifest = new URL("../../../package.json", import.meta.url);
  const { version: own } = JSON.parse(readFile(manifest).toString()) as { version: string };
  return own;
}
