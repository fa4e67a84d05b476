/** Compressed files. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import zlib from "node:zlib";
import { AT_CWD, type Compression, posix, SystemFailure, unpack } from "../../src/posix/index.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const TEXT = Buffer.from("a line of text\n".repeat(100_000));
const pack = (kind: Compression): Buffer =>
  kind === "gzip"
    ? zlib.gzipSync(TEXT)
    : spawnSync(kind, ["-c"], { input: TEXT, maxBuffer: 1 << 28 }).stdout;

for (const kind of ["gzip", "zstd", "xz"] as const) {
  const missing = kind !== "gzip" && spawnSync(kind, ["--version"]).status !== 0;
  const skip = missing && process.env["CI"] === undefined && `${kind} is not installed`;
  test(`unpack gives what ${kind} packed, also of a file that is closed meanwhile, and tells damage`, {
    skip,
  }, async (t) => {
    const path = join(temporaryDirectory(t), "file");
    fs.writeFileSync(path, pack(kind));
    const fd = posix.openAt(AT_CWD, path, "read");
    const parts: Buffer[] = [];
    let isOpen = true;
    for await (const bytes of unpack(fd, kind)) {
      if (isOpen) posix.close(fd);
      isOpen = false;
      parts.push(bytes);
    }
    assert.ok(Buffer.concat(parts).equals(TEXT));
    fs.truncateSync(path, Math.floor(fs.statSync(path).size / 2));
    const torn = posix.openAt(AT_CWD, path, "read");
    t.after(() => posix.close(torn));
    await assert.rejects(
      async () => {
        for await (const _ of unpack(torn, kind)) continue;
      },
      (failure) => failure instanceof SystemFailure && failure.code === "EIO",
    );
    for await (const _ of unpack(torn, kind)) break;
  });
}
