/**
 * Supervisor's clients: XML-RPC under `/RPC2`, and the streams that `supervisorctl tail -f` reads.
 *
 * Requests were admitted when they come here (users, Host, Origin). A call has to be XML by its content type: no
 * page of another origin can send that without being asked for it first.
 */
import { setMaxListeners } from "node:events";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { posix } from "../../posix/index.ts";
import type { Site } from "../server/site.ts";
import type { LogStream } from "../tree/log-place.ts";
import { Answerer, Forbidden } from "./answer.ts";
import { RpcFault } from "./faults.ts";
import { LogTails } from "./log-stream.ts";
import { findProcess } from "./processes.ts";
import { refuse } from "./refuse.ts";
import type { Supervisord } from "./supervisord.ts";
import { Gone } from "./waiting.ts";
import { BadCall } from "./xml-reader.ts";

const XML = "text/xml";
/** The longest call that is read: a hundred calls in one, and long arguments. */
const MOST_CALL_BYTES = 256 << 10;
const CALLS = ["/RPC2", "/RPC2/*"];

/** Registers the routes of Supervisor's clients; requests were admitted when they come here. */
export function registerRpc(app: FastifyInstance, site: Site): void {
  const answerer = new Answerer(site, posix);
  const { supervisord } = answerer;
  const tails = new LogTails(supervisord);
  void app.register(async (scope) => {
    // All that comes to these paths is a call, or is none: nothing else is taken apart.
    scope.removeAllContentTypeParsers();
    const whole = { parseAs: "buffer", bodyLimit: MOST_CALL_BYTES } as const;
    scope.addContentTypeParser(XML, whole, (_request, body, done) => done(null, body));
    for (const url of CALLS)
      scope.post(url, (request, reply) => answer(answerer, site, request, reply));
    scope.get("/logtail/*", (request, reply) => {
      const { "*": path = "" } = request.params as Record<string, string>;
      return tail(supervisord, tails, reply, path);
    });
    for (const url of ["/mainlogtail", "/mainlogtail/*"])
      scope.get(url, (_, reply) => {
        const own = supervisord.ownService();
        return tails.open(reply, own && supervisord.logOf(own, "stdout"));
      });
  });
}

async function answer(
  answerer: Answerer,
  site: Site,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const gone = new AbortController();
  // One for each service that is waited for.
  setMaxListeners(0, gone.signal);
  const leave = (): void => gone.abort();
  reply.raw.once("close", leave);
  site.ending.addEventListener("abort", leave, { once: true });
  try {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const text = await answerer.answer(body, { who: site.who(request), gone: gone.signal });
    return await reply.type("text/xml").send(text);
  } catch (failure) {
    if (failure instanceof BadCall) return refuse(reply, 400, "Bad Request", failure.message);
    if (failure instanceof Forbidden) return refuse(reply, 403, "Forbidden", failure.message);
    if (failure instanceof Gone) return refuse(reply, 503, "Service Unavailable");
    throw failure;
  } finally {
    site.ending.removeEventListener("abort", leave);
  }
}

/** `NAME`, `NAME/stdout`, `NAME/stderr`; NAME may have a slash of its own. */
function tail(
  supervisord: Supervisord,
  tails: LogTails,
  reply: FastifyReply,
  path: string,
): FastifyReply {
  const [, called = path, channel = "stdout"] = /^(.*)\/(stdout|stderr)$/s.exec(path) ?? [];
  try {
    const { view } = findProcess(supervisord.tree, called);
    return tails.open(reply, supervisord.logOf(view, channel as LogStream));
  } catch (failure) {
    if (failure instanceof RpcFault) return refuse(reply, 404, "Not Found");
    throw failure;
  }
}
