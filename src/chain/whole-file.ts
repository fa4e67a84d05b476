/** Reading a file from its beginning to its end. */
import { AT_CWD } from "../posix/files.ts";
import type { Files, Name } from "../posix/types.ts";

const PIECE_BYTES = 16 * 1024;

/** @throws SystemFailure, ENOENT among them */
export function readWhole(system: Files, name: Name): Buffer {
  const fd = system.openAt(AT_CWD, name, "read");
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
