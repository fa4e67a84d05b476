/** `GET /api/services/NAME/log`: lines of a service's log, what there is and what comes. */
import type { ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ReadOptions, readLog } from "../../inspect/index.ts";
import { AT_CWD, causeText, ignoring, ownFault, posix } from "../../posix/index.ts";
import { formatLabel } from "../../tai64/index.ts";
import { Refusal } from "../server/failure.ts";
import type { Site } from "../server/site.ts";
import { logName } from "../tree/log-place.ts";
import type { ServiceView } from "../tree/types.ts";
import { distinct } from "./distinct.ts";
import { feed } from "./log-feed.ts";
import { withoutLinks } from "./log-files.ts";
import { type LogFormat, type LogWriter, logWriter } from "./log-format.ts";
import { type LogQuery, MOST_HELD_BYTES, readOptionsOf } from "./log-query.ts";
import { DEATH_LOG_QUERY, LOG_QUERY, NAME_LABEL_PARAMETERS, NAME_PARAMETER } from "./schemas.ts";
import { Searches } from "./searches.ts";
import { expectService } from "./services.ts";
import { PULSE_MS } from "./sse.ts";
import { beginStream, write } from "./stream.ts";

/** Each has a descriptor or two, and half a megabyte. */
const MOST_STREAMS = 100;
const LOG_FILES = withoutLinks(posix);
const UNSEEN = ["EACCES", "ENOTDIR", "ELOOP"];

interface Named {
  readonly name: string;
}

type AroundDeath = Pick<LogQuery, "around" | "format">;

interface Asked {
  readonly service: ServiceView;
  readonly query: LogQuery;
  readonly options: ReadOptions;
}

interface Order extends Asked {
  readonly directories: readonly Buffer[];
  readonly format: LogFormat;
  readonly writer: LogWriter;
}

export function registerLog(app: FastifyInstance, site: Site): void {
  const streams = new LogStreams(site);
  app.get<{ Params: Named; Querystring: LogQuery }>(
    "/api/services/:name/log",
    { schema: { params: NAME_PARAMETER, querystring: LOG_QUERY } },
    (request, reply) => {
      const { query } = request;
      const service = expectService(site.tree, request.params.name);
      const lastId = request.headers["last-event-id"]?.toString();
      const options = readOptionsOf(posix, query, lastId === "" ? undefined : lastId);
      return streams.open({ service, query, options }, request, reply);
    },
  );
  app.get<{ Params: Named & { readonly label: string }; Querystring: AroundDeath }>(
    "/api/services/:name/deaths/:label/log",
    { schema: { params: NAME_LABEL_PARAMETERS, querystring: DEATH_LOG_QUERY } },
    (request, reply) => {
      const { name, label } = request.params;
      const service = expectService(site.tree, name);
      const death = site.tree.deaths(name).find(({ at }) => formatLabel(at) === label);
      if (death === undefined)
        throw new Refusal(404, "no-such-death", `no death of ${name} with that label is kept`);
      const query = { ...request.query, at: label };
      const options = readOptionsOf(posix, query, undefined);
      return streams.open({ service, query, options }, request, reply);
    },
  );
}

class LogStreams {
  private readonly site: Site;
  private readonly searches = new Searches();
  private count = 0;

  constructor(site: Site) {
    this.site = site;
  }

  open(asked: Asked, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { name } = asked.service;
    const directories = this.directoriesOf(name, asked.query);
    if (this.count >= MOST_STREAMS)
      throw new Refusal(503, "too-many-streams", "too many logs are being read: try again later");
    const format = asked.query.format ?? "ndjson";
    const writer = logWriter(posix, format, name);
    const raw = beginStream(reply, writer.type);
    this.count++;
    const isOver = this.run({ ...asked, directories, format, writer }, raw);
    void isOver
      .catch((failure: unknown) => this.site.warn(ownFault(failure)))
      .finally(() => this.count--);
    request.raw.on("error", () => undefined);
    return reply;
  }

  private directoriesOf(name: string, { stream = "stdout", directory }: LogQuery): Buffer[] {
    const directories = this.site.tree
      .logDirectories(name, stream)
      .filter((path) => directory === undefined || logName(path) === directory)
      .filter((path) => ignoring(UNSEEN, () => posix.statusAt(AT_CWD, path)) !== undefined);
    if (directories.length > 0) return directories;
    throw new Refusal(
      404,
      "no-log",
      `${name} has no ${directory === undefined ? "" : "such "}log of its ${stream} here, or not yet`,
    );
  }

  private async run(
    { directories, service, query, options, format, writer }: Order,
    raw: ServerResponse,
  ): Promise<void> {
    const { ending } = this.site;
    const gone = new AbortController();
    const stop = (): void => gone.abort();
    raw.once("close", stop);
    ending.addEventListener("abort", stop, { once: true });
    const pulse = setInterval(() => beat(raw, writer.pulse), PULSE_MS);
    try {
      const give = (piece: Buffer): Promise<boolean> => write(raw, piece);
      const limit = query.limit ?? Number.POSITIVE_INFINITY;
      if (options.grep !== undefined) {
        const order = { directories, options, limit, format, service: service.name };
        await this.searches.search(order, give, gone.signal);
      } else {
        const bounds = { cancel: gone.signal, mostHeldBytes: MOST_HELD_BYTES };
        const lines = readLog(directories, { ...options, ...bounds, posix: LOG_FILES });
        await feed({
          lines: distinct(lines, directories.length),
          limit,
          encode: writer.line,
          give,
        });
      }
      raw.end(ending.aborted || options.follow !== true ? writer.end : "");
    } catch (failure) {
      // The answer has begun: what is wrong can only be said in it.
      raw.end(writer.trouble(causeText(failure)));
    } finally {
      clearInterval(pulse);
      raw.off("close", stop);
      ending.removeEventListener("abort", stop);
    }
  }
}

/** Something now and then, unless more waits to be read already. */
function beat(raw: ServerResponse, pulse: string): void {
  if (pulse !== "" && raw.writableLength === 0 && !raw.writableEnded) raw.write(pulse);
}
