/** What a request is refused with: a status, a code for programs and words for people. */
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { ownFault } from "../../posix/index.ts";
import type { Site } from "./site.ts";

export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly statusCode: number;
  /** As in `no-such-service`. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    statusCode: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.headers = headers;
  }
}

/** What those of fastify are called here. */
const CODES: Readonly<Record<string, string>> = {
  FST_ERR_VALIDATION: "bad-request",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unknown-content-type",
  FST_ERR_CTP_BODY_TOO_LARGE: "body-too-large",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "bad-request",
  FST_ERR_CTP_INVALID_JSON_BODY: "bad-json",
};
const OWN_FAULT = 500;

export function errorBody(code: string, message: string): string {
  return JSON.stringify({ error: { code, message } });
}

/** Answers whatever a handler has thrown. */
export function answerFailure(
  site: Pick<Site, "warn">,
  failure: FastifyError | Refusal,
  _request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const status = failure.statusCode ?? OWN_FAULT;
  const type = "application/json; charset=utf-8";
  if (failure instanceof Refusal)
    return reply
      .code(status)
      .headers(failure.headers)
      .type(type)
      .send(errorBody(failure.code, failure.message));
  if (status < OWN_FAULT)
    return reply
      .code(status)
      .type(type)
      .send(errorBody(CODES[failure.code] ?? "bad-request", failure.message));
  // What it was stays here.
  site.warn(ownFault(failure));
  return reply
    .code(status)
    .type(type)
    .send(errorBody("own-fault", "our own fault: see the log of svweb"));
}
