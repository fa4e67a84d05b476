/**
 * A `supervise` of its own for each directory, as in 0.76. It is told by its FIFO, so that it may
 * be either family's.
 */
import {
  AT_CWD,
  type Ending,
  type Fd,
  type Name,
  type Posix,
  unlessRefused,
} from "../posix/index.ts";
import type { Attend, Attendant, Means, Order } from "./attendant.ts";
import { parseEssentialEnd } from "./phase.ts";
import { readSmall } from "./small-file.ts";
import { decodeStatus, type ReadStatus } from "./status.ts";

/** So soon after its start it does not listen yet. */
const ASK_AGAIN_MS = 50;
/** There is a start a second; and what cannot be started is not waited for. */
const MOST_WAIT_MS = 1500;

/** Tells supervise to end with an essential service. */
export const ESSENTIAL_OPTION = "--essential";

/** @param paths  where `supervise` may be, in order */
export function attendApart(paths: readonly Name[], { posix, ...means }: Means): Attend {
  const { environment, ignoredSignals, blockedSignals } = means;
  return ({ directory, descriptors, onEssentialDeath }) => {
    // Held, as its name may come to be another's.
    const dir = posix.openAt(AT_CWD, directory, "directory");
    try {
      const mayEnd = onEssentialDeath !== undefined && isEssential(posix, dir);
      const options = mayEnd ? [ESSENTIAL_OPTION] : [];
      const pid = posix.start(paths, ["supervise", ...options, directory], {
        descriptors,
        environment,
        ignoredSignals,
        blockedSignals,
      });
      return new Apart(posix, { dir, pid, onEssentialDeath });
    } catch (failure) {
      posix.close(dir);
      throw failure;
    }
  };
}

/** Told to those alone whom it concerns, as the supervise of C has no options. */
function isEssential(posix: Posix, dir: Fd): boolean {
  return posix.statusAt(dir, "essential") !== undefined;
}

interface Started {
  /** The service directory. */
  readonly dir: Fd;
  readonly pid: number;
  readonly onEssentialDeath: Order["onEssentialDeath"];
}

class Apart implements Attendant {
  readonly ended: Promise<void>;
  private readonly posix: Posix;
  private readonly dir: Fd;
  private readonly pid: number;
  private hasEnded = false;

  constructor(posix: Posix, { dir, pid, onEssentialDeath }: Started) {
    this.posix = posix;
    this.dir = dir;
    this.pid = pid;
    this.ended = posix.ended(pid).then(({ code }) => {
      this.hasEnded = true;
      const end = code === 0 ? this.essentialEnd : undefined;
      posix.close(dir);
      if (end !== undefined) onEssentialDeath?.(end);
    });
  }

  stop(): void {
    void this.tell(() => "dx");
  }

  /** As in 0.76, it stays: its FIFO was removed with the directory. */
  leaveIfRemoved(): boolean {
    return false;
  }

  drain(): boolean {
    const isToRun = this.status?.want !== "down";
    void this.leaveOnceStarted(isToRun);
    return isToRun;
  }

  /** One that has died a moment ago waits for its next start, and `x` would take that away. */
  private async leaveOnceStarted(isToRun: boolean): Promise<void> {
    const { posix } = this;
    if (isToRun) {
      await this.tell(() => "o");
      const deadline = posix.monotonicMs() + MOST_WAIT_MS;
      while (!this.hasEnded && this.status?.pid === 0 && posix.monotonicMs() < deadline)
        await posix.sleep(ASK_AGAIN_MS);
    }
    await this.tell(() => "x");
  }

  kill(): void {
    void this.tell(() => "kx");
  }

  private async tell(bytes: () => string): Promise<void> {
    while (!this.hasEnded && !this.hears(bytes)) await this.posix.sleep(ASK_AGAIN_MS);
  }

  private hears(bytes: () => string): boolean {
    const { posix, dir } = this;
    const taken = unlessRefused(() => {
      // An earlier supervise may be listening still, and go with what it was told.
      const control = posix.statusAt(dir, "supervise/control");
      if (control === undefined || !posix.hasOpen(this.pid, control)) return 0;
      const fd = posix.openAt(dir, "supervise/control", "write");
      try {
        const command = Buffer.from(bytes());
        return posix.write(fd, command, 0, command.length);
      } finally {
        posix.close(fd);
      }
    });
    return taken !== undefined && taken > 0;
  }

  /** How its service ended, where that was an essential one and it ended with it. */
  private get essentialEnd(): Ending | undefined {
    const phase = this.read("phase");
    return phase && parseEssentialEnd(phase.toString("latin1"));
  }

  private get status(): ReadStatus | undefined {
    const bytes = this.hasEnded ? undefined : this.read("status");
    return bytes && decodeStatus(bytes);
  }

  /** @returns undefined also where it cannot be read */
  private read(file: string): Buffer | undefined {
    return unlessRefused(() => readSmall(this.posix, this.dir, `supervise/${file}`));
  }
}
