/**
 * The file of users: `NAME:scrypt$N$r$p$salt$hash`, one a line; `#` begins a remark. Only its owner may read
 * it. It is looked at again whenever it is another one.
 */
import {
  AT_CWD,
  Fatal,
  type FileStatus,
  ignoring,
  joined,
  orFatal,
  type Posix,
  readSmall,
  SYSTEM_TROUBLE,
  USAGE,
  unableTo,
} from "../../posix/index.ts";
import { ReplaceFailure, replaceSmall } from "../../supervise/small-file.ts";
import { hashPassword, type PasswordHash, parseHash } from "./password.ts";

const MOST_BYTES = 1 << 20;
const OTHERS = 0o077;
const OWNER_ONLY = 0o600;
/** Who may say who the users are: root, and whose process this is. */
const OWNERS = new Set([0, process.geteuid?.()]);
/** Of users; a colon ends a name. */
const NAME = /^[^\s:#\p{Cc}][^:\p{Cc}]{0,63}$/u;

export type Users = ReadonlyMap<string, PasswordHash>;

export class UsersFile {
  private readonly posix: Posix;
  private readonly path: string;
  private readonly warn: (words: string) => void;
  private mark = "";
  private told = "";
  private users: Users = new Map();

  /** @throws Fatal when it is not there, others may read it, or it is no such file */
  constructor(posix: Posix, path: string, warn: (words: string) => void) {
    this.posix = posix;
    this.path = path;
    this.warn = warn;
    this.mark = this.markNow();
    this.users = readUsers(posix, path);
  }

  /** As the file is now. Nobody is a user while it cannot be used. */
  now(): { readonly users: Users; readonly mark: string } {
    const mark = this.markNow();
    if (mark !== this.mark) this.reload(mark);
    return { users: this.users, mark };
  }

  private reload(mark: string): void {
    this.mark = mark;
    try {
      this.users = readUsers(this.posix, this.path);
      this.told = "";
    } catch (failure) {
      if (!(failure instanceof Fatal)) throw failure;
      this.users = new Map();
      const words = `${failure.message}; until then nobody is let in`;
      if (words !== this.told) this.warn(words);
      this.told = words;
    }
  }

  private markNow(): string {
    const status = statusOf(this.posix, this.path);
    if (status === undefined) return "";
    const { inode, modifiedSeconds, sizeBytes, mode, uid } = status;
    return [inode, modifiedSeconds, sizeBytes, mode, uid].join(" ");
  }
}

const statusOf = (posix: Posix, path: string): FileStatus | undefined =>
  ignoring(["EACCES", "ENOTDIR"], () => posix.statusAt(AT_CWD, path));

/** @throws Fatal */
export function readUsers(posix: Posix, path: string): Users {
  const text = orFatal(["read ", path], () => {
    const status = posix.statusAt(AT_CWD, path);
    if (status !== undefined && (status.mode & OTHERS) !== 0)
      throw new Fatal(USAGE, joined([path, ": others may read or write it: chmod 600 it"]));
    if (status !== undefined && !OWNERS.has(status.uid))
      throw new Fatal(
        USAGE,
        joined([path, `: it is that of uid ${status.uid}: chown it, or run svweb as that user`]),
      );
    return readSmall(posix, AT_CWD, path, MOST_BYTES)?.toString();
  });
  if (text === undefined)
    throw new Fatal(USAGE, joined([path, ": there is no such file: make it with svweb passwd"]));
  const lines = text.split("\n").map((line, at) => ({ line: line.trim(), number: at + 1 }));
  return new Map(
    lines
      .filter(({ line }) => line !== "" && !line.startsWith("#"))
      .map((one) => readUser(path, one)),
  );
}

function readUser(
  path: string,
  { line, number }: { readonly line: string; readonly number: number },
): readonly [name: string, hash: PasswordHash] {
  const colon = line.indexOf(":");
  const [name, hash] = [line.slice(0, colon), parseHash(line.slice(colon + 1))];
  if (colon > 0 && isUserName(name) && hash !== undefined) return [name, hash];
  const cure = "write NAME:scrypt$… there, as svweb passwd does";
  throw new Fatal(USAGE, joined([`${path}: line ${number} is no user: ${cure}`]));
}

export function isUserName(name: string): boolean {
  return NAME.test(name);
}

/**
 * Gives a user a password; the file is made where there is none.
 *
 * @throws Fatal
 */
export async function setPassword(
  posix: Posix,
  path: string,
  name: string,
  password: string,
): Promise<"added" | "changed"> {
  const isThere = orFatal(["look at ", path], () => posix.statusAt(AT_CWD, path)) !== undefined;
  const isKnown = isThere && readUsers(posix, path).has(name);
  const line = `${name}:${await hashPassword(password)}`;
  const before = isThere
    ? (orFatal(["read ", path], () => readSmall(posix, AT_CWD, path, MOST_BYTES))?.toString() ?? "")
    : "";
  const lines = before.split("\n").filter((one) => one !== "" && !one.startsWith(`${name}:`));
  replace(posix, path, `${[...lines, line].join("\n")}\n`);
  return isKnown ? "changed" : "added";
}

/** @throws Fatal */
function replace(posix: Posix, path: string, text: string): void {
  try {
    replaceSmall(posix, AT_CWD, path, Buffer.from(text), OWNER_ONLY);
  } catch (failure) {
    if (!(failure instanceof ReplaceFailure)) throw failure;
    throw new Fatal(SYSTEM_TROUBLE, unableTo([failure.step, " ", path], failure.cause));
  }
}
