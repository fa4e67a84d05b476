/** Answers that go on: written no faster than they are read, and ended where nobody reads. */
import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";
import { SECURITY_HEADERS } from "../server/headers.ts";

/** A client that takes nothing for so long is gone, or does not deserve better. */
export const STALLED_MS = 60_000;

/** Takes an answer out of fastify's hands. */
export function beginStream(reply: FastifyReply, type: string): ServerResponse {
  reply.hijack();
  const { raw } = reply;
  // What fails here is that the client is gone: `close` says so as well.
  raw.on("error", () => undefined);
  raw.writeHead(200, { ...SECURITY_HEADERS, "content-type": type, "x-accel-buffering": "no" });
  raw.flushHeaders();
  raw.socket?.setNoDelay(true);
  return raw;
}

/** Writes, and waits until there is room again. @returns false when the client is gone, or takes nothing */
export async function write(raw: ServerResponse, chunk: Buffer | string): Promise<boolean> {
  if (raw.destroyed || raw.writableEnded) return false;
  if (raw.write(chunk)) return true;
  return new Promise((resolve) => {
    const done = (isWell: boolean): void => {
      clearTimeout(timer);
      raw.off("drain", onDrain);
      raw.off("close", onClose);
      if (!isWell) raw.destroy();
      resolve(isWell);
    };
    const onDrain = (): void => done(true);
    const onClose = (): void => done(false);
    const timer = setTimeout(onClose, STALLED_MS);
    raw.on("drain", onDrain);
    raw.on("close", onClose);
  });
}
