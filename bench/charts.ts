/**
 * Pictures of the results, as specifications of vega-lite; draw-charts.mjs makes SVG of them.
 *
 * Nothing is behind them and every colour can be told from white and from black, so that they read well
 * on a light page and on a dark one.
 */
import type { Chart, Results, Series } from "./results.ts";

const TEXT = "#7d8590";
const LINES = "#7d859055";
/** Ours first; middle tones, in an order in which neighbours differ also for the colour-blind. */
export const COLOURS: readonly string[] = [
  "#d9480f",
  "#2f81f7",
  "#2da44e",
  "#a475f9",
  "#b08800",
  "#1b8f9e",
  "#d6409f",
  "#8a7f72",
];
const WIDTH = 620;
/** The number behind the longest bar stands beyond the axis. */
const PADDING = { left: 5, top: 5, right: 45, bottom: 5 };
const BAR_STEP = 22;
const CURVE_HEIGHT = 260;
/** From here on an axis counts in powers of ten. */
const WIDE_RANGE = 30;

type Specification = Readonly<Record<string, unknown>>;

export interface Drawing {
  /** Of the file, without `.svg`. */
  readonly name: string;
  readonly title: string;
  readonly specification: Specification;
}

interface Point {
  readonly program: string;
  readonly value: number;
  readonly at: number;
}

export function drawings({ bench, charts, series }: Results): Drawing[] {
  return charts.flatMap((chart, index) => {
    const points = pointsOf(chart, series);
    if (points.length === 0) return [];
    const programs = [...new Set(points.map(({ program }) => program))];
    const specification =
      chart.along === undefined ? bars(chart, points) : curve(chart, points, programs);
    const frame = { ...specification, width: WIDTH, padding: PADDING, background: null, config };
    return [{ name: `${bench}-${index + 1}`, title: chart.title, specification: frame }];
  });
}

function pointsOf({ metric, cases }: Chart, series: readonly Series[]): Point[] {
  return series.flatMap((one) => {
    const found = cases.find(({ name }) => name === one.case);
    if (one.metric !== metric || found === undefined) return [];
    return [{ program: one.program, value: one.median, at: found.at ?? 0 }];
  });
}

/** One bar for each program, the longest first; no sorting by vega, which has two layers to sort here. */
function bars({ title, metric }: Chart, points: readonly Point[]): Specification {
  const longestFirst = [...points].sort((a, b) => b.value - a.value);
  const sort = longestFirst.map(({ program }) => program);
  const y = { field: "program", type: "nominal", sort, title: null };
  const x = { field: "value", type: "quantitative", title: metric };
  const isOurs = { test: "datum.program === 'Timberline'", value: COLOURS[0] };
  const text = { field: "value", type: "quantitative", format: ",.3~s" };
  return {
    title,
    data: { values: points },
    height: { step: BAR_STEP },
    encoding: { y, x },
    layer: [
      { mark: "bar", encoding: { color: { condition: isOurs, value: COLOURS[1] } } },
      {
        mark: { type: "text", align: "left", dx: 4, color: TEXT },
        encoding: { text },
      },
    ],
  };
}

function curve(
  { title, metric, along }: Chart,
  points: readonly Point[],
  programs: readonly string[],
): Specification {
  const scaleOf = (values: readonly number[]): Specification => {
    const positive = values.filter((value) => value > 0);
    const isWide = Math.max(...positive) / Math.min(...positive) > WIDE_RANGE;
    return isWide ? { type: "log" } : { zero: true };
  };
  // What is nothing has no place on such an axis.
  const shown = points.filter(({ value }) => value > 0);
  const scale = { domain: programs, range: COLOURS };
  return {
    title,
    data: { values: shown },
    height: CURVE_HEIGHT,
    mark: { type: "line", point: { size: 50 }, strokeWidth: 2 },
    encoding: {
      x: {
        field: "at",
        type: "quantitative",
        title: along,
        scale: scaleOf(points.map(({ at }) => at)),
      },
      y: {
        field: "value",
        type: "quantitative",
        title: metric,
        scale: scaleOf(shown.map(({ value }) => value)),
      },
      color: { field: "program", type: "nominal", title: null, scale },
    },
  };
}

const label: Specification = { labelColor: TEXT, titleColor: TEXT };
const config: Specification = {
  font: "system-ui, sans-serif",
  axis: { ...label, gridColor: LINES, domainColor: LINES, tickColor: LINES },
  legend: label,
  title: { color: TEXT, anchor: "start" },
  view: { stroke: null },
};
