/** The version that this package states of itself. */
import { readFile } from "../../posix/assets.ts";

const manifest = new URL("../../../../package.json", import.meta.url);

export function ownVersion(): string {
  const { version } = JSON.parse(readFile(manifest).toString()) as { version: string };
  return version;
}
