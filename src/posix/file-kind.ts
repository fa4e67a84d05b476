/** What a file is, by its mode. */
import type { FileStatus } from "./types.ts";

const TYPE_BITS = 0o170000;
const DIRECTORY = 0o040000;
const REGULAR = 0o100000;
const SOCKET = 0o140000;

const is =
  (type: number) =>
  ({ mode }: Pick<FileStatus, "mode">): boolean =>
    (mode & TYPE_BITS) === type;

export const isDirectory: (status: Pick<FileStatus, "mode">) => boolean = is(DIRECTORY);
export const isRegular: (status: Pick<FileStatus, "mode">) => boolean = is(REGULAR);
export const isSocket: (status: Pick<FileStatus, "mode">) => boolean = is(SOCKET);
