/**
 * `supervise/`, by which the supervisor of a service and those who ask it meet:
 *
 *     lock     locked as long as the supervisor lives
 *     control  FIFO, commands; the supervisor holds both ends, so that it never ends
 *     ok       FIFO, open for reading as long as the supervisor lives, never read
 *     status   see status.ts
 *     deaths   see deaths.ts
 *     ready    when the service said that it is ready: a label; gone when it is not
 *     phase    see phase.ts; gone when there is nothing to tell
 *
 * `supervise/` itself may be a link, as in Debian; what is in it is not followed, so that nothing is made or
 * written elsewhere.
 *
 * Steps, their order, their modes and what is said of a failure are those of 0.76 (supervise.c, main());
 * of the last three files it knows nothing.
 */
import {
  AT_CWD,
  causeText,
  Fatal,
  type Fd,
  ignoring,
  joined,
  type Name,
  orFatal,
  type Posix,
  SYSTEM_TROUBLE,
  SystemFailure,
  unableTo,
  unlessRefused,
  type Words,
} from "../posix/index.ts";
import { formatLabel, type Instant } from "../tai64/index.ts";
import { type DeathEntry, formatDeaths } from "./deaths.ts";
import { readDeaths } from "./service-state.ts";
import { ReplaceFailure, readSmall, replaceSmall } from "./small-file.ts";
import { decodeStatus, encodeStatus, type ReadStatus, type Status } from "./status.ts";

const PLACE = "supervise";
const PLACE_MODE = 0o700;
const FIFO_MODE = 0o600;
const LOCK_MODE = 0o600;
/** It is there already, or cannot be made: then the open that follows says why. */
const NOT_MADE = [
  "EACCES",
  "EDQUOT",
  "EEXIST",
  "EINVAL",
  "EIO",
  "ELOOP",
  "EMLINK",
  "ENAMETOOLONG",
  "ENOENT",
  "ENOMEM",
  "ENOSPC",
  "ENOTDIR",
  "EPERM",
  "EROFS",
];

export class ControlDirectory {
  /** The service directory. */
  readonly dir: Fd;
  /** Whether the file `down` was there. */
  readonly startsDown: boolean;
  private readonly posix: Posix;
  private readonly name: Name;
  private readonly warn: (line: Buffer) => void;
  private readonly held: Fd[] = [];
  private locked: Fd | undefined;
  private controlFd: Fd = -1;

  /**
   * Opens the service directory and takes its lock.
   *
   * @param name  as the user named it, for messages as well
   * @param warn  is given a line without `warning: `
   * @throws Fatal, exit code 111
   */
  constructor(posix: Posix, name: Name, warn: (line: Buffer) => void) {
    this.posix = posix;
    this.name = name;
    this.warn = warn;
    this.dir = this.hold(
      orFatal(["chdir to ", name], () => posix.openAt(AT_CWD, name, "directory")),
    );
    try {
      this.startsDown =
        this.must("stat", "down", () => posix.statusAt(this.dir, "down")) !== undefined;
      this.makePlace();
      this.lock();
    } catch (failure) {
      this.close();
      throw failure;
    }
  }

  /** The reading end of `control`. */
  get control(): Fd {
    return this.controlFd;
  }

  /** Makes and opens `control`. @throws Fatal */
  openControl(): void {
    const { posix, dir } = this;
    const path = `${PLACE}/control`;
    this.makeFifo(path);
    this.controlFd = this.hold(this.must("read", path, () => posix.openAt(dir, path, "own read")));
    this.hold(this.must("write", path, () => posix.openAt(dir, path, "own write")));
  }

  /** Makes and opens `ok`: from here on `svok` says yes. @throws Fatal */
  openOk(): void {
    const path = `${PLACE}/ok`;
    this.makeFifo(path);
    this.hold(this.must("read", path, () => this.posix.openAt(this.dir, path, "own read")));
  }

  /** Writes `status`. Where that fails, the old one stays. */
  writeStatus(status: Status): void {
    this.replace(`${PLACE}/status`, encodeStatus(status));
  }

