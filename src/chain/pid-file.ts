/**
 * The file into which a program that goes to the background writes the process id of its daemon:
 * decimal digits and a newline.
 */
import {
  type Fd,
  type FileStatus,
  firstLine,
  type Name,
  type Posix,
  SystemFailure,
  unlessRefused,
} from "../posix/index.ts";

/** No process id is longer; what stands behind the first line is not looked at. */
const MOST_BYTES = 128;
const LARGEST_PID = 0x7fff_ffff;

export type PidFileReading =
  | { readonly kind: "pid"; readonly pid: number }
  | { readonly kind: "missing" | "empty" | "garbage" }
  | { readonly kind: "unreadable"; readonly cause: SystemFailure };

export type PidFileSystem = Pick<
  Posix,
  "openAt" | "read" | "close" | "status" | "statusAt" | "unlinkAt"
>;

export class PidFile {
  private readonly posix: PidFileSystem;
  private readonly directory: Fd;
  readonly name: Name;
  /** What stood there when this was made. */
  private readonly before: FileStatus | undefined;

  /** @param directory  where a relative name starts */
  constructor(posix: PidFileSystem, directory: Fd, name: Name) {
    this.posix = posix;
    this.directory = directory;
    this.name = name;
    this.before = this.status();
  }

  /** Whether it was there when this was made, and nobody has written it since. */
  get isOld(): boolean {
    const { before } = this;
    const now = this.status();
    return (
      before !== undefined &&
      now !== undefined &&
      now.inode === before.inode &&
      now.device === before.device &&
      now.modifiedSeconds === before.modifiedSeconds
    );
  }

  read(): PidFileReading {
    let fd: Fd | undefined;
    try {
      fd = this.posix.openAt(this.directory, this.name, "read");
      const bytes = Buffer.alloc(MOST_BYTES);
      return parsePid(bytes.toString("latin1", 0, this.posix.read(fd, bytes, 0, MOST_BYTES)));
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      if (failure.code === "ENOENT") return { kind: "missing" };
      return { kind: "unreadable", cause: failure };
    } finally {
      if (fd !== undefined) this.posix.close(fd);
    }
  }

  /** Removes it; where that is not possible it stays, and the next start finds that it is old. */
  remove(): void {
    unlessRefused(() => this.posix.unlinkAt(this.directory, this.name));
  }

  private status(): FileStatus | undefined {
    // Whatever it is, reading meets it too, and says so.
    return unlessRefused(() => this.posix.statusAt(this.directory, this.name));
  }
}

/** @param text  the beginning of a pid file */
export function parsePid(text: string): PidFileReading {
  const line = firstLine(text);
  if (line === "") return { kind: "empty" };
  const pid = /^[0-9]{1,10}$/.test(line) ? Number(line) : 0;
  return pid > 0 && pid <= LARGEST_PID ? { kind: "pid", pid } : { kind: "garbage" };
}
