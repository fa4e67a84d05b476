/** Files of users for tests, and what a client sends of them. */
import { scryptSync } from "node:crypto";
import fs from "node:fs";
import { join } from "node:path";
import { posix } from "../../src/posix/index.ts";
import { setPassword } from "../../src/web/index.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";

export const PASSWORD = "correct horse";

export function basic(name: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}` };
}

/** A file of users; unless it is to be as ours are, one whose hash is quickly made. */
export async function makeUsers(scope: Scope, isReal: boolean = false): Promise<string> {
  const file = join(temporaryDirectory(scope), "users");
  if (isReal) await setPassword(posix, file, "admin", PASSWORD);
  else {
    const key = scryptSync(PASSWORD, Buffer.alloc(6), 32, { N: 1024 }).toString("base64");
    const line = `admin:scrypt$1024$8$1$AAAAAAAA$${key.replaceAll("=", "")}\n`;
    fs.writeFileSync(file, line, { mode: 0o600 });
  }
  return file;
}
