/** Two charts of a service: its lines a second while one looks, and its restarts of the last hour. */
import uPlot from "uplot";
import { element } from "./element.ts";
import type { Seen } from "./pure/filter.ts";
import type { Services } from "./services.ts";
import { clock } from "./times.ts";

/** Ten minutes of seconds. */
const SAMPLES = 600;
const MINUTE_MS = 60_000;

export class Charts {
  readonly element: HTMLElement;
  private readonly services: Services;
  private readonly rates: Chart;
  private readonly restarts: Chart;
  private times: number[] = [];
  private lines: (number | null)[] = [];
  private readonly sizes: ResizeObserver;
  private readonly darkness = matchMedia("(prefers-color-scheme: dark)");
  private readonly recolour = (): void => {
    this.rates.redraw();
    this.restarts.redraw();
  };

  constructor(services: Services) {
    this.services = services;
    this.rates = new Chart("Lines a second", "--chart-rate", false);
    this.restarts = new Chart("Restarts, last hour", "--chart-restarts", true);
    this.element = element("div", { class: "charts" }, this.rates.element, this.restarts.element);
    this.sizes = new ResizeObserver(() => {
      this.rates.fit();
      this.restarts.fit();
    });
    this.sizes.observe(this.element);
    this.darkness.addEventListener("change", this.recolour);
  }

  /** At most once a second adds to the rates; shows what is known. */
  take({ log, deaths }: Seen): void {
    const nowMs = this.services.nowMs();
    const second = Math.floor(nowMs / 1000);
    if (this.times.at(-1) !== second) {
      this.times = [...this.times, second].slice(-SAMPLES);
      this.lines = [...this.lines, log?.linesPerSecond ?? null].slice(-SAMPLES);
      this.rates.draw(this.times, this.lines);
    }
    const thisMinute = Math.floor(nowMs / MINUTE_MS) * 60;
    const last = deaths.perMinute.length - 1;
    const minutes = deaths.perMinute.map((_, at) => thisMinute - (last - at) * 60);
    this.restarts.draw(minutes, deaths.perMinute);
  }

  leave(): void {
    this.sizes.disconnect();
    this.darkness.removeEventListener("change", this.recolour);
    this.rates.end();
    this.restarts.end();
  }
}

/** Rates and counts are marked at whole numbers. */
const WHOLE = [0, 1, 2, 3, 4, 5, 6].flatMap((zeros) =>
  [1, 2, 5].map((digit) => digit * 10 ** zeros),
);

/** All of the data, and a minute at the least: uPlot has no ends of a single point. */
function atLeastAMinute({ data }: uPlot): [number, number] {
  const [times] = data;
  const to = times.at(-1) ?? 0;
  return [Math.min(times[0] ?? to, to - 60), to];
}

function timesOf(
  _: uPlot,
  seconds: readonly number[],
  __: number,
  ___: number,
  step: number,
): string[] {
  const length = step < 60 ? "14:30:05".length : "14:30".length;
  return seconds.map((second) => clock(new Date(second * 1000).toISOString()).slice(0, length));
}

class Chart {
  readonly element: HTMLElement;
  private readonly colour: string;
  private readonly isBars: boolean;
  private readonly place = element("div", { class: "plot" });
  private plot: uPlot | undefined;

  constructor(title: string, colour: string, isBars: boolean) {
    this.colour = colour;
    this.isBars = isBars;
    this.element = element("figure", {}, element("figcaption", {}, title), this.place);
  }

  draw(times: readonly number[], values: readonly (number | null)[]): void {
    const data: uPlot.AlignedData = [[...times], [...values]];
    if (this.plot === undefined && this.place.clientWidth > 0)
      this.plot = new uPlot(this.options(), data, this.place);
    else this.plot?.setData(data);
  }

  fit(): void {
    const width = this.place.clientWidth;
    if (width > 0) this.plot?.setSize({ width, height: this.place.clientHeight });
  }

  redraw(): void {
    this.plot?.redraw();
  }

  end(): void {
    this.plot?.destroy();
  }

  private options(): uPlot.Options {
    const colourOf = (name: string) => (): string =>
      getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const axis = { stroke: colourOf("--quiet"), grid: { stroke: colourOf("--rule"), width: 1 } };
    const bars = uPlot.paths.bars?.({ size: [0.7, 20] });
    return {
      width: this.place.clientWidth,
      height: this.place.clientHeight,
      legend: { show: false },
      cursor: { drag: { x: false, y: false } },
      scales: {
        x: { range: atLeastAMinute },
        y: { range: (_, __, most) => [0, Math.max(most, 1) * 1.1] },
      },
      axes: [
        { ...axis, size: 24, space: 64, ticks: { show: false }, values: timesOf },
        { ...axis, size: 40, space: 28, ticks: { show: false }, incrs: WHOLE },
      ],
      series: [
        {},
        {
          stroke: colourOf(this.colour),
          fill: colourOf(`${this.colour}-fill`),
          width: 1.5,
          points: { show: false },
          ...(this.isBars && bars !== undefined ? { paths: bars } : {}),
        },
      ],
    };
  }
}
