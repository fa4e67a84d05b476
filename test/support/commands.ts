/** Where the built commands stand, and the C programs that they are compared with. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Our command: from build/test/support to dist/bin. */
export function ours(name: string): string {
  return fileURLToPath(new URL(`../../../dist/bin/${name}`, import.meta.url));
}

export interface Peer {
  readonly path: string;
  /** Why a test that needs it is skipped. In CI it never is: there a missing program fails the test. */
  readonly skip: string | false;
}

/** The C program of that name. */
export function peer(name: string): Peer {
  const path = `/usr/bin/${name}`;
  const missing = !existsSync(path) && process.env["CI"] === undefined;
  return { path, skip: missing ? `${path} is not installed: nothing to compare with` : false };
}
