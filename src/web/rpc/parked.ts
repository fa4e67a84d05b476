/**
 * Services that are kept aside: under a name with a dot, which svscan passes over. That is how a service is
 * removed from a tree and comes back to it; nobody has to remember anything.
 *
 * Only what was supervised before counts: who makes a service makes it under such a name as well.
 */
import { AT_CWD, joined, namesAt, type Posix, unlessRefused } from "../../posix/index.ts";
import { LOG_FOLDERS } from "../../supervise/hosted-log.ts";
import { readGroup } from "../../supervise/service-state.ts";
import { lastNameOf, parentOf } from "../../supervise/state-news.ts";
import { sendNow } from "../../supervise/svc.ts";
import { nameText } from "../tree/names.ts";
import { RpcFault } from "./faults.ts";

const DOT = 0x2e;
const EXIT = Buffer.from("x");
const STOP_AND_EXIT = Buffer.from("dx");

export interface Parked {
  /** Without the dot. */
  readonly name: string;
  readonly group: string;
  /** As it is now, with the dot. */
  readonly directory: Buffer;
}

export function findParked(posix: Posix, scanDirectories: readonly string[]): Parked[] {
  return scanDirectories.flatMap((scanned) =>
    (unlessRefused(() => namesAt(posix, scanned)) ?? [])
      .filter((name) => name[0] === DOT)
      .flatMap((name) => parkedAt(posix, joined([scanned, "/", name])) ?? []),
  );
}

function parkedAt(posix: Posix, directory: Buffer): Parked | undefined {
  return unlessRefused(() => {
    const dir = posix.openAt(AT_CWD, directory, "directory");
    try {
      if (posix.statusAt(dir, "supervise/status") === undefined) return undefined;
      const name = nameText(lastNameOf(directory).subarray(1));
      return { name, group: readGroup(posix, dir) ?? name, directory };
    } finally {
      posix.close(dir);
    }
  });
}

/**
 * Takes a service out of its tree, as docs/commands/svscan.md has it: first its name, then its supervisors.
 *
 * @throws RpcFault FAILED where a service of that name is kept aside already; SystemFailure
 */
export function park(posix: Posix, directory: string): void {
  const bytes = Buffer.from(directory);
  const name = lastNameOf(bytes);
  const aside = joined([parentOf(bytes), "/.", name]);
  move(posix, bytes, aside);
  for (const folder of LOG_FOLDERS.keys())
    sendNow(posix, joined([aside, `/${folder}`]), STOP_AND_EXIT);
  sendNow(posix, aside, EXIT);
}

/** Puts it back; svscan finds it. @throws RpcFault FAILED where its name is taken; SystemFailure */
export function unpark(posix: Posix, { directory }: Parked): void {
  const name = lastNameOf(directory).subarray(1);
  move(posix, directory, joined([parentOf(directory), "/", name]));
}

/** Over nothing that is there. */
function move(posix: Posix, from: Buffer, to: Buffer): void {
  if (posix.statusAt(AT_CWD, to) !== undefined)
    throw new RpcFault("FAILED", `${nameText(lastNameOf(to))} is there already`);
  posix.renameAt(AT_CWD, from, to);
}
