/**
 * A file of a log, opened for reading: plain ones at any place, compressed ones from their beginning.
 * What a file is, its first bytes tell: a processor may have compressed it under any name.
 */
import {
  type Compression,
  type Fd,
  type FileStatus,
  type Files,
  isDirectory,
  isRegular,
  SystemFailure,
  unpack,
} from "../posix/index.ts";

const MAGIC_BYTES = 6;
const MAGICS: readonly (readonly [Compression, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
];

export class Content {
  readonly fd: Fd;
  readonly device: number;
  readonly inode: number;
  readonly name: Buffer;
  readonly compression: Compression | undefined;
  /** Of the next byte that is read, as it is unpacked. */
  offset = 0;
  private readonly files: Files;
  private unpacked: AsyncGenerator<Buffer, void> | undefined;
  private rest: Buffer = Buffer.alloc(0);

  /** @param fd  becomes this object's own */
  constructor(files: Files, fd: Fd, name: Buffer, status: FileStatus = files.status(fd)) {
    this.files = files;
    this.fd = fd;
    this.name = name;
    this.device = status.device;
    this.inode = status.inode;
    this.compression = compressionOf(files, fd);
  }

  /** @throws SystemFailure, EISDIR and the like for what is no file */
  static open(files: Files, dir: Fd, name: Buffer): Content {
    const fd = files.openAt(dir, name, "read");
    try {
      const status = files.status(fd);
      if (!isRegular(status))
        throw new SystemFailure(isDirectory(status) ? "EISDIR" : "EINVAL", "read", name);
      return new Content(files, fd, name, status);
    } catch (failure) {
      files.close(fd);
      throw failure;
    }
  }

  get sizeBytes(): number {
    return this.files.status(this.fd).sizeBytes;
  }

  /** Reads on; 0 at the end, as it is now. */
  read(memory: Uint8Array, at: number, length: number): number | Promise<number> {
    if (this.compression !== undefined) return this.readUnpacked(memory, at, length);
    const count = this.files.readAt(this.fd, memory, at, length, this.offset);
    this.offset += count;
    return count;
  }

  /** Reads at a place of a plain file, without moving on. */
  peek(memory: Uint8Array, length: number, place: number): number {
    return this.files.readAt(this.fd, memory, 0, length, place);
  }

  private async readUnpacked(memory: Uint8Array, at: number, length: number): Promise<number> {
    this.unpacked ??= unpack(this.fd, this.compression ?? "gzip");
    while (this.rest.length === 0) {
      const step = await this.unpacked.next();
      if (step.done) return 0;
      this.rest = step.value;
    }
    const count = Math.min(length, this.rest.length);
    memory.set(this.rest.subarray(0, count), at);
    this.rest = this.rest.subarray(count);
    this.offset += count;
    return count;
  }

  close(): void {
    void this.unpacked?.return(undefined);
    this.files.close(this.fd);
  }
}

function compressionOf(files: Files, fd: Fd): Compression | undefined {
  const head = Buffer.alloc(MAGIC_BYTES);
  return compressionIn(head.subarray(0, files.readAt(fd, head, 0, MAGIC_BYTES, 0)));
}

/** @param head  the first bytes of a file */
export function compressionIn(head: Buffer): Compression | undefined {
  const { length } = head;
  const found = MAGICS.find(
    ([, magic]) => length >= magic.length && magic.every((byte, i) => head[i] === byte),
  );
  return found?.[0];
}

interface Identity {
  readonly device: number;
  readonly inode: number;
}

export function isSameFile(a: Identity, b: Identity): boolean {
  return a.inode === b.inode && a.device === b.device;
}