  /** The status that an earlier supervisor left; undefined where there is none that can be read. */
  readStatus(): ReadStatus | undefined {
    const bytes = unlessRefused(() => readSmall(this.posix, this.dir, `${PLACE}/status`));
    return bytes && decodeStatus(bytes);
  }

  readDeaths(): DeathEntry[] {
    try {
      return readDeaths(this.posix, this.dir);
    } catch (failure) {
      this.warn(unableTo(["read ", ...this.path(`${PLACE}/deaths`)], failure));
      return [];
    }
  }

  writeDeaths(deaths: readonly DeathEntry[]): void {
    this.replace(`${PLACE}/deaths`, Buffer.from(formatDeaths(deaths)));
  }

  /** Says that the service is ready since that moment, or that it is not. */
  setReady(since: Instant | undefined): void {
    this.tell("ready", since && formatLabel(since));
  }

  /** Writes `phase`, a line; undefined: there is nothing to tell. */
  setPhase(line: string | undefined): void {
    this.tell("phase", line);
  }

  private tell(name: string, line: string | undefined): void {
    const path = `${PLACE}/${name}`;
    if (line !== undefined) return this.replace(path, Buffer.from(`${line}\n`, "latin1"));
    try {
      ignoring(["ENOENT"], () => this.posix.unlinkAt(this.dir, path));
    } catch (failure) {
      this.warn(unableTo(["remove ", ...this.path(path)], failure));
    }
  }

  /** Whether the service directory itself was removed: nobody can ask anything of it any more. */
  get isRemoved(): boolean {
    return this.held.length > 0 && this.posix.status(this.dir).links === 0;
  }

  /** Lets go of everything; the files stay. */
  close(): void {
    if (this.locked !== undefined) this.posix.unlock(this.locked);
    this.locked = undefined;
    for (const fd of this.held.splice(0)) this.posix.close(fd);
  }

  /** @returns the words for a file of this directory */
  path(file: string): Words {
    return [this.name, "/", file];
  }

  private makePlace(): void {
    const { posix, dir } = this;
    try {
      posix.makeDirectory(dir, PLACE, PLACE_MODE);
    } catch (failure) {
      if (!(failure instanceof SystemFailure) || !NOT_MADE.includes(failure.code)) throw failure;
      // It is there, or a link to where it is to be; what else is wrong, the lock will tell.
      ignoring(NOT_MADE, () => {
        posix.makeDirectory(dir, posix.readLink(dir, PLACE), PLACE_MODE);
      });
    }
  }

  private lock(): void {
    const { posix, dir } = this;
    const words = ["acquire ", ...this.path(`${PLACE}/lock`)];
    const fd = this.hold(
      orFatal(words, () => posix.openAt(dir, `${PLACE}/lock`, "own append", LOCK_MODE)),
    );
    if (orFatal(words, () => posix.lock(fd))) {
      this.locked = fd;
      return;
    }
    throw new Fatal(SYSTEM_TROUBLE, unableTo(words, new SystemFailure("EAGAIN", "flock")));
  }

  private makeFifo(path: string): void {
    ignoring(NOT_MADE, () => this.posix.makeFifo(this.dir, path, FIFO_MODE));
  }

  private must<T>(verb: string, file: string, action: () => T): T {
    return orFatal([`${verb} `, ...this.path(file)], action);
  }

  private hold(fd: Fd): Fd {
    this.held.push(fd);
    return fd;
  }

  private replace(file: string, bytes: Buffer): void {
    try {
      replaceSmall(this.posix, this.dir, file, bytes);
    } catch (failure) {
      if (!(failure instanceof ReplaceFailure)) throw failure;
      const last = file.slice(file.lastIndexOf("/") + 1);
      const to = failure.step === "rename" ? ` to ${last}` : "";
      const words = ["unable to ", failure.step, " ", ...this.path(`${file}.new`), to];
      this.warn(joined([...words, ": ", causeText(failure.cause)]));
    }
  }
}
