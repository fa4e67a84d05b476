/**
 * `GET /api/events`: the tree as it changes. One text is made of each change, and all viewers are given the same
 * memory. For a viewer who does not keep up no queue grows: the next thing that it gets is all services, as they are.
 */
import type { ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import { Refusal } from "../server/failure.ts";
import type { Site } from "../server/site.ts";
import { serviceJson } from "../tree/service-json.ts";
import type { ServiceView, Tree } from "../tree/types.ts";
import type { ServiceList } from "./service-list.ts";
import { END, EVENT_STREAM, PULSE, PULSE_MS } from "./sse.ts";
import { beginStream, STALLED_MS } from "./stream.ts";

const MOST_VIEWERS = 400;
const STALLED_PULSES = STALLED_MS / PULSE_MS;
/** Beside all services, which may stand in the queue once. */
const MOST_QUEUED_BYTES = 256 * 1024;
const PULSE_BYTES = Buffer.from(PULSE);

export function registerEvents(app: FastifyInstance, site: Site, list: ServiceList): void {
  const audience = new Audience(site.tree, list);
  site.ending.addEventListener("abort", () => audience.end(), { once: true });
  app.get("/api/events", (request, reply) => {
    if (audience.size >= MOST_VIEWERS)
      throw new Refusal(503, "too-many-viewers", "too many watch already: try again later");
    request.raw.on("error", () => undefined);
    audience.add(beginStream(reply, EVENT_STREAM));
    return reply;
  });
}

interface Viewer {
  readonly raw: ServerResponse;
  /** Something was left out: it gets all services next. */
  isBehind: boolean;
  /** What it had taken at the last pulse, and for how many it has taken nothing. */
  taken: number;
  stalled: number;
}

class Audience {
  private readonly tree: Tree;
  private readonly list: ServiceList;
  private readonly viewers = new Set<Viewer>();
  private all: { readonly of: Buffer; readonly event: Buffer } | undefined;
  private stop: (() => void)[] = [];

  constructor(tree: Tree, list: ServiceList) {
    this.tree = tree;
    this.list = list;
  }

  get size(): number {
    return this.viewers.size;
  }

  add(raw: ServerResponse): void {
    const viewer: Viewer = { raw, isBehind: false, taken: 0, stalled: 0 };
    if (this.viewers.size === 0) this.begin();
    this.viewers.add(viewer);
    raw.on("drain", () => {
      if (viewer.isBehind) this.catchUp(viewer);
    });
    raw.once("close", () => this.remove(viewer));
    this.catchUp(viewer);
  }

  private remove(viewer: Viewer): void {
    if (this.viewers.delete(viewer) && this.viewers.size === 0) this.finish();
  }

  /** Ends all of them. */
  end(): void {
    for (const { raw } of this.viewers) raw.end(END);
  }

  private begin(): void {
    const pulse = setInterval(() => this.pulse(), PULSE_MS);
    this.stop = [
      () => clearInterval(pulse),
      this.tree.watch((changed, gone) => this.tell(changedEvent(changed, gone))),
      this.tree.watchOutcomes((outcome, action, who) =>
        this.tell(event("outcome", JSON.stringify({ ...outcome, action, who }))),
      ),
    ];
  }

  private finish(): void {
    for (const stop of this.stop) stop();
    this.stop = [];
    this.all = undefined;
  }

  private catchUp(viewer: Viewer): void {
    viewer.isBehind = false;
    viewer.raw.write(this.everything);
  }

  private tell(bytes: Buffer): void {
    const most = (this.all?.event.length ?? 0) + MOST_QUEUED_BYTES;
    for (const viewer of this.viewers) {
      if (viewer.raw.writableLength > most) viewer.isBehind = true;
      if (!viewer.isBehind) viewer.raw.write(bytes);
    }
  }

  private get everything(): Buffer {
    const of = this.list.bytes;
    if (this.all?.of !== of) this.all = { of, event: event("services", of) };
    return this.all.event;
  }

  private pulse(): void {
    for (const viewer of this.viewers) {
      const { raw } = viewer;
      const taken = raw.socket?.bytesWritten ?? 0;
      const isStuck = raw.writableLength > 0 && taken === viewer.taken;
      viewer.stalled = isStuck ? viewer.stalled + 1 : 0;
      viewer.taken = taken;
      if (viewer.stalled >= STALLED_PULSES) {
        raw.destroy();
        this.remove(viewer);
      } else if (raw.writableLength === 0) raw.write(PULSE_BYTES);
    }
  }
}

function changedEvent(changed: readonly ServiceView[], gone: readonly string[]): Buffer {
  const services = changed.map(serviceJson).join(",");
  return event("changed", `{"services":[${services}],"gone":${JSON.stringify(gone)}}`);
}

/** @param data  one line */
function event(name: string, data: string | Buffer): Buffer {
  const [front, back] = [`event: ${name}\ndata: `, "\n\n"];
  return typeof data === "string"
    ? Buffer.from(front + data + back)
    : Buffer.concat([Buffer.from(front), data, Buffer.from(back)]);
}
