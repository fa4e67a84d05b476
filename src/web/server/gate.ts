/**
 * What every request passes before anything is done for it: there are not too many, it is meant for us, it was not
 * made by somebody else's page, and a user made it where there are users.
 */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Posix } from "../../posix/index.ts";
import { Refusal } from "./failure.ts";
import { isOwnFetch } from "./fetch-site.ts";
import { isKnownHost, isOwnOrigin } from "./host.ts";
import type { Login } from "./login.ts";
import { peerOf } from "./peer.ts";

/** Streams among them: more than there may be of those. */
const MOST_REQUESTS = 1000;
/** On one connection, of which one is answered after the other; whoever sends more ahead is hung up on. */
const MOST_AHEAD = 16;
/** What is being answered when the server ends may be answered to its end, if that is soon. */
const LONGEST_SETTLING_MS = 1000;
const SETTLING_MS = 10;
const CHANGING = new Set(["POST", "PUT", "PATCH", "DELETE"]);
/** What a form of somebody else's page cannot send without asking first. */
const PROGRAM_TYPES = /^(application\/json|text\/xml)\b/i;
/** Says whether svweb is there, and nothing else. */
const OPEN_PATH = "/healthz";

export interface GateOptions {
  readonly posix: Pick<Posix, "monotonicMs" | "sleep">;
  /** undefined: nobody is asked who they are. */
  readonly login: Login | undefined;
  /** Names by which we may be called; undefined: any, as on a unix socket, where no browser comes. */
  readonly hosts: ReadonlySet<string> | undefined;
}

export class Gate {
  private readonly options: GateOptions;
  private readonly users = new WeakMap<FastifyRequest, string>();
  /** What is not answered yet, by the connection. */
  private readonly unanswered = new WeakMap<Socket, Set<ServerResponse>>();
  private inFlight = 0;

  constructor(options: GateOptions) {
    this.options = options;
  }

  /** Resolves when nothing is asked any more, or after a while. */
  async settle(): Promise<void> {
    const { posix } = this.options;
    const deadline = posix.monotonicMs() + LONGEST_SETTLING_MS;
    while (this.inFlight > 0 && posix.monotonicMs() < deadline) await posix.sleep(SETTLING_MS);
  }

  user(request: FastifyRequest): string | null {
    return this.users.get(request) ?? null;
  }

  guard(app: FastifyInstance): void {
    app.addHook("onRequest", (request, reply, done) => {
      this.enter(request, reply).then(() => done(), done);
    });
  }

  /**
   * To be called as soon as there is the request: of one that is over before, nobody is told that it is.
   *
   * @throws Refusal
   */
  async enter(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { socket } = request;
    const { raw } = reply;
    const unanswered = this.unanswered.get(socket) ?? answersOf(socket);
    this.unanswered.set(socket, unanswered);
    if (unanswered.size >= MOST_AHEAD) {
      socket.destroy();
      return void reply.hijack();
    }
    this.inFlight++;
    unanswered.add(raw);
    raw.once("close", () => {
      this.inFlight--;
      unanswered.delete(raw);
    });
    await this.admit(request);
    // Whoever has left meanwhile is not served: nobody would be told again that they left.
    if (raw.destroyed || socket.destroyed) void reply.hijack();
  }

  /** @throws Refusal */
  private async admit(request: FastifyRequest): Promise<void> {
    const { login, hosts, posix } = this.options;
    const { host, origin, authorization } = request.headers;
    const peer = peerOf(request.socket);
    if (this.inFlight > MOST_REQUESTS)
      throw new Refusal(503, "too-many-requests", "too much is asked at once: try again", {
        "retry-after": "1",
      });
    if (hosts !== undefined && !isKnownHost(host, hosts))
      throw new Refusal(
        421,
        "wrong-host",
        `no host of that name is here: svweb --host makes one known`,
      );
    if (!isOwnOrigin(origin, host) || !isOwnFetch(request.headers, request.routeOptions.url))
      throw new Refusal(403, "wrong-origin", "another page's requests are not answered");
    if (CHANGING.has(request.method)) expectProgram(request);
    if (login === undefined || request.routeOptions.url === OPEN_PATH) return;
    this.users.set(request, await login.check(authorization, peer, posix.monotonicMs()));
  }
}

/**
 * The answers that a connection waits for. Node tells the one whose turn it is that the connection has closed; those
 * behind it are told here, as whatever they hold they would hold for ever.
 */
function answersOf(socket: Socket): Set<ServerResponse> {
  const answers = new Set<ServerResponse>();
  socket.once("close", () => {
    for (const raw of [...answers].filter((one) => one.socket === null)) {
      raw.destroy();
      raw.emit("close");
    }
  });
  return answers;
}

/** A page of somebody else's can send forms, with the user's password, and needs not be able to read the answer. */
function expectProgram({ headers }: FastifyRequest): void {
  if (headers["x-timberline"] !== undefined) return;
  if (PROGRAM_TYPES.test(headers["content-type"] ?? "")) return;
  const cure = "send the header X-Timberline: 1, or JSON";
  throw new Refusal(403, "no-form", `this may have been made by another page: ${cure}`);
}
