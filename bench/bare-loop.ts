/**
 * The bare loop: standard input into DIRECTORY/current, 64 KiB at a time, a new file every SIZE bytes.
 * No line is looked at and nothing is safe. `node bare-loop.js DIRECTORY SIZE`
 */
import fs from "node:fs";
import { join } from "node:path";

const CHUNK_BYTES = 64 * 1024;
const [directory = ".", size = "16777215"] = process.argv.slice(2);
const sizeBytes = Number(size);
const current = join(directory, "current");
const chunk = Buffer.alloc(CHUNK_BYTES);

fs.mkdirSync(directory, { recursive: true });
let fd = fs.openSync(current, "w");
let filled = 0;
let files = 0;
for (let read = 0; (read = fs.readSync(0, chunk)) > 0; ) {
  for (let at = 0; at < read; ) at += write(at, read - at);
}
fs.closeSync(fd);

function write(at: number, length: number): number {
  if (filled === sizeBytes) rotate();
  const taken = fs.writeSync(fd, chunk, at, Math.min(length, sizeBytes - filled));
  filled += taken;
  return taken;
}

function rotate(): void {
  fs.closeSync(fd);
  fs.renameSync(current, join(directory, `@${String(files++).padStart(8, "0")}.s`));
  fd = fs.openSync(current, "w");
  filled = 0;
}
