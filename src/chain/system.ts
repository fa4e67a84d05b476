/** The system itself, as links use it. */
import { workingDirectory } from "../posix/directory.ts";
import { files } from "../posix/files.ts";
import { identity } from "../posix/identity.ts";
import { readLaunch } from "../posix/launch.ts";
import { getExactLimit, setExactLimit, UNLIMITED } from "../posix/limits.ts";
import type { System } from "./chain.ts";

export function realSystem(): System {
  return {
    ...files,
    ...identity,
    ...workingDirectory,
    inherited: readLaunch().inherited,
    getHardLimit: (resource) => getExactLimit(resource).hard,
    liftHardLimit: (resource) =>
      setExactLimit(resource, { ...getExactLimit(resource), hard: UNLIMITED }),
  };
}
