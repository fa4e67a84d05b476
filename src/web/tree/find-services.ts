/** Which services there are in some scan directories, and what the files of one ask for. */
import { AT_CWD, isDirectory, joined, namesAt, type Posix } from "../../posix/index.ts";
import type { ServiceSettings } from "../../supervise/index.ts";
import { readSettings } from "../../supervise/library.ts";
import { lastNameOf } from "../../supervise/state-news.ts";
import { nameText } from "./names.ts";
import { unlessUnseen } from "./unseen.ts";

const DOT = 0x2e;

/** @returns service directories by the names of services, as those names are unique. @throws SystemFailure of a shortage */
export function findServices(posix: Posix, directories: readonly string[]): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const scanned of directories) {
    const names = unlessUnseen(() => namesAt(posix, scanned)) ?? [];
    for (const name of names.filter(([first]) => first !== DOT)) {
      const path = joined([scanned, "/", name]);
      if (!isDirectoryAt(posix, path)) continue;
      const short = nameText(name);
      const long = `${nameText(lastNameOf(scanned))}/${short}`;
      if (!found.has(short)) found.set(short, path);
      else if (!found.has(long)) found.set(long, path);
    }
  }
  return found;
}

function isDirectoryAt(posix: Posix, path: Buffer): boolean {
  const status = unlessUnseen(() => posix.statusAt(AT_CWD, path));
  return status !== undefined && isDirectory(status);
}

/** Whatever is wrong with its state, which is not asked for. @throws SystemFailure where it is not there */
export function readSettingsAt(posix: Posix, directory: Buffer): ServiceSettings {
  const dir = posix.openAt(AT_CWD, directory, "directory");
  try {
    return readSettings(posix, dir, directory);
  } finally {
    posix.close(dir);
  }
}
