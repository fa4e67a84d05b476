/** The working directory of this process. */
import { bind, call, cString } from "./libc.ts";
import type { WorkingDirectory } from "./types.ts";

const chdir = bind("int chdir(const uint8_t *path)");
const fchdir = bind("int fchdir(int fd)");

export const workingDirectory: WorkingDirectory = {
  enter: (name) => {
    const path = cString(name, "chdir");
    call("chdir", name, () => chdir(path));
  },
  path: () => process.cwd(),
  enterOpen: (fd) => void call("fchdir", undefined, () => fchdir(fd)),
};
