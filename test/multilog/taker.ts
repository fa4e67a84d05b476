/** Takes batches from a source as the pump does, and looks that each one keeps to what it promises. */
import assert from "node:assert/strict";
import fs from "node:fs";
import type { Batch, BatchMemory, Source } from "../../src/multilog/source.ts";
import { type Fd, ignoring, POLL_OUT, posix } from "../../src/posix/index.ts";
import { until } from "../support/until.ts";

const LF = 0x0a;
/** Somewhere in the memory, so that nothing depends on its beginning. */
const AT = 100;
const MOST = 256 * 1024;

export class Taker {
  readonly memory: BatchMemory;
  inLine = false;
  /** How many batches were taken. */
  batches = 0;
  private readonly source: Source;

  constructor(source: Source, capacity: number = 1_300_000) {
    this.source = source;
    this.memory = { memory: Buffer.alloc(AT + capacity + 1), at: AT, capacity };
  }

  /** What is offered now, not taken; latin1. */
  offer(most: number = MOST): { batch: Batch; text: string } | undefined {
    const batch = this.source.offer(this.memory, most, this.inLine);
    if (batch === undefined) return undefined;
    assert.ok(batch.length > 0);
    assert.ok(batch.taken === batch.length || batch.taken === batch.length - 1);
    assert.ok(batch.length <= this.memory.capacity + 1);
    return { batch, text: this.textOf(batch) };
  }

  /** Offers the same batch once more, into memory that somebody else has used. */
  again(batch: Batch): string | undefined {
    this.memory.memory.fill("#");
    return this.source.offerAgain(this.memory, batch) ? this.textOf(batch) : undefined;
  }

  /** Takes what is offered now. */
  take(most: number = MOST): string | undefined {
    const offered = this.offer(most);
    if (offered === undefined) return undefined;
    assert.equal(this.again(offered.batch), offered.text);
    this.source.take(offered.batch);
    this.inLine = !offered.text.endsWith("\n");
    this.batches++;
    return offered.text;
  }

  /** Takes all, up to the end of the source. */
  async takeAll(most: number = MOST): Promise<string> {
    const texts: string[] = [];
    for (;;) {
      const text = this.take(most);
      if (text !== undefined) texts.push(text);
      else if (this.source.ended) return texts.join("");
      else await this.source.wait();
    }
  }

  private textOf({ length }: Batch): string {
    const { memory, at } = this.memory;
    const text = memory.toString("latin1", at, at + length);
    if (!this.inLine && memory[at + length - 1] !== LF) {
      assert.ok(!text.includes("\n"), "a piece of a line has none before it");
    }
    return text;
  }
}

/**
 * Writes a text to a pipe, in pieces of these lengths (repeated as needed), while a source takes from
 * it.
 *
 * @returns what was taken, and in how many batches
 */
export async function through(
  makeSource: (fd: Fd) => Source,
  text: string,
  pieces: readonly number[] = [text.length],
): Promise<{ readonly taken: string; readonly batches: number }> {
  const [readEnd, writeEnd] = posix.pipe();
  const source = makeSource(readEnd);
  const taker = new Taker(source);
  const writing = writeAll(writeEnd, text, pieces).finally(() => posix.close(writeEnd));
  const [taken] = await Promise.all([taker.takeAll(), writing]);
  source.close();
  posix.close(readEnd);
  return { taken, batches: taker.batches };
}

/** Writes a text to a pipe in pieces, waiting for room where there is none. */
export async function writeAll(fd: Fd, text: string, pieces: readonly number[]): Promise<void> {
  const bytes = Buffer.from(text, "latin1");
  // The two ends of a pipe have flags of their own: the reader does not see this.
  posix.setStatusFlags(fd, posix.getStatusFlags(fd) | fs.constants.O_NONBLOCK);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = Math.min(bytes.length, at + (pieces[i % pieces.length] ?? 1));
    while (at < end) {
      const from = at;
      at += ignoring(["EAGAIN"], () => posix.write(fd, bytes, from, end - from)) ?? 0;
      if (at < end) {
        await until("room in the pipe", () => (posix.poll(fd, POLL_OUT, 0) & POLL_OUT) !== 0);
      }
    }
    if (i % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
