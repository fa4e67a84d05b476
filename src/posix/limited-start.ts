/**
 * A program of its own: `limited-start LIMITS ACCOUNT PATH ARGV…` becomes PATH under the limits, and as the
 * account (see limited.ts).
 */
import { execute, ignoreAgain } from "./exec.ts";
import { SYSTEM_TROUBLE } from "./exit-codes.ts";
import { SystemFailure } from "./failure.ts";
import { files } from "./files.ts";
import { identity, isOurselves } from "./identity.ts";
import { argumentBytes, environmentBytes, readLimitList } from "./launch.ts";
import { leave } from "./leave.ts";
import { joined, unableTo } from "./message.ts";

const STDERR = 2;
const ROOT = 0;

const [list = Buffer.alloc(0), account = Buffer.alloc(0), path = Buffer.alloc(0), ...argv] =
  argumentBytes();
try {
  ignoreAgain();
  const softLimits = readLimitList(list.toString());
  if (account.length > 0) becomeAccount(account.toString());
  execute({ paths: [path], argv, environment: environmentBytes(), softLimits });
} catch (failure) {
  if (!(failure instanceof SystemFailure)) throw failure;
  const user = account.toString().split(":")[2];
  const whose = user === undefined ? "" : ` as ${user}`;
  const line = joined(["fatal: ", unableTo(["run ", path, whose], failure), "\n"]);
  files.write(STDERR, line, 0, line.length);
  leave(SYSTEM_TROUBLE);
}

/** @param word  UID:GID:NAME */
function becomeAccount(word: string): void {
  const [uid = -1, gid = -1] = word.split(":", 2).map(Number);
  // Who has no privilege may be told to stay who he is.
  if (uid !== ROOT && isOurselves(uid, gid)) return;
  identity.setAccountGroups(word.split(":")[2] ?? "", gid);
  identity.setGroup(gid);
  identity.setUser(uid);
}
