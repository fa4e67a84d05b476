/**
 * Answers that are whole in memory until their clients have taken them: how much of that there may be, and for how
 * long. Streams see to themselves: they are written no faster than they are read.
 */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { Refusal } from "./failure.ts";

/** As many of these as there may be requests are no burden. */
const SMALL_BYTES = 16 * 1024;
const MOST_BYTES = 64 << 20;
/** A client that has not taken its answer by then is hung up on. */
const LONGEST_MS = 120_000;

export interface UnsentBounds {
  /** Of all answers together. */
  readonly mostBytes: number;
  readonly longestMs: number;
}

export class Unsent {
  private readonly bounds: UnsentBounds;
  private bytes = 0;

  constructor(bounds: UnsentBounds = { mostBytes: MOST_BYTES, longestMs: LONGEST_MS }) {
    this.bounds = bounds;
  }

  /** What waits to be taken. */
  get heldBytes(): number {
    return this.bytes;
  }

  guard(app: FastifyInstance): void {
    app.addHook("onSend", async ({ socket }, reply, payload) => {
      const isWhole = typeof payload === "string" || Buffer.isBuffer(payload);
      if (isWhole && payload.length > SMALL_BYTES) this.hold(reply.raw, socket, payload.length);
      return payload;
    });
  }

  /** @throws Refusal */
  private hold(raw: ServerResponse, socket: Socket, bytes: number): void {
    if (socket.destroyed) return;
    if (this.bytes + bytes > this.bounds.mostBytes)
      throw new Refusal(503, "too-much-unsent", "too many answers wait to be taken: try again", {
        "retry-after": "1",
      });
    this.bytes += bytes;
    let held = bytes;
    const timer = setTimeout(() => socket.destroy(), this.bounds.longestMs);
    const letGo = (): void => {
      clearTimeout(timer);
      for (const [from, event] of ends) from.off(event, letGo);
      // Where one end brings the next about, whom the first has struck off is still called (Node 24).
      this.bytes -= held;
      held = 0;
    };
    // An answer that stands behind another one hears nothing of the end of its connection.
    const ends = [
      [raw, "finish"],
      [raw, "close"],
      [socket, "close"],
    ] as const;
    for (const [from, event] of ends) from.on(event, letGo);
  }
}
