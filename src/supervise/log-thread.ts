/** One thread that writes logs, as the process sees it. */
import {
  closeHeld,
  type Fd,
  joined,
  makeHeld,
  type Name,
  ownProgram,
  SystemFailure,
  startThread,
  type Thread,
} from "../posix/index.ts";
import type { Attendant, Means } from "./attendant.ts";
import type { FromLogThread, LogThreadData, ToLogThread } from "./log-messages.ts";

const program = ownProgram("log-worker", import.meta.url);

export type Starter = typeof startThread;

export interface HostedOrder {
  readonly name: Name;
  /** Closed when the log has ended. */
  readonly directory: Fd;
  readonly input: Fd;
  readonly script: readonly Uint8Array[];
}

interface Hosted {
  readonly order: HostedOrder;
  readonly resolve: () => void;
}

export class LogThread {
  private readonly means: Means;
  private readonly thread: Thread;
  private readonly held = makeHeld();
  private readonly logs = new Map<number, Hosted>();
  private opened = 0;

  /** @param onLoss  is called when the thread is no more */
  constructor(means: Means, onLoss: () => void, starter: Starter = startThread) {
    this.means = means;
    const data: LogThreadData = { held: this.held };
    this.thread = starter(program, data, (message) => this.hear(message as FromLogThread));
    void this.thread.ended.then((thrown) => {
      onLoss();
      this.lost(thrown);
    });
  }

  open(order: HostedOrder): Attendant {
    const log = this.opened++;
    const ended = new Promise<void>((resolve) => this.logs.set(log, { order, resolve }));
    const { directory, input, script } = order;
    this.post({ kind: "open", log, directory, input, script });
    const close = (): void => this.post({ kind: "close", log });
    // The end of its input is all that it needs to be told.
    return {
      ended,
      stop: close,
      kill: close,
      drain: () => true,
      rotate: () => this.post({ kind: "rotate", log }),
      leaveIfRemoved: () => this.leaveIfRemoved(log),
    };
  }

  /** There is no place for its lines any more. */
  private leaveIfRemoved(log: number): boolean {
    const hosted = this.logs.get(log);
    if (hosted === undefined || this.means.posix.status(hosted.order.directory).links > 0)
      return false;
    // Twice: it does not wait for what cannot be done.
    for (let told = 0; told < 2; told++) this.post({ kind: "close", log });
    return true;
  }

  private hear(message: FromLogThread): void {
    switch (message.kind) {
      case "warning":
        return this.warn(message.log, message.line);
      case "ended":
        if (message.cause !== undefined) this.warn(message.log, message.cause);
        return this.forget(message.log);
      case "spawn":
        return void this.spawn(message);
    }
  }

  private async spawn(asked: Extract<FromLogThread, { readonly kind: "spawn" }>): Promise<void> {
    const { posix, environment } = this.means;
    const { call, program: file, argv, options } = asked;
    try {
      const onStart = (pid: number): void => this.post({ kind: "started", call, pid });
      const ending = await posix.spawn(file, argv, { ...options, environment, onStart });
      this.post({ kind: "spawned", call, outcome: { ending } });
    } catch (failure) {
      const { code, syscall } =
        failure instanceof SystemFailure ? failure : new SystemFailure("EIO", String(failure));
      this.post({ kind: "spawned", call, outcome: { failure: [code, syscall] } });
    }
  }

  private forget(log: number): void {
    const hosted = this.logs.get(log);
    if (hosted === undefined) return;
    this.logs.delete(log);
    this.means.posix.close(hosted.order.directory);
    hosted.resolve();
  }

  /** What it had open is closed, locks among it; its logs are opened anew by whoever wants them. */
  private lost(thrown: unknown): void {
    const { posix, say } = this.means;
    const told = (thrown as Error | undefined)?.stack ?? "it was ended";
    say("svscan", "warning", Buffer.from(`a thread of ${this.logs.size} logs is lost: ${told}`));
    closeHeld(posix, this.held);
    for (const log of this.logs.keys()) this.forget(log);
  }

  private warn(log: number, line: Uint8Array): void {
    const name = this.logs.get(log)?.order.name ?? "";
    this.means.say("svscan", "warning", joined([name, ": ", line]));
  }

  private post(message: ToLogThread): void {
    this.thread.post(message);
  }
}
