/** Compressed files, unpacked as they are read: by Node where it can, else by the format's own tool. */
import fs from "node:fs";
import type { Readable } from "node:stream";
import { asFailure } from "./failure.ts";
import type { Fd } from "./types.ts";

export type Compression = "gzip" | "zstd" | "xz";

/** Node 22's zstd does not tell that a file is cut short. */
const FIRST_WITH_ZSTD = 24;

/**
 * The unpacked bytes of a file, from its beginning. Ending the iteration early ends what reads it.
 *
 * @param fd  stays the caller's
 * @throws SystemFailure EIO for a file that is damaged, ENOENT when the tool is missing
 */
export async function* unpack(fd: Fd, compression: Compression): AsyncGenerator<Buffer, void> {
  // Loaded for compressed files only: together they take 5 ms of a start.
  const zlib = await import("node:zlib");
  if (compression === "gzip") yield* throughNode(fd, zlib.createGunzip());
  else if (compression === "zstd" && hasZstd())
    yield* throughNode(fd, (zlib as unknown as WithZstd).createZstdDecompress());
  else yield* throughTool(fd, compression);
}

interface WithZstd {
  createZstdDecompress(): NodeJS.ReadWriteStream;
}

function hasZstd(): boolean {
  return Number.parseInt(process.versions.node, 10) >= FIRST_WITH_ZSTD;
}

async function* throughNode(fd: Fd, stream: NodeJS.ReadWriteStream): AsyncGenerator<Buffer, void> {
  const file = fs.createReadStream("", { fd: openAgain(fd) });
  file.on("error", (error) => (stream as unknown as Readable).destroy(error));
  try {
    for await (const bytes of file.pipe(stream)) yield bytes as Buffer;
  } catch (error) {
    throw damaged(error);
  } finally {
    file.destroy();
  }
}

/** zlib's errors have numbers of their own. */
function damaged(error: unknown): unknown {
  const code = (error as { code?: unknown }).code;
  if (typeof code === "string" && (code.startsWith("Z_") || code.startsWith("ERR_")))
    return asFailure(Object.assign(error as Error, { code: "EIO", errno: -5 }), "unpack");
  return asFailure(error, "unpack");
}

async function* throughTool(fd: Fd, tool: string): AsyncGenerator<Buffer, void> {
  const { spawn } = await import("node:child_process");
  const own = openAgain(fd);
  const child = spawn(tool, ["-dcq"], { stdio: [own, "pipe", "ignore"] });
  fs.closeSync(own);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", (error) => reject(asFailure(error, tool)));
    child.on("close", (code) => resolve(code));
  });
  ended.catch(() => undefined);
  try {
    for await (const bytes of child.stdout ?? []) yield bytes as Buffer;
    if ((await ended) !== 0) throw asFailure(damage(), tool);
  } finally {
    child.kill("SIGKILL");
  }
}

/** The same file with a place of its own: the caller may close his while this is being read. */
function openAgain(fd: Fd): Fd {
  return fs.openSync(`/dev/fd/${fd}`, "r");
}

function damage(): Error {
  return Object.assign(new Error("damaged"), { code: "EIO", errno: -5 });
}
