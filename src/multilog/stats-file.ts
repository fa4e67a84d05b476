/**
 * The `:stats` file: the account as JSON, replaced as a whole, at most once a second and at every
 * change of trouble.
 *
 * It is news about the logs, not a log: a failure to write it is said once and never stops a line.
 */
import {
  AT_CWD,
  ignoring,
  joined,
  type Posix,
  readSmall,
  SystemFailure,
  unableTo,
} from "../posix/index.ts";
import { type Account, parseAccount } from "./account.ts";
import type { Warn } from "./trouble.ts";

const INTERVAL_MS = 1000;
const MODE = 0o644;
const LARGEST_BYTES = 16 * 2 ** 20;

export class StatsFile {
  private readonly posix: Posix;
  private readonly path: Uint8Array;
  private readonly next: Uint8Array;
  private readonly warn: Warn;
  private timer: NodeJS.Timeout | undefined;
  private writtenAt = Number.NEGATIVE_INFINITY;
  private failed = false;
  /** Makes the account that is written. */
  account: () => Account | undefined = () => undefined;

  constructor(posix: Posix, path: Uint8Array, warn: Warn) {
    this.posix = posix;
    this.path = path;
    this.next = joined([path, ".new"]);
    this.warn = warn;
  }

  /** The account that stands in the file; undefined when there is none, or it is not one. */
  read(): Account | undefined {
    try {
      const text = readSmall(this.posix, AT_CWD, this.path, LARGEST_BYTES)?.toString();
      if (text === undefined) return undefined;
      const account = parseAccount(text);
      if (account === undefined)
        this.warn(unableTo(["understand ", this.path, ", beginning a new account"]));
      return account;
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      this.warn(unableTo(["read ", this.path, ", beginning a new account"], failure));
      return undefined;
    }
  }

  /** Something was counted: the file is to say so within a second. */
  touch(): void {
    if (this.timer !== undefined) return;
    const due = this.writtenAt + INTERVAL_MS - this.posix.monotonicMs();
    if (due <= 0) this.write();
    else {
      this.timer = setTimeout(() => this.write(), due);
      this.timer.unref();
    }
  }

  /** Writes the account now. */
  write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const account = this.account();
    if (account === undefined) return;
    this.writtenAt = this.posix.monotonicMs();
    try {
      this.replace(Buffer.from(`${JSON.stringify(account, undefined, 2)}\n`));
      this.failed = false;
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      if (!this.failed) this.warn(unableTo(["write ", this.path], failure));
      this.failed = true;
    }
  }

  private replace(bytes: Buffer): void {
    const { posix } = this;
    // Made by us and nobody else: others may be able to put a link of that name into the directory.
    ignoring(["ENOENT"], () => posix.unlinkAt(AT_CWD, this.next));
    const fd = posix.openAt(AT_CWD, this.next, "new", MODE);
    try {
      for (let at = 0; at < bytes.length; ) at += posix.write(fd, bytes, at, bytes.length - at);
    } finally {
      posix.close(fd);
    }
    posix.renameAt(AT_CWD, this.next, this.path);
  }
}
