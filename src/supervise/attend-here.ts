/** A supervisor in this process. */
import { joined } from "../posix/index.ts";
import type { Attend, Means } from "./attendant.ts";
import { Supervisor, type SupervisorOptions } from "./supervisor.ts";

const LOOK_AGAIN_MS = 20;

/** @param more  what else the supervisor is told */
export function attendHere(
  { posix, say, ...surroundings }: Means,
  more: Partial<SupervisorOptions> = {},
): Attend {
  return (order) => {
    const { onEssentialDeath } = order;
    const supervisor = new Supervisor(posix, {
      ...surroundings,
      ...order,
      ...more,
      onEssentialDeath:
        onEssentialDeath &&
        ((ending) => {
          // At once: it may be due to be started again by now.
          tell("dx");
          onEssentialDeath(ending);
        }),
      say: (kind, line) => say("supervise", kind, line),
    });
    let isLeaving = false;
    const tell = (bytes: string): void => supervisor.command(Buffer.from(bytes));
    /** One that has died a moment ago waits for its next start, and `x` would take that away. */
    const leaveOnceStarted = async (): Promise<void> => {
      while (supervisor.isDue) await posix.sleep(LOOK_AGAIN_MS);
      tell("x");
    };
    return {
      // A fault in one is no reason to leave the others alone.
      ended: supervisor.ended.catch((fault: unknown) => {
        const told = String((fault as Error).stack ?? fault);
        const words = ["our own fault, please report it: ", order.directory, `: ${told}`];
        say("supervise", "fatal", joined(words));
      }),
      stop: () => tell("dx"),
      leaveIfRemoved: () => {
        if (isLeaving || !supervisor.isRemoved) return isLeaving;
        isLeaving = true;
        tell("x");
        return true;
      },
      drain: () => {
        const isToRun = !supervisor.isWantedDown;
        if (isToRun) tell("o");
        void leaveOnceStarted();
        return isToRun;
      },
      kill: () => tell("kx"),
    };
  };
}
