/**
 * Pipes that outlast their reader. Their writing end reads as well, so that whoever has it is never told
 * that nobody reads (EPIPE, SIGPIPE): it waits for the next reader, who finds all that was written.
 *
 * Both ends of a pipe can be had again from any process that has one, through /proc.
 */
import fs from "node:fs";
import { asFailure, ignoring } from "./failure.ts";
import { files } from "./files.ts";
import { O_NONBLOCK, pipes } from "./pipes.ts";
import type { Fd, PipeRecord } from "./types.ts";

const { O_RDONLY, O_RDWR } = fs.constants;
/** No /proc, or none of that process, or it is not ours to look into. */
const NOT_TOLD = ["ENOENT", "ENOTDIR", "EACCES", "EPERM", "ESRCH"];

/** A new pipe, close-on-exec; an ordinary one where there is no /proc. */
export function lastingPipe(): [Fd, Fd] {
  const [readEnd, plainEnd] = pipes.pipe();
  try {
    const writeEnd = ignoring(NOT_TOLD, () => reopen("self", plainEnd, O_RDWR));
    if (writeEnd === undefined) return [readEnd, plainEnd];
    files.close(plainEnd);
    return [readEnd, writeEnd];
  } catch (failure) {
    for (const end of [readEnd, plainEnd]) files.close(end);
    throw failure;
  }
}

/** @returns undefined where that descriptor of the process is no pipe, or nothing tells */
export function pipeOf(pid: number, fd: Fd): PipeRecord | undefined {
  const path = pathOf(pid, fd);
  try {
    const name = /^pipe:\[(\d+)\]$/.exec(fs.readlinkSync(path))?.[1];
    // The link's own mode says how the descriptor is open.
    const isBoth = (fs.lstatSync(path).mode & 0o600) === 0o600;
    return name === undefined ? undefined : { inode: Number(name), lasts: isBoth };
  } catch {
    return undefined;
  }
}

/**
 * Opens a pipe that another process has: [read end, lasting write end], close-on-exec.
 *
 * @throws SystemFailure
 */
export function openPipe(pid: number, fd: Fd): [Fd, Fd] {
  const readEnd = reopen(pid, fd, O_RDONLY);
  try {
    return [readEnd, reopen(pid, fd, O_RDWR)];
  } catch (failure) {
    files.close(readEnd);
    throw failure;
  }
}

function reopen(pid: number | "self", fd: Fd, how: number): Fd {
  try {
    // To open it does not wait for a writer; to read from it does.
    const opened = fs.openSync(pathOf(pid, fd), how | O_NONBLOCK);
    pipes.setStatusFlags(opened, pipes.getStatusFlags(opened) & ~O_NONBLOCK);
    return opened;
  } catch (error) {
    throw asFailure(error, "open");
  }
}

function pathOf(pid: number | "self", fd: Fd): string {
  return `/proc/${pid}/fd/${fd}`;
}
