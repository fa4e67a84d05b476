/** Starting who keeps a directory of the tree going. */
import { type Ending, Fatal, type Fd, type Name, SystemFailure, unableTo } from "../posix/index.ts";
import type { Attend, Attendant, Means, Order } from "./attendant.ts";

export interface BranchMeans extends Pick<Means, "posix" | "say"> {
  readonly attend: Attend;
  /** Keeps a log that is written by this process. */
  readonly host: Attend;
  /** What a service finds where nothing else is said. */
  readonly descriptors: ReadonlyMap<Fd, Fd>;
  readonly onEssentialDeath: (name: Name, ending: Ending) => void;
  /** An attendant has ended. */
  readonly onEnd: () => void;
}

/**
 * @param program  who is to do it: a supervisor, or svscan itself
 * @param forget  is called when the attendant has ended
 * @returns undefined when it was not possible, which was said
 */
export function begin(
  { attend, host, say, onEnd }: BranchMeans,
  program: "supervise" | "svscan",
  order: Order,
  forget: () => void,
): Attendant | undefined {
  try {
    const started = (program === "svscan" ? host : attend)(order);
    void started.ended.then(() => {
      forget();
      onEnd();
    });
    return started;
  } catch (failure) {
    if (failure instanceof Fatal) say(program, "fatal", failure.line);
    else if (failure instanceof SystemFailure)
      say("svscan", "warning", unableTo(["start supervise ", order.directory], failure));
    else throw failure;
    return undefined;
  }
}
