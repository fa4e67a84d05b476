/** The report in short: who comes first in what matters to somebody who has to choose. */
import { OURS } from "./names.ts";
import type { Results, Series } from "./results.ts";
import { shortNumber } from "./statistics.ts";

interface Question {
  readonly asked: string;
  readonly bench: string;
  readonly case: string;
  readonly metric: string;
  readonly best: "most" | "least";
}

const QUESTIONS: readonly Question[] = [
  {
    asked: "Real lines, each with its time, MB/s",
    bench: "throughput",
    case: "real lines, t",
    metric: "MB/s",
    best: "most",
  },
  {
    asked: "Longest wait of a service at 20,000 lines/s, ms",
    bench: "stall",
    case: "20,000 lines/s",
    metric: "longest ms",
    best: "least",
  },
  ...[100, 50_000].map((rate): Question => {
    const name = `${rate.toLocaleString("en-US")} lines/s`;
    return {
      asked: `Processor time of a line at ${name}, µs`,
      bench: "cpu",
      case: name,
      metric: "CPU µs a line",
      best: "least",
    };
  }),
  {
    asked: "From a write to the file at 50,000 lines/s, 99 of 100 lines, ms",
    bench: "delay",
    case: "50,000 lines/s",
    metric: "p99 ms",
    best: "least",
  },
  {
    asked: "Memory at full speed, MB",
    bench: "memory",
    case: "full speed",
    metric: "MB at most",
    best: "least",
  },
];

/** Rows of: what was asked, the first, the second, and where we are. */
export function summaryRows(results: readonly Results[]): string[][] {
  return [...lossRows(results), ...QUESTIONS.flatMap((question) => rowsOf(question, results))];
}

function rowsOf(
  { asked, bench, case: name, metric, best }: Question,
  all: readonly Results[],
): string[][] {
  const { series = [] } = all.find((one) => one.bench === bench) ?? {};
  const sign = best === "least" ? 1 : -1;
  const found = series
    .filter((one) => one.metric === metric && one.case === name)
    .sort((a, b) => sign * (a.median - b.median));
  if (found.length === 0) return [];
  const say = (one: Series | undefined): string =>
    one === undefined ? "" : `${one.program} ${shortNumber(one.median)}`;
  const place = found.findIndex(({ program }) => program === OURS);
  const ours =
    place < 0
      ? ""
      : `${shortNumber(found[place]?.median ?? 0)}, place ${place + 1} of ${found.length}`;
  return [[asked, say(found[0]), say(found[1]), ours]];
}

/** Lines lost in all cases of loss.bench.ts together. */
function lossRows(results: readonly Results[]): string[][] {
  const { series = [] } = results.find(({ bench }) => bench === "loss") ?? {};
  const lost = new Map<string, number>();
  for (const { metric, program, median } of series) {
    if (metric === "lines lost") lost.set(program, (lost.get(program) ?? 0) + median);
  }
  if (lost.size === 0) return [];
  const whole = [...lost].filter(([, lines]) => lines === 0).map(([program]) => program);
  const worst = [...lost].reduce((a, b) => (b[1] > a[1] ? b : a));
  const asked = "Lines lost, in all that was done to the logger";
  const nobody = whole.length === 0 ? "nobody lost none" : `none: ${whole.join(", ")}`;
  return [
    [asked, nobody, `most: ${worst[0]} ${shortNumber(worst[1])}`, shortNumber(lost.get(OURS) ?? 0)],
  ];
}
