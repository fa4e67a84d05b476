/** Answers that a client may have already, and that are kept packed as well. */
import type { FastifyReply, FastifyRequest } from "fastify";

export interface Tagged {
  /** As in the header `ETag`: another one for other bytes. */
  readonly tag: string;
  readonly bytes: Buffer;
  /** The same, by gzip. */
  readonly packed: Buffer;
}

/** Answers with what the client takes, with nothing where it has that already. */
export function sendTagged(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  answer: Tagged,
): FastifyReply {
  const { tag } = answer;
  void reply.headers({ etag: tag, vary: "accept-encoding" });
  if (headers["if-none-match"] === tag) return reply.code(304).send();
  const takesPacked = /\bgzip\b/.test(headers["accept-encoding"]?.toString() ?? "");
  if (takesPacked) void reply.header("content-encoding", "gzip");
  return reply.send(takesPacked ? answer.packed : answer.bytes);
}
