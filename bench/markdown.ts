/** Results as Markdown: a table for each metric, cases down and programs across. */
import type { Results, Series } from "./harness.ts";
import { shortNumber } from "./statistics.ts";

type Cell = (series: Series) => string;

const median: Cell = (series) => shortNumber(series.median);
const withSpread: Cell = ({ median: middle, min, max, runs }) =>
  runs.length === 1
    ? shortNumber(middle)
    : `${shortNumber(middle)} (${shortNumber(min)}–${shortNumber(max)})`;

/** docs/benchmarks.md: everything. */
export function fullReport(results: readonly Results[]): string {
  const parts = [
    "# Benchmarks",
    "Written by `npm run bench` from `bench/results/`: medians, and the least and the most of all runs. " +
      "Programs that are compared took turns, run by run, on the same input in the same place; every " +
      "output was checked before anything was timed.",
    ...results.flatMap(fullSection),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** README.md: the metrics that matter, and the aims. */
export function shortReport(results: readonly Results[]): string {
  const parts = results
    .filter(({ headlines }) => headlines.length > 0)
    .flatMap((result) => [`**${result.question}**`, ...tables(result, result.headlines, median)]);
  const places = [...new Set(results.map(machineLine))];
  return `${[...parts, aims(results), ...places].join("\n\n")}\n`;
}

function fullSection(result: Results): string[] {
  const { bench, question, loadBefore, input, series } = result;
  const metrics = [...new Set(series.map(({ metric }) => metric))];
  const shapes = Object.entries(input).map(([name, shape]) => `- ${name}: ${shape}`);
  return [
    `## ${question}`,
    `\`npm run bench ${bench}\`. ${machineLine(result)} Load average before: ${shortNumber(loadBefore)}.`,
    ...(shapes.length > 0 ? [shapes.join("\n")] : []),
    ...tables(result, metrics, withSpread),
    ...(result.targets.length > 0 ? [aims([result])] : []),
  ];
}

function machineLine({ machine, versions, place }: Results): string {
  const { processor, cores, memoryGib, system } = machine;
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${processor}, ${cores} cores, ${memoryGib} GiB, ${system}, logs on ${place}; ${programs.join(", ")}.`;
}

function tables({ series }: Results, metrics: readonly string[], cell: Cell): string[] {
  return metrics.map((metric) => {
    const found = series.filter((one) => one.metric === metric);
    const programs = [...new Set(found.map(({ program }) => program))];
    const cases = [...new Set(found.map((one) => one.case))];
    const rows = cases.map((name) => [
      name,
      ...programs.map((program) => {
        const one = found.find((each) => each.case === name && each.program === program);
        return one === undefined ? "" : cell(one);
      }),
    ]);
    return table([metric, ...programs], rows);
  });
}

function aims(results: readonly Results[]): string {
  const rows = results
    .flatMap(({ targets }) => targets)
    .map(({ text, aim, median: value, min, max, reached }) => {
      const spread = min === max ? "" : ` (${shortNumber(min)}–${shortNumber(max)})`;
      return [text, `${shortNumber(value)}${spread}`, aim, reached ? "yes" : "no"];
    });
  return table(["aim", "measured", "wanted", "reached"], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, index) => (index === 0 ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}
