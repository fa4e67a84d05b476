/** A directory of one's own for a while. */
import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { asFailure } from "./failure.ts";

export class Scratch {
  readonly path: string;

  /** Makes it in `parent`, under a name that nobody has. @throws SystemFailure */
  constructor(parent: string, name: string) {
    const prefix = `${parent}/${name}-`;
    this.path = asked("mkdtemp", prefix, () => mkdtempSync(prefix));
  }

  /** What can be written there by us. */
  get freeBytes(): number {
    const { bavail, bsize } = asked("statfs", this.path, () => statfsSync(this.path));
    return bavail * bsize;
  }

  /** Removes it with all that is in it; again, while somebody still puts files there. */
  remove(): void {
    asked("rmdir", this.path, () =>
      rmSync(this.path, { recursive: true, force: true, maxRetries: 5 }),
    );
  }
}

function asked<T>(syscall: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asFailure(error, syscall, path);
  }
}
