/** `become UID GID [GROUP…]`: becomes that user, and prints what the kernel then says of this process. */
import fs from "node:fs";
import { become, SystemFailure } from "../../../src/posix/index.ts";

const [uid = 0, gid = 0, ...groups] = process.argv.slice(2).map(Number);
if (groups.length > 0) become(uid, gid, groups);
else become(uid, gid);

const status = fs.readFileSync("/proc/self/status", "utf8");
const numbers = (key: string): number[] =>
  (new RegExp(`^${key}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "")
    .split(/\s+/)
    .filter(Boolean)
    .map(Number);
let back = "";
try {
  become(0, 0);
} catch (failure) {
  back = failure instanceof SystemFailure ? failure.code : String(failure);
}
process.stdout.write(
  JSON.stringify({ uids: numbers("Uid"), gids: numbers("Gid"), groups: numbers("Groups"), back }),
);
