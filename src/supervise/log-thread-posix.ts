/**
 * The system as the logs of one thread see it: what they start is started by the process, fsync waits
 * for its turn, and what is open is noted where the process sees it.
 */
import {
  type Ending,
  type Fd,
  noting,
  type Posix,
  posix as realPosix,
  SystemFailure,
} from "../posix/index.ts";
import type { SpawnOptions } from "../posix/types.ts";
import type { FromLogThread, LogThreadData, Spawned, ToLogThread } from "./log-messages.ts";

/**
 * While the process starts a program, its limit on descriptors is that of the program (posix/start.ts), for the
 * millisecond that it takes: whoever opens something then is refused, and tries again.
 */
const TRIES = 50;
const BETWEEN_MS = 2;

interface Asked {
  readonly onStart: SpawnOptions["onStart"];
  readonly resolve: (ending: Ending) => void;
  readonly reject: (failure: SystemFailure) => void;
}

export class LogThreadPosix {
  readonly posix: Posix;
  private readonly system: Posix;
  private readonly post: (message: FromLogThread) => void;
  private readonly asked = new Map<number, Asked>();
  private calls = 0;
  private lastSync: Promise<unknown> = Promise.resolve();

  constructor(
    { held }: LogThreadData,
    post: (message: FromLogThread) => void,
    system: Posix = realPosix,
  ) {
    this.post = post;
    this.system = system;
    const patiently = <T>(open: () => T): T => inLimits(system, open);
    const patient: Posix = {
      ...system,
      list: (dir) => patiently(() => system.list(dir)),
      openAt: (...given) => patiently(() => system.openAt(...given)),
      pipe: () => patiently(() => system.pipe()),
    };
    this.posix = {
      ...noting(patient, held),
      syncLater: (fd) => this.sync(fd),
      spawn: (program, argv, options) => this.spawn(program, argv, options),
    };
  }

  /** What the process has to say of a program that was asked for. */
  hear(message: Extract<ToLogThread, { readonly call: number }>): void {
    const asked = this.asked.get(message.call);
    if (message.kind === "started") asked?.onStart?.(message.pid);
    else {
      this.asked.delete(message.call);
      settle(asked, message.outcome);
    }
  }

  /** One at a time: the pool of the process is for all threads, and a stalled disk is not to fill it. */
  private sync(fd: Fd): Promise<void> {
    const mine = this.lastSync.then(() => this.system.syncLater(fd));
    this.lastSync = mine.catch(() => undefined);
    return mine;
  }

  private spawn(...[program, argv, given]: Parameters<Posix["spawn"]>): Promise<Ending> {
    const { onStart, ...options } = given;
    const call = this.calls++;
    return new Promise((resolve, reject) => {
      this.asked.set(call, { onStart, resolve, reject });
      this.post({ kind: "spawn", call, program, argv, options });
    });
  }
}

function inLimits<T>(system: Posix, open: () => T): T {
  for (let left = TRIES; ; left--) {
    try {
      return open();
    } catch (failure) {
      const isLimit = failure instanceof SystemFailure && failure.code === "EMFILE";
      if (!isLimit || left === 0) throw failure;
      system.standStill(BETWEEN_MS);
    }
  }
}

function settle(asked: Asked | undefined, outcome: Spawned): void {
  if ("ending" in outcome) asked?.resolve(outcome.ending);
  else asked?.reject(new SystemFailure(...outcome.failure));
}
