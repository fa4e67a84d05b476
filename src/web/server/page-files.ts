/** The page's files: a fixed table, read when the server starts. No path of a request reaches the file system. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { readFile } from "../../posix/index.ts";
import { sendTagged } from "./tagged.ts";

/** By the path under which a browser asks for each: the file in the page's directory, and its type. */
export const PAGE_FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/assets/page.js": ["page.js", "text/javascript; charset=utf-8"],
  "/assets/page.css": ["page.css", "text/css; charset=utf-8"],
  "/assets/favicon.svg": ["favicon.svg", "image/svg+xml"],
};

const TAG_LENGTH = 22;

/** @param directory  with a slash at its end; a file that is not in it is answered with 404 */
export function servePage(app: FastifyInstance, directory: URL): void {
  for (const [path, [file, type]] of Object.entries(PAGE_FILES)) {
    const bytes = readPage(new URL(file, directory));
    if (bytes === undefined) continue;
    const digest = createHash("sha256").update(bytes).digest("base64url").slice(0, TAG_LENGTH);
    const answer = { tag: `"${digest}"`, bytes, packed: gzipSync(bytes) };
    app.get(path, (request, reply) => {
      // Looked at again each time, and sent when it is another one: after an update nobody sees the old page.
      void reply.header("cache-control", "no-cache").type(type);
      return sendTagged(request, reply, answer);
    });
  }
}

function readPage(url: URL): Buffer | undefined {
  try {
    return readFile(url);
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw failure;
  }
}
