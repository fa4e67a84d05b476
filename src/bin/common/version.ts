/** The version that this package states of itself. */
import { readFile } from "../../posix/assets.ts";

/** @param manifest  the package.json */
export function versionOf(manifest: URL): string {
  const { version } = JSON.parse(readFile(manifest).toString()) as { version: string };
  return version;
}
