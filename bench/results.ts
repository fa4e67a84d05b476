/** What a bench leaves behind: bench/results/NAME.json, or NAME.partial.json of one that did not end. */
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import type { Machine } from "./machine.ts";
import { quantile, type Summary } from "./statistics.ts";

const MOST_RUNS_KEPT = 200;

export interface Series extends Summary {
  readonly case: string;
  readonly program: string;
  /** What was measured, with its unit: "MB/s", "CPU seconds". */
  readonly metric: string;
  readonly runs: readonly number[];
}

export interface Target {
  readonly text: string;
  readonly aim: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly reached: boolean;
}

/** What was not timed, and why. */
export interface LeftOut {
  readonly case: string;
  readonly program: string;
  readonly reason: string;
}

/** A picture of a metric; see charts.ts. */
export interface Chart {
  readonly title: string;
  readonly metric: string;
  /** The cases in it, each with its place on the axis where they make a curve. */
  readonly cases: readonly { readonly name: string; readonly at?: number }[];
  /** What the axis of a curve says. */
  readonly along?: string;
}

export interface Results {
  readonly bench: string;
  readonly question: string;
  readonly quick: boolean;
  /** It did not come to its end: these are the cases that it had done. */
  readonly interrupted?: true;
  readonly place: string;
  readonly machine: Machine;
  /** Of the minute before: above a few tenths, somebody else was at work too. */
  readonly loadBefore: number;
  /** How long the whole bench took. */
  readonly seconds: number;
  readonly versions: Record<string, string>;
  readonly input: Record<string, string>;
  /** The settings of each program. */
  readonly settings: Record<string, string>;
  /** Metrics that the README shows. */
  readonly headlines: readonly string[];
  readonly series: readonly Series[];
  readonly targets: readonly Target[];
  readonly leftOut: readonly LeftOut[];
  readonly charts: readonly Chart[];
  /** What a reader has to know to read the numbers. */
  readonly remarks: readonly string[];
}

export function resultsDirectory(quick: boolean): string {
  return fileURLToPath(new URL(quick ? "results/" : "../../bench/results/", import.meta.url));
}

/** Writes them; complete ones take the place of those of an interrupted run. */
export function writeResults(results: Results): void {
  const directory = resultsDirectory(results.quick);
  fs.mkdirSync(directory, { recursive: true });
  const partial = `${directory}${results.bench}.partial.json`;
  const path = results.interrupted ? partial : `${directory}${results.bench}.json`;
  const kept = { ...results, series: results.series.map(thinned) };
  fs.writeFileSync(`${path}.tmp`, `${JSON.stringify(kept, undefined, 1)}\n`);
  fs.renameSync(`${path}.tmp`, path);
  if (!results.interrupted) fs.rmSync(partial, { force: true });
}

/** Thousands of samples are kept as quantiles. */
function thinned(series: Series): Series {
  const { runs } = series;
  if (runs.length <= MOST_RUNS_KEPT) return series;
  const parts = Array.from({ length: 101 }, (_, percent) => quantile(runs, percent / 100));
  return { ...series, runs: parts };
}

/** Results of an earlier version lack what came later. */
function readOne(path: string): Results {
  const empty = { seconds: 0, settings: {}, leftOut: [], charts: [], remarks: [] };
  return { ...empty, ...(JSON.parse(fs.readFileSync(path, "utf8")) as Results) };
}

/** All results that are there, in the order of `names`, others behind them. */
export function readResults(quick: boolean, names: readonly string[]): Results[] {
  const directory = resultsDirectory(quick);
  if (!fs.existsSync(directory)) return [];
  const files = fs.readdirSync(directory).filter((name) => name.endsWith(".json"));
  const isSuperseded = (name: string): boolean =>
    name.endsWith(".partial.json") && files.includes(name.replace(".partial", ""));
  const place = (bench: string): number =>
    (names.indexOf(bench) + names.length + 1) % (names.length + 1);
  return files
    .filter((name) => !isSuperseded(name))
    .map((name) => readOne(`${directory}${name}`))
    .sort((a, b) => place(a.bench) - place(b.bench) || (a.bench < b.bench ? -1 : 1));
}
