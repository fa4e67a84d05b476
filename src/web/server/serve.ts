/** Makes the server, and ends it. */
import { setMaxListeners } from "node:events";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { getLimit, type Posix } from "../../posix/index.ts";
import { registerApi } from "../api/index.ts";
import { registerRpc } from "../rpc/index.ts";
import type { Tree } from "../tree/types.ts";
import { answerFailure, errorBody, Refusal } from "./failure.ts";
import { Gate } from "./gate.ts";
import { SECURITY_HEADERS } from "./headers.ts";
import { type Listen, listen } from "./listening.ts";
import { Login } from "./login.ts";
import { oneLine } from "./one-line.ts";
import { servePage } from "./page-files.ts";
import { meet, peerOf } from "./peer.ts";
import type { Site } from "./site.ts";
import { Unsent } from "./unsent.ts";
import { UsersFile } from "./users-file.ts";

const MOST_BODY_BYTES = 64 * 1024;
const MOST_HEADER_BYTES = 16 * 1024;
/** And no more than half of the descriptors: the tree, its logs and the system's news need some as well. */
const MOST_CONNECTIONS = 1024;
/** Of a path's part: a name of 255 bytes, each as `%NN`. */
const MOST_PARAMETER_LENGTH = 1024;
const REQUEST_MS = 30_000;
const HEADERS_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;
const CHECK_MS = 5000;

export interface ServeOptions {
  readonly posix: Posix;
  readonly tree: Tree;
  readonly listen: Listen;
  /** A file of users and the hashes of their passwords; undefined: nobody is asked. */
  readonly users?: string | undefined;
  /** Names of this machine by which it may be called, beside localhost and its addresses. */
  readonly hosts?: readonly string[];
  readonly version: string;
  /** The directory with the page's files, a slash at its end; undefined: there is no page. */
  readonly page?: URL | undefined;
  /** A line for standard error. */
  readonly say: (line: string) => void;
}

export interface Route {
  readonly method: string;
  /** As in `/api/services/:name`. */
  readonly url: string;
}

export interface Serving {
  /** Where it listens: `http://…`, or the path of the socket. */
  readonly address: string;
  /** What is answered, for the document of the API to be held against. */
  readonly routes: readonly Route[];
  /** Ends streams, then the server. The tree is closed by whoever made it. */
  close(): Promise<void>;
}

/** @throws Fatal when it cannot listen there, or the users cannot be read */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { tree, version, posix } = options;
  const warn = (words: string): void => options.say(`warning: ${oneLine(words)}`);
  const users = options.users === undefined ? undefined : new UsersFile(posix, options.users, warn);
  const gate = new Gate({
    posix,
    login: users && new Login(users),
    hosts:
      "path" in options.listen
        ? undefined
        : new Set(options.hosts?.map((name) => name.toLowerCase())),
  });
  const ending = new AbortController();
  // As many as there are streams, and calls that wait.
  setMaxListeners(0, ending.signal);
  const site: Site = {
    tree,
    version,
    readOnly: tree.isReadOnly,
    user: (request) => gate.user(request),
    who: (request) => {
      const [user, peer] = [gate.user(request), peerOf(request.socket)];
      return user === null ? peer : `${user}@${peer}`;
    },
    record: (who, words) => options.say(changeLine(who, words)),
    warn,
    ending: ending.signal,
  };
  const app = makeApp(site, gate);
  const isLocal = "path" in options.listen;
  app.server.on("connection", (socket) => {
    if (!meet(socket, isLocal)) socket.destroy();
  });
  const routes: Route[] = [];
  app.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url });
  });
  registerApi(app, site);
  registerRpc(app, site);
  if (options.page !== undefined) servePage(app, options.page);
  await app.ready();
  const listening = await listen(posix, app.server, options.listen);
  return {
    address: listening.address,
    routes,
    close: async () => {
      ending.abort();
      listening.remove();
      await gate.settle();
      // Streams have come to their end by now, but for those of clients that do not read.
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

/** What is said of a change, whatever is in it. */
export function changeLine(who: string, words: string): string {
  return `change by ${oneLine(who)}: ${oneLine(words)}`;
}

function makeApp(site: Site, gate: Gate): FastifyInstance {
  const app = fastify({
    bodyLimit: MOST_BODY_BYTES,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: MOST_PARAMETER_LENGTH },
    ajv: {
      customOptions: {
        // A name that is not known is a mistake, and not left out.
        removeAdditional: false,
        coerceTypes: true,
        allErrors: false,
        // Its strictness is to hold no bound against a number that is not finite, and to let it pass.
        strictNumbers: false,
      },
    },
    http: {
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: HEADERS_MS,
      connectionsCheckingInterval: CHECK_MS,
      // A client that is gone without a word is found out in the end.
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    },
    clientErrorHandler: (failure, socket) => answerMalformed(failure, socket),
    // No hook is run for what comes here: a path that is none passes the gate all the same.
    frameworkErrors: (failure, request, reply) => {
      void reply.headers(SECURITY_HEADERS);
      const answer = (why: FastifyError | Refusal): void => {
        if (!reply.sent) void answerFailure(site, why, request, reply);
      };
      gate.enter(request, reply).then(() => answer(failure), answer);
    },
  });
  const server: Server = app.server;
  server.maxConnections = Math.min(MOST_CONNECTIONS, Math.floor(getLimit("openFiles").soft / 2));
  app.removeContentTypeParser("text/plain");
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else void parseJson(request, body.toString(), done);
  });
  app.addHook("onRequest", (_request, reply, done) => {
    void reply.headers(SECURITY_HEADERS);
    done();
  });
  gate.guard(app);
  app.setErrorHandler((failure: Refusal, request, reply) =>
    answerFailure(site, failure, request, reply),
  );
  new Unsent().guard(app);
  app.setNotFoundHandler((request, reply) =>
    answerFailure(
      site,
      new Refusal(404, "not-found", `nothing answers ${request.method} there`),
      request,
      reply,
    ),
  );
  return app;
}

const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  408: "Request Timeout",
  431: "Request Header Fields Too Large",
};

/** What is no HTTP: answered where it still can be, and hung up. */
function answerMalformed(failure: NodeJS.ErrnoException, socket: Socket): void {
  if (failure.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const status =
    failure.code === "HPE_HEADER_OVERFLOW"
      ? 431
      : failure.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? 408
        : 400;
  const words = STATUS_WORDS[status] ?? "";
  const body = errorBody("malformed-request", `this is no request that can be read: ${words}`);
  const headers = Object.entries({
    ...SECURITY_HEADERS,
    "content-type": "application/json; charset=utf-8",
    "content-length": String(Buffer.byteLength(body)),
    connection: "close",
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${words}\r\n${headers.join("")}\r\n${body}`);
}
