/**
 * Accounts and identities, looked up as the C library does (so that directories other than
 * /etc/passwd answer too).
 */
import { bind, call, cString, koffi } from "./libc.ts";
import type { Account, Identity, Name } from "./types.ts";

const POINTERS_AND_NUMBERS = {
  pw_name: "char *",
  pw_passwd: "char *",
  pw_uid: "uint32_t",
  pw_gid: "uint32_t",
};
const BSD_FIELDS = { pw_change: "int64_t", pw_class: "char *" };
const REST = { pw_gecos: "char *", pw_dir: "char *", pw_shell: "char *" };

function passwdType(): unknown {
  const fields =
    process.platform === "darwin"
      ? { ...POINTERS_AND_NUMBERS, ...BSD_FIELDS, ...REST }
      : { ...POINTERS_AND_NUMBERS, ...REST };
  return koffi().struct(fields);
}

interface PasswdEntry {
  readonly pw_name: string;
  readonly pw_uid: number;
  readonly pw_gid: number;
  readonly pw_dir: string;
  readonly pw_shell: string;
}

const getpwnam = bind("void *getpwnam(const uint8_t *name)") as unknown as (
  name: Uint8Array,
) => unknown;
const setgidCall = bind("int setgid(uint32_t gid)");
const setuidCall = bind("int setuid(uint32_t uid)");
const initgroups = bind("int initgroups(const uint8_t *name, uint32_t gid)");
const setsid = bind("int setsid(void)");
const setgroupsCall = bind("int setgroups(size_t count, const uint32_t *groups)");

/** @returns the account of that name, or undefined when there is none */
export function findAccount(name: Name): Account | undefined {
  const found = getpwnam(cString(name, "getpwnam"));
  if (found === null) return undefined;
  const entry = koffi().decode(found, passwdType() as string) as PasswdEntry;
  return {
    name: entry.pw_name,
    uid: entry.pw_uid,
    gid: entry.pw_gid,
    home: entry.pw_dir,
    shell: entry.pw_shell,
  };
}

/** Whether this process has that user and group already. */
export function isOurselves(uid: number, gid: number): boolean {
  return process.geteuid?.() === uid && process.getegid?.() === gid;
}

/** Becomes another user for good: groups first, the user last. Needs privilege. */
export function become(uid: number, gid: number, groups: readonly number[] = [gid]): void {
  identity.setGroups(groups);
  identity.setGroup(gid);
  identity.setUser(uid);
}

export const identity: Identity = {
  findAccount,
  setGroups: (groups) => {
    const list = Uint32Array.from(groups);
    call("setgroups", undefined, () => setgroupsCall(list.length, list));
  },
  setAccountGroups: (name, gid) => {
    const bytes = cString(name, "initgroups");
    call("initgroups", undefined, () => initgroups(bytes, gid));
  },
  setGroup: (gid) => void call("setgid", undefined, () => setgidCall(gid)),
  setUser: (uid) => void call("setuid", undefined, () => setuidCall(uid)),
  newSession: () => void call("setsid", undefined, () => setsid()),
};
