/**
 * Lines on their way to one client: gathered into pieces of some size while they come thick and fast, given on at
 * once when they do not. Reading goes on when what was read has been taken, but for a piece's worth.
 */
import type { LogLine } from "../../inspect/index.ts";
import { turn } from "../../posix/index.ts";

const PIECE_BYTES = 64 * 1024;

export interface Feed {
  readonly lines: AsyncIterable<LogLine>;
  /** So many lines at the most. */
  readonly limit: number;
  readonly encode: (line: LogLine) => string | Buffer;
  /** @returns false when nothing more is wanted */
  readonly give: (piece: Buffer) => Promise<boolean>;
}

/** Resolves when all was given, or nothing more is wanted. */
export async function feed({ lines, limit, encode, give }: Feed): Promise<void> {
  let count = 0;
  let parts: (string | Buffer)[] = [];
  let size = 0;
  let flushing: NodeJS.Immediate | undefined;
  let giving: Promise<boolean> = Promise.resolve(true);
  /** Bytes of pieces that were not taken yet: they may come one by one, and none of them fill a piece. */
  let untaken = 0;
  const flush = (): void => {
    flushing = undefined;
    if (parts.length === 0) return;
    const piece = joinedParts(parts);
    parts = [];
    size = 0;
    untaken += piece.length;
    giving = giving
      .then((goesOn) => goesOn && give(piece))
      .finally(() => {
        untaken -= piece.length;
      });
  };
  for await (const line of lines) {
    if (++count > limit) break;
    const part = encode(line);
    parts.push(part);
    size += part.length;
    if (size + untaken >= PIECE_BYTES) {
      clearImmediate(flushing);
      flush();
      if (!(await giving)) return;
      // Others have their turn, also where the client takes everything at once.
      await turn();
    } else flushing ??= setImmediate(flush);
  }
  clearImmediate(flushing);
  flush();
  await giving;
}

function joinedParts(parts: readonly (string | Buffer)[]): Buffer {
  if (parts.every((part) => typeof part === "string")) return Buffer.from(parts.join(""));
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
}
