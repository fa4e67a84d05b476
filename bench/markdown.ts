/** Results as Markdown: a table for each metric, cases down and programs across. */
import type { Drawing } from "./charts.ts";
import { OURS } from "./names.ts";
import type { Results, Series } from "./results.ts";
import { shortNumber } from "./statistics.ts";
import { summaryRows } from "./summary.ts";

type Cell = (series: Series) => string;
type ChartsOf = (result: Results) => readonly Drawing[];

const median: Cell = (series) => shortNumber(series.median);
const withSpread: Cell = ({ median: middle, min, max, runs }) =>
  runs.length === 1 || min === max
    ? shortNumber(middle)
    : `${shortNumber(middle)} (${shortNumber(min)}–${shortNumber(max)})`;
/** Programs from the best known to the least; what a wide table leaves out is in the full report. */
const MOST_COLUMNS = 6;
/** What a reader of README.md wants to know: the others are in the full report. */
const ASKED_FIRST: readonly string[] = ["loss", "throughput", "tree"];

/** docs/benchmarks.md: everything. */
export function fullReport(results: readonly Results[], charts: ChartsOf): string {
  const parts = [
    "# Benchmarks",
    "Written by `npm run bench` from `bench/results/`: medians, and the least and the most of all runs. " +
      "Programs that are compared took turns, run by run, on the same lines in the same place; every " +
      "output was checked before anything was timed, and what failed its check is named and not timed. " +
      "To run it again: `npm run bench:peers` installs the other programs, `npm run bench` does all, " +
      "`npm run bench NAME` one of them.",
    ...inShort(results),
    contents(results),
    ...results.flatMap((result) => fullSection(result, charts(result))),
    ...settingsOf(results),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** README.md: who comes first, what most people ask, and the aims that were missed. */
export function shortReport(results: readonly Results[]): string {
  const asked = results
    .filter(({ bench }) => ASKED_FIRST.includes(bench))
    .flatMap((result) => [
      `**${result.question}**`,
      ...tables(narrowed(result), result.headlines, median),
    ]);
  const places = [...new Set(results.map(machineWords))];
  const more = "[docs/benchmarks.md](docs/benchmarks.md) has the rest, with charts.";
  const parts = [...inShort(results), ...asked, ...missed(results), `${places.join("; ")}.`, more];
  return `${parts.join("\n\n")}\n`;
}

function missed(results: readonly Results[]): string[] {
  const all = results.flatMap(({ targets }) => targets);
  const rows = all.filter(({ reached }) => !reached);
  const words = `Of ${all.length} aims that we had, ${all.length - rows.length} are reached.`;
  if (rows.length === 0) return [words];
  return [
    `${words} These are not; the report says what stands in their way, where that is known:`,
    aims(rows),
  ];
}

function inShort(results: readonly Results[]): string[] {
  const rows = summaryRows(results);
  return rows.length === 0 ? [] : [table(["in short", "first", "second", OURS], rows)];
}

function contents(results: readonly Results[]): string {
  const link = (question: string): string =>
    `#${question
      .toLowerCase()
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-")}`;
  return results.map(({ question }) => `- [${question}](${link(question)})`).join("\n");
}

function fullSection(result: Results, charts: readonly Drawing[]): string[] {
  const { bench, question, loadBefore, series, remarks } = result;
  const metrics = [...new Set(series.map(({ metric }) => metric))];
  const isCut = result.interrupted ? "**Interrupted: only the cases that it had done.** " : "";
  return [
    `## ${question}`,
    `${isCut}\`npm run bench ${bench}\`. ${machineLine(result)} Load average before: ${shortNumber(loadBefore)}.`,
    ...remarks,
    ...list(Object.entries(result.input)),
    ...charts.map(({ name, title }) => `![${title}](charts/${name}.svg)`),
    ...tables(result, metrics, withSpread),
    ...leftOut(result),
    ...(result.targets.length > 0 ? [aims(result.targets)] : []),
  ];
}

function list(entries: readonly (readonly [string, string])[]): string[] {
  return entries.length === 0
    ? []
    : [entries.map(([name, text]) => `- ${name}: ${text}`).join("\n")];
}

function leftOut({ leftOut: found }: Results): string[] {
  if (found.length === 0) return [];
  return ["Not timed:", ...list(found.map((one) => [`${one.case}, ${one.program}`, one.reason]))];
}

/** The settings of all programs, once. */
function settingsOf(results: readonly Results[]): string[] {
  const all = Object.assign({}, ...results.map(({ settings }) => settings)) as Record<
    string,
    string
  >;
  const found = list(Object.entries(all));
  return found.length === 0 ? [] : ["## The settings of the programs", ...found];
}

function machineLine(result: Results): string {
  const programs = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
  return `${machineWords(result)}; ${programs.join(", ")}.`;
}

function machineWords({ machine, place }: Results): string {
  const { processor, cores, memoryGib, system } = machine;
  return `${processor}, ${cores} cores, ${memoryGib} GiB, ${system}, logs on ${place}`;
}

/** Ours, and the programs that most cases know. */
function narrowed(result: Results): Results {
  const counts = new Map<string, number>();
  for (const { program } of result.series) counts.set(program, (counts.get(program) ?? 0) + 1);
  const known = [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_COLUMNS);
  const kept = new Set([OURS, ...known.map(([program]) => program)]);
  return { ...result, series: result.series.filter(({ program }) => kept.has(program)) };
}

function tables({ series }: Results, metrics: readonly string[], cell: Cell): string[] {
  return metrics.flatMap((metric) => {
    const found = series.filter((one) => one.metric === metric);
    const names = [...new Set(found.map((one) => one.case))];
    const isCrowded = (name: string): boolean =>
      found.filter((one) => one.case === name).length > MOST_COLUMNS + 2;
    // Where many programs were compared, they go down.
    const [crowded, others] = [names.filter(isCrowded), names.filter((name) => !isCrowded(name))];
    return [
      ...tableOf(metric, found, crowded, cell, true),
      ...tableOf(metric, found, others, cell, false),
    ];
  });
}

function tableOf(
  metric: string,
  series: readonly Series[],
  cases: readonly string[],
  cell: Cell,
  areProgramsDown: boolean,
): string[] {
  if (cases.length === 0) return [];
  const found = series.filter((one) => cases.includes(one.case));
  const programs = [...new Set(found.map(({ program }) => program))];
  const cellOf = (name: string, program: string): string => {
    const one = found.find((each) => each.case === name && each.program === program);
    return one === undefined ? "" : cell(one);
  };
  const down = (program: string): string[] => [
    program,
    ...cases.map((one) => cellOf(one, program)),
  ];
  const across = (name: string): string[] => [name, ...programs.map((one) => cellOf(name, one))];
  return [
    areProgramsDown
      ? table([metric, ...cases], programs.map(down))
      : table([metric, ...programs], cases.map(across)),
  ];
}

function aims(targets: Results["targets"]): string {
  const rows = targets.map(({ text, aim, median: value, min, max, reached }) => {
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
