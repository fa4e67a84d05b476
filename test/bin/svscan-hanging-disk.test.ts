/**
 * A disk that hangs: whoever writes to it stands still in the kernel, where not even SIGKILL reaches him.
 *
 * Not tested: a hanging disk on which the service directories themselves are; there supervision hangs as well.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Scanned } from "../supervise/against-c/scanned.ts";
import { firstMissing, writtenBytes } from "../support/numbers.ts";
import { until } from "../support/until.ts";

const CLEAN = { code: 0, signal: null };
const IMAGE_BYTES = 32 << 20;
/** Numbers from 1, as fast as they are taken; the last is kept. */
const COUNTER = `#!/bin/sh
trap 'echo $i >last; exit 0' TERM
i=0
while :; do i=$((i+1)); echo $i; sleep 0.002; done
`;

interface Disk {
  readonly path: string;
  /** Whoever writes to it hangs from here on. */
  freeze(): void;
  thaw(): void;
}

function did(command: string, ...words: readonly string[]): boolean {
  return spawnSync(command, words, { timeout: 20_000 }).status === 0;
}

/** A file system in a file. @returns undefined where none is to be had */
function makeDisk(t: TestContext): Disk | undefined {
  const place = fs.mkdtempSync("/tmp/timberline-hanging-");
  const [image, path] = [join(place, "image"), join(place, "disk")];
  fs.writeFileSync(image, "");
  fs.truncateSync(image, IMAGE_BYTES);
  fs.mkdirSync(path);
  const isThere = did("mkfs.ext4", "-q", image) && did("mount", "-o", "loop", image, path);
  t.after(() => {
    if (isThere) {
      did("fsfreeze", "-u", path);
      did("umount", "-l", path);
    }
    fs.rmSync(place, { recursive: true, force: true });
  });
  if (!isThere) return undefined;
  const must = (word: string): void => assert.ok(did("fsfreeze", word, path), `fsfreeze ${word}`);
  return { path, freeze: () => must("-f"), thaw: () => must("-u") };
}

test("a hanging disk holds up its own logs and nothing else", { timeout: 120_000 }, async (t) => {
  const disk = makeDisk(t);
  if (disk === undefined) return t.skip("a disk that hangs takes root, a loop device and fsfreeze");
  const held = join(disk.path, "held");
  const scanned = new Scanned(t, "ours", {
    held: { run: COUNTER },
    "held/log": { script: `s4096\nn1000\n${held}\n` },
    free: { run: COUNTER },
    "free/log": { script: "s4096\nn1000\n./main\n" },
  });
  const free = scanned.path("free/log/main");
  const grows = (log: string, bytes: number): Promise<void> => {
    const before = writtenBytes(log);
    return until(`${log} to grow`, () => writtenBytes(log) > before + bytes, 60_000);
  };
  await Promise.all([grows(held, 100), grows(free, 100)]);

  disk.freeze();
  // The one log goes on, through rotations, and so does supervision; the other service waits at its pipe.
  await grows(free, 9000);
  const before = await scanned.isUp("free");
  process.kill(before, "SIGKILL");
  await scanned.isUp("free", before);
  scanned.add("late", { run: COUNTER });
  await scanned.isUp("late");
  const heldPid = await scanned.isUp("held");
  disk.thaw();

  await grows(held, 9000);
  assert.equal(await scanned.isUp("held"), heldPid);
  assert.deepEqual(await scanned.stop(), CLEAN);
  const last = Number(scanned.text("held/last"));
  assert.ok(last > 1000);
  assert.equal(firstMissing(held, last), undefined);
});
