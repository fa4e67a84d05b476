/**
 * Disks of a bench's own, that are too small or stand still: in a mount namespace, so that nobody else
 * sees them and that they are gone with this process.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { execute } from "../src/posix/index.ts";
import { findProgram } from "./machine.ts";

const MARK = "TIMBERLINE_BENCH_MOUNTS";
const GIVE_UP_MS = 20_000;

/** Goes on in a mount namespace, where that can be had; `--quick` and the like are kept. */
export function enterOwnMounts(): void {
  if (process.env[MARK] !== undefined) return;
  const flags = process.getuid?.() === 0 ? "-m" : "-rm";
  if (!works("unshare", [flags, "true"])) return;
  const unshare = findProgram("unshare") ?? "";
  const again = ["unshare", flags, process.execPath, ...process.argv.slice(1)];
  const environment = Object.entries({ ...process.env, [MARK]: flags });
  // As this process, so that who ends it ends the bench.
  execute({
    paths: [unshare],
    argv: again,
    environment: environment.map(([name, value]) => `${name}=${value}`),
  });
}

/** Mounts a file system in memory; why not, where it cannot be had. */
export function mountSmall(directory: string, bytes: number): string | undefined {
  if (process.env[MARK] === undefined) return "unshare(1) may not make a mount namespace here";
  fs.mkdirSync(directory, { recursive: true });
  const size = `size=${bytes}`;
  if (works("mount", ["-t", "tmpfs", "-o", size, "none", directory])) return undefined;
  return "mount(8) may not mount a tmpfs here";
}

export function unmount(directory: string): void {
  if (!works("umount", [directory])) throw new Error(`unable to unmount ${directory}`);
}

/** A disk that can be told to stand still: every write to it waits until it goes on. */
export class StallingDisk {
  readonly #directory: string;
  readonly #image: string;
  #isFrozen = false;
  readonly #goOnAtExit = (): void => this.goOn();

  /** @param image  a file that the disk is in */
  private constructor(directory: string, image: string) {
    this.#directory = directory;
    this.#image = image;
    process.on("exit", this.#goOnAtExit);
  }

  /** @returns why not, where it cannot be had */
  static make(directory: string, image: string, bytes: number): StallingDisk | string {
    if (process.env[MARK] !== "-m") return "only root may mount a disk of its own";
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(image, "");
    fs.truncateSync(image, bytes);
    if (!works("mkfs.ext4", ["-q", "-O", "^has_journal", image]))
      return "mkfs.ext4(8) does not work here";
    if (!works("mount", ["-o", "loop", image, directory]))
      return "no loop device can be mounted here";
    const disk = new StallingDisk(directory, image);
    disk.stall();
    const isFrozen = disk.#isFrozen;
    disk.goOn();
    if (isFrozen) return disk;
    disk.remove();
    return "fsfreeze(8) does not work here";
  }

  /** Once is enough. */
  stall(): void {
    this.#isFrozen ||= works("fsfreeze", ["-f", this.#directory]);
  }

  goOn(): void {
    if (this.#isFrozen) works("fsfreeze", ["-u", this.#directory]);
    this.#isFrozen = false;
  }

  remove(): void {
    this.goOn();
    process.off("exit", this.#goOnAtExit);
    unmount(this.#directory);
    fs.rmSync(this.#image);
  }
}

function works(name: string, words: readonly string[]): boolean {
  const command = findProgram(name);
  if (command === undefined) return false;
  return spawnSync(command, words, { stdio: "ignore", timeout: GIVE_UP_MS }).status === 0;
}
