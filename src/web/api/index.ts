/** All that is answered in JSON, and the numbers for monitoring. */
import type { FastifyInstance } from "fastify";
import { AT_CWD, ignoring, posix } from "../../posix/index.ts";
import { Refusal } from "../server/failure.ts";
import type { Site } from "../server/site.ts";
import { ACTIONS } from "../tree/types.ts";
import { registerEvents } from "./events.ts";
import { registerLog } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import { ServiceList } from "./service-list.ts";
import { registerServices } from "./services.ts";

const UNSEEN = ["EACCES", "ENOTDIR", "ELOOP", "EIO", "ESTALE"];

export function registerApi(app: FastifyInstance, site: Site): void {
  const list = new ServiceList(site.tree);
  registerServices(app, site, list);
  registerLog(app, site);
  registerEvents(app, site, list);
  const metrics = new Metrics(site);
  const document = openApi(site.version);
  app.get("/api/openapi.json", () => document);
  app.get("/api/me", (request) => ({
    user: site.user(request),
    readOnly: site.readOnly,
    version: site.version,
    actions: ACTIONS,
  }));
  app.get("/metrics", async (_request, reply) =>
    reply.type(metrics.type).send(await metrics.text()),
  );
  app.get("/healthz", () => {
    if (!site.tree.directories.some(isThere))
      throw new Refusal(503, "no-tree", "no scan directory can be read");
    return { ok: true };
  });
}

function isThere(directory: string): boolean {
  return ignoring(UNSEEN, () => posix.statusAt(AT_CWD, directory)) !== undefined;
}
