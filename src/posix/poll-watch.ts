/**
 * Watching a descriptor where there is no epoll: poll(2) in a pool thread, on the descriptor and a
 * pipe that wakes it. Level-triggered; a pool thread each.
 */

import { files } from "./files.ts";
import { bindAsync } from "./libc.ts";
import { POLL_ERR, POLL_HUP, POLL_IN, pipes } from "./pipes.ts";
import type { Fd, Readiness, Watch } from "./types.ts";

const pollCall = bindAsync("int poll(void *fds, unsigned long count, int timeout)");
const WAKE = Uint8Array.of(0);
const REST_MS = 1;

export function pollWatch(fd: Fd): Watch {
  const [woken, waker] = pipes.pipe();
  const record = Buffer.alloc(16);
  for (const [index, watched] of [fd, woken].entries()) {
    record.writeInt32LE(watched, 8 * index);
    record.writeInt16LE(POLL_IN, 8 * index + 4);
  }
  let stopped = false;

  async function next(timeoutMs: number = -1): Promise<Readiness | undefined> {
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    record.writeInt16LE(0, 6);
    record.writeInt16LE(0, 14);
    await pollCall(record, 2, timeoutMs);
    if (record.readInt16LE(14) !== 0) files.read(woken, Buffer.alloc(1), 0, 1);
    if (stopped) for (const end of [woken, waker]) files.close(end);
    const events = record.readInt16LE(6);
    return events === 0 ? undefined : { hangup: (events & (POLL_HUP | POLL_ERR)) !== 0 };
  }

  const wake = (): void => void files.write(waker, WAKE, 0, 1);
  return {
    next,
    wake,
    stop: () => {
      stopped = true;
      wake();
    },
  };
}
