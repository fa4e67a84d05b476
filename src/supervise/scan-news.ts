/** News of the scan directory, where the system tells them. */
import { DirectoryWatch, SystemFailure } from "../posix/index.ts";

/** A wait without news; then another one begins. */
const WAIT_MS = 3_600_000;

export class ScanNews {
  private readonly watch: DirectoryWatch | undefined;
  private isClosed = false;

  /** @param onNews  is called for names that came or went in the working directory */
  constructor(onNews: () => void) {
    this.watch = openWatch();
    if (this.watch?.add(".") !== undefined) void this.listen(this.watch, onNews);
    else this.close();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.watch?.close();
  }

  private async listen(watch: DirectoryWatch, onNews: () => void): Promise<void> {
    while (!this.isClosed) {
      await watch.wait(WAIT_MS);
      let isNew = false;
      if (!this.isClosed) {
        watch.take(() => {
          isNew = true;
        });
      }
      if (isNew) onNews();
    }
  }
}

/** @returns undefined where there is none to be had: then the directory is looked at from time to time */
function openWatch(): DirectoryWatch | undefined {
  try {
    return new DirectoryWatch();
  } catch (failure) {
    if (failure instanceof SystemFailure) return undefined;
    throw failure;
  }
}
