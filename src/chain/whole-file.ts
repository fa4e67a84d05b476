/** Reading a file from its beginning to its end. */
import { AT_CWD } from "../posix/files.ts";
import type { Fd, Files, Name } from "../posix/types.ts";

const PIECE_BYTES = 16 * 1024;

/**
 * @param directory  where a relative name starts; the working directory unless given
 * @throws SystemFailure, ENOENT among them
 */
export function readWhole(system: Files, name: Name, directory: Fd = AT_CWD): Buffer {
  const fd = system.openAt(directory, name, "read");
  try {
    const pieces: Buffer[] = [];
    for (;;) {
      const piece = Buffer.alloc(PIECE_BYTES);
      const length = system.read(fd, piece, 0, piece.length);
      if (length === 0) return Buffer.concat(pieces);
      pieces.push(piece.subarray(0, length));
    }
  } finally {
    system.close(fd);
  }
}
