/**
 * Going from one service directory to the next, as the C programs do: into it by its name, and back to
 * where one began. Which errors there are, and their order, follow from that.
 */
import { AT_CWD, type Fd, type Name, orFatal, type Posix } from "../posix/index.ts";
import type { WorkingDirectory } from "../posix/types.ts";

export class Visits {
  readonly posix: Posix;
  private readonly directory: WorkingDirectory;
  private readonly start: Fd;

  /** @throws Fatal, exit code 111 */
  constructor(posix: Posix, directory: WorkingDirectory) {
    this.posix = posix;
    this.directory = directory;
    this.start = orFatal(["open current directory"], () => posix.openAt(AT_CWD, ".", "directory"));
  }

  /**
   * Runs `action` with a directory as the working directory.
   *
   * @throws SystemFailure when it cannot be entered; Fatal when there is no way back
   */
  in<T>(directory: Name, action: () => T): T {
    this.directory.enter(directory);
    try {
      return action();
    } finally {
      orFatal(["set directory"], () => this.directory.enterOpen(this.start));
    }
  }
}
