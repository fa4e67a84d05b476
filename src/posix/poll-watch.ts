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
  let asked = false;
  let rung = false;
  let stopped = false;

  async function next(timeoutMs: number = -1): Promise<Readiness | undefined> {
    asked = true;
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    record.writeInt16LE(0, 6);
    record.writeInt16LE(0, 14);
    await pollCall(record, 2, timeoutMs);
    asked = false;
    const events = record.readInt16LE(6);
    if (rung) files.read(woken, Buffer.alloc(1), 0, 1);
    const wasRung = rung;
    rung = false;
    if (stopped) release();
    return events === 0 || wasRung ? undefined : { hangup: (events & (POLL_HUP | POLL_ERR)) !== 0 };
  }

  /** Rings once for a question: more would fill the pipe, and what is read is one byte. */
  function wake(): void {
    if (!asked || rung) return;
    rung = true;
    files.write(waker, WAKE, 0, 1);
  }

  function release(): void {
    for (const end of [woken, waker]) files.close(end);
  }

  return {
    next,
    wake,
    stop: () => {
      if (stopped) return;
      stopped = true;
      if (asked) wake();
      else release();
    },
  };
}
