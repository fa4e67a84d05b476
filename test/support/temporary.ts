/** Directories that are gone when their test is over. */
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a test, or a suite's `after`, offers for tidying up. */
export interface Scope {
  after(tidy: () => void): void;
}

/** A new directory, in memory where the system has such a place. */
export function temporaryDirectory(scope: Scope): string {
  const directory = mkdtempSync(join(fastPlace(), "timberline-"));
  // Tried again: what was killed a moment ago may still be putting a file into it.
  scope.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }));
  return directory;
}

function fastPlace(): string {
  try {
    accessSync("/dev/shm", constants.W_OK);
    return "/dev/shm";
  } catch {
    // No such place here, or not for us.
    return tmpdir();
  }
}
