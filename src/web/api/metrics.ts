/**
 * `GET /metrics` for Prometheus. What is labelled has the services' names, and causes of death by kind: as many
 * series as the tree has services, times a small number.
 *
 * Deaths are counted since this server began, on top of those that were kept then.
 */
import { Counter, Gauge, Registry } from "prom-client";
import type { DeathEntry } from "../../supervise/index.ts";
import { formatLabel } from "../../tai64/index.ts";
import type { Site } from "../server/site.ts";
import { type ServiceView, STATES, type Tree } from "../tree/types.ts";

const MS_PER_SECOND = 1000;

interface Tally {
  last: string;
  restarts: number;
  readonly causes: Map<string, number>;
}

export class Metrics {
  private readonly site: Site;
  private readonly registry = new Registry();
  /** By the directories of services: a name may come to be another's. */
  private readonly tallies = new Map<string, Tally>();
  private readonly gauges: ReturnType<typeof makeMetrics>;

  constructor(site: Site) {
    this.site = site;
    this.gauges = makeMetrics(this.registry);
    this.gauges.info.set({ version: site.version }, 1);
  }

  get type(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    const { tree } = this.site;
    const views = tree.services();
    const { info: _, ...perService } = this.gauges;
    for (const metric of Object.values(perService)) metric.reset();
    for (const state of STATES)
      this.gauges.services.set({ state }, views.filter((view) => view.state === state).length);
    for (const view of views) this.set(tree, view);
    const directories = new Set(views.map(({ directory }) => directory));
    for (const one of this.tallies.keys()) if (!directories.has(one)) this.tallies.delete(one);
    return this.registry.metrics();
  }

  private set(tree: Tree, view: ServiceView): void {
    const { gauges } = this;
    const { name: service, pid, since, ready, flapping, log } = view;
    const labels = { service };
    gauges.up.set(labels, pid === null ? 0 : 1);
    if (ready !== null) gauges.ready.set(labels, ready ? 1 : 0);
    gauges.flapping.set(labels, flapping ? 1 : 0);
    const upMs = pid === null || since === null ? 0 : Date.now() - Date.parse(since);
    gauges.uptime.set(labels, Math.max(0, upMs) / MS_PER_SECOND);
    const { causes, restarts } = this.count(view.directory, tree.deaths(service));
    for (const [cause, times] of causes) gauges.deaths.inc({ service, cause }, times);
    gauges.restarts.inc(labels, restarts);
    if (log === null) return;
    if (isAmount(log.bytes)) gauges.logBytes.set(labels, log.bytes);
    if (isAmount(log.lines)) gauges.logLines.inc(labels, log.lines);
    if (isAmount(log.stalledSeconds)) gauges.stalled.set(labels, log.stalledSeconds);
    if (isAmount(log.rotations)) gauges.rotations.inc(labels, log.rotations);
    if (isAmount(log.processorFailures))
      gauges.processorFailures.inc(labels, log.processorFailures);
  }

  /** Adds the deaths that are new. */
  private count(directory: string, deaths: readonly DeathEntry[]): Tally {
    const known = this.tallies.get(directory);
    const tally: Tally = known ?? { last: "", restarts: 0, causes: new Map() };
    this.tallies.set(directory, tally);
    for (const death of deaths) {
      const label = formatLabel(death.at);
      if (label <= tally.last) continue;
      tally.last = label;
      const cause = kindOf(death);
      tally.causes.set(cause, (tally.causes.get(cause) ?? 0) + 1);
      if (!("unstarted" in death) && !death.asked && !death.givenUp) tally.restarts++;
    }
    return tally;
  }
}

/** A counter throws at anything else, and no metric of any service would be answered. */
function isAmount(value: number | null): value is number {
  return value !== null && Number.isFinite(value) && value >= 0;
}

function kindOf(death: DeathEntry): string {
  if ("unstarted" in death) return "unstarted";
  if (death.asked) return "asked";
  if (death.cause === undefined) return "unknown";
  if (typeof death.cause === "string") return "signal";
  return death.cause === 0 ? "success" : "failure";
}

function makeMetrics(registry: Registry) {
  const registers = [registry];
  const gauge = <T extends string>(name: string, help: string, labelNames: T[]): Gauge<T> =>
    new Gauge({ name: `timberline_${name}`, help, labelNames, registers });
  const counter = <T extends string>(name: string, help: string, labelNames: T[]): Counter<T> =>
    new Counter({ name: `timberline_${name}`, help, labelNames, registers });
  return {
    info: gauge("info", "Always 1; the version of the package", ["version"]),
    services: gauge("services", "Services by state", ["state"]),
    up: gauge("service_up", "1 while it has a process", ["service"]),
    ready: gauge("service_ready", "1 while it says that it is ready; only of those that say", [
      "service",
    ]),
    flapping: gauge("service_flapping", "1 while it dies over and over", ["service"]),
    uptime: gauge("service_uptime_seconds", "Since it was started; 0 while it is down", [
      "service",
    ]),
    deaths: counter("service_deaths_total", "Ends of its process, by kind", ["service", "cause"]),
    restarts: counter(
      "service_restarts_total",
      "Ends that nobody had asked for, after which it was started again",
      ["service"],
    ),
    logBytes: gauge("log_bytes", "What its log has on the disk", ["service"]),
    logLines: counter("log_lines_total", "Lines taken from it, where its log keeps an account", [
      "service",
    ]),
    stalled: gauge("log_stalled_seconds", "For how long nothing is taken from it; 0: it is", [
      "service",
    ]),
    rotations: counter("log_rotations_total", "Rotations of its log", ["service"]),
    processorFailures: counter("log_processor_failures_total", "Failures of its log's processors", [
      "service",
    ]),
  };
}
