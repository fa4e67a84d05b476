/** The program of a thread that writes logs: any number of them, each as a multilog of its own would. */
import { CopyPipes, createMultilog, type Multilog } from "../multilog/index.ts";
import { Fatal, listenInThread, ownFault, posixAt, threadData } from "../posix/index.ts";
import type { FromLogThread, LogThreadData, ToLogThread } from "./log-messages.ts";
import { LogThreadPosix } from "./log-thread-posix.ts";

interface Kept {
  multilog: Multilog | undefined;
  /** How often it was told to close. */
  closings: number;
}

const post: (message: FromLogThread) => void = listenInThread((m) => hear(m as ToLogThread));
const system = new LogThreadPosix(threadData() as LogThreadData, post);
const copies = new CopyPipes(system.posix);
const logs = new Map<number, Kept>();

function hear(message: ToLogThread): void {
  switch (message.kind) {
    case "open":
      return void keep(message);
    case "close":
      return close(message.log);
    case "rotate":
      return void logs.get(message.log)?.multilog?.rotate();
    case "started":
    case "spawned":
      return system.hear(message);
  }
}

async function keep(order: Extract<ToLogThread, { readonly kind: "open" }>): Promise<void> {
  const { log, directory, input, script } = order;
  const kept: Kept = { multilog: undefined, closings: 0 };
  logs.set(log, kept);
  try {
    const multilog = await createMultilog(script, {
      input,
      copies,
      posix: posixAt(system.posix, directory),
      onWarning: (line) => post({ kind: "warning", log, line }),
    });
    kept.multilog = multilog;
    // Those that came while its directories were being opened.
    for (let n = 0; n < kept.closings; n++) void multilog.close();
    await multilog.closed;
    post({ kind: "ended", log });
  } catch (failure) {
    const told = failure instanceof Fatal ? failure.line : Buffer.from(ownFault(failure));
    post({ kind: "ended", log, cause: told });
  } finally {
    logs.delete(log);
  }
}

function close(log: number): void {
  const kept = logs.get(log);
  if (kept === undefined) return;
  kept.closings++;
  kept.multilog?.close().catch(() => undefined);
}
