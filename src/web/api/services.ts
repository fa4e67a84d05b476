/** `/api/services`: all services, one of them, and what they are told to do. */
import { setMaxListeners } from "node:events";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { posix } from "../../posix/index.ts";
import { deathAsJson } from "../../supervise/svstat-forms.ts";
import { formatLabel } from "../../tai64/index.ts";
import { Refusal } from "../server/failure.ts";
import type { Site } from "../server/site.ts";
import { sendTagged } from "../server/tagged.ts";
import { type LogStream, logName } from "../tree/log-place.ts";
import { matching } from "../tree/names.ts";
import { serviceJson } from "../tree/service-json.ts";
import type { Action, Outcome, ServiceView, Tree } from "../tree/types.ts";
import { deathWords } from "../tree/view.ts";
import { explainScript } from "./explain-script.ts";
import { filesInWords } from "./file-words.ts";
import {
  ACT_BODY,
  ACTION_PARAMETERS,
  ACTION_QUERY,
  LIST_QUERY,
  NAME_PARAMETER,
} from "./schemas.ts";
import { listJson, ServiceList } from "./service-list.ts";

const JSON_TYPE = "application/json; charset=utf-8";
const MS_PER_SECOND = 1000;
/** That wait for an outcome at one time. */
const MOST_WAITING = 256;

interface Named {
  readonly name: string;
}

interface Listed {
  readonly glob?: string;
  readonly group?: string;
}

interface Order {
  readonly names: readonly string[];
  readonly action: Action;
  readonly wait?: number;
}

/** @throws Refusal */
export function expectService(tree: Tree, name: string): ServiceView {
  const view = tree.service(name);
  if (view === undefined) throw new Refusal(404, "no-such-service", `there is no service ${name}`);
  return view;
}

export function registerServices(app: FastifyInstance, site: Site, list: ServiceList): void {
  const { tree } = site;
  const actor = new Actor(site);
  app.get<{ Querystring: Listed }>(
    "/api/services",
    { schema: { querystring: LIST_QUERY } },
    (request, reply) => sendList(tree, list, request, reply),
  );
  app.get<{ Params: Named }>(
    "/api/services/:name",
    { schema: { params: NAME_PARAMETER } },
    (request, reply) => reply.type(JSON_TYPE).send(detailsOf(tree, request.params.name)),
  );
  app.post<{ Params: { name: string; action: Action }; Querystring: { wait?: number } }>(
    "/api/services/:name/:action",
    { schema: { params: ACTION_PARAMETERS, querystring: ACTION_QUERY } },
    async (request, reply) => {
      const { name, action } = request.params;
      const order = { names: [name], action, ...request.query };
      return reply.type(JSON_TYPE).send(await actor.act(order, request, reply));
    },
  );
  app.post<{ Body: Order }>("/api/act", { schema: { body: ACT_BODY } }, async (request, reply) =>
    reply.type(JSON_TYPE).send(await actor.act(request.body, request, reply)),
  );
}

function sendList(
  tree: Tree,
  list: ServiceList,
  request: FastifyRequest<{ Querystring: Listed }>,
  reply: FastifyReply,
): FastifyReply {
  const { glob, group } = request.query;
  void reply.type(JSON_TYPE);
  if (glob !== undefined || group !== undefined) {
    const all = glob === undefined ? tree.services() : matching(tree.services(), glob);
    const views = all.filter((one) => group === undefined || one.group === group);
    return reply.send(listJson(views, new Date().toISOString()));
  }
  return sendTagged(request, reply, list);
}

function detailsOf(tree: Tree, name: string): string {
  const view = expectService(tree, name);
  const deaths = tree.deaths(name).map((death) => ({
    label: formatLabel(death.at),
    words: deathWords(death),
    ...deathAsJson(death),
  }));
  const details = {
    files: filesInWords(posix, tree, view),
    script: explainScript(posix, view, "stdout"),
    stderrScript: explainScript(posix, view, "stderr"),
    logs: logNames(tree, name, "stdout"),
    stderrLogs: logNames(tree, name, "stderr"),
    deaths,
  };
  return `{"service":${serviceJson(view)},${JSON.stringify(details).slice(1)}`;
}

function logNames(tree: Tree, name: string, stream: LogStream): string[] {
  return tree.logDirectories(name, stream).map(logName);
}

/** Aborted when the client is gone, or has its answer. */
function departureOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  // One for each service that is waited for.
  setMaxListeners(0, gone.signal);
  raw.once("close", () => gone.abort());
  if (raw.destroyed) gone.abort();
  return gone.signal;
}

class Actor {
  private readonly site: Site;
  private waiting = 0;

  constructor(site: Site) {
    this.site = site;
  }

  /** @throws Refusal */
  async act(
    { names, action, wait = 0 }: Order,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<{ outcomes: Outcome[] }> {
    const { site } = this;
    if (site.readOnly)
      throw new Refusal(
        403,
        "read-only",
        "nothing may be changed here: svweb runs with --read-only",
      );
    const services = this.resolve(names);
    const waitMs = wait > 0 ? wait * MS_PER_SECOND : undefined;
    if (waitMs !== undefined && this.waiting + services.length > this.mostWaiting)
      throw new Refusal(503, "too-many-waiting", "too many wait for an outcome: ask without wait");
    const who = site.who(request);
    const gone = departureOf(reply);
    const count = waitMs === undefined ? 0 : services.length;
    this.waiting += count;
    try {
      const acts = services.map((name) => site.tree.act(name, action, { waitMs, who, gone }));
      return { outcomes: await Promise.all(acts) };
    } finally {
      this.waiting -= count;
    }
  }

  /** All of a tree may be waited for, whatever its size. */
  private get mostWaiting(): number {
    return Math.max(MOST_WAITING, this.site.tree.services().length);
  }

  private resolve(words: readonly string[]): string[] {
    const found = words.map((word) => ({ word, views: this.site.tree.find(word) }));
    const unknown = found.find(({ views }) => views.length === 0);
    if (unknown !== undefined)
      throw new Refusal(404, "no-such-service", `there is no service ${unknown.word}`);
    return [...new Set(found.flatMap(({ views }) => views.map(({ name }) => name)))];
  }
}
