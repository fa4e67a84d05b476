/**
 * What every bench shares: its options, paired rounds, targets, and the results file.
 *
 * A bench records numbers by case, program and metric. In a comparison every program has its turn in
 * each round, on the same input and in the same place; ratios are taken round by round.
 */
import fs from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine, describeVersions, type Machine } from "./machine.ts";
import { makePlace, type Place } from "./place.ts";
import { pairRatios, quantile, type Summary, shortNumber, summarise } from "./statistics.ts";

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

export interface Results {
  readonly bench: string;
  readonly question: string;
  readonly quick: boolean;
  readonly place: string;
  readonly machine: Machine;
  /** Of the minute before: above a few tenths, somebody else was at work too. */
  readonly loadBefore: number;
  readonly versions: Record<string, string>;
  readonly input: Record<string, string>;
  /** Metrics that the README shows. */
  readonly headlines: readonly string[];
  readonly series: readonly Series[];
  readonly targets: readonly Target[];
}

/** Our name in every table. */
export const OURS = "Timberline";

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, lines: { type: "string" } },
  strict: false,
});

export class Bench {
  readonly quick: boolean = options.quick === true;
  /** A file of lines to use instead of our own (`--lines FILE`). */
  readonly lines: string | undefined =
    typeof options.lines === "string" ? options.lines : undefined;
  readonly directory: string;
  readonly input: Record<string, string> = {};
  readonly headlines: string[] = [];
  private readonly name: string;
  private readonly question: string;
  private readonly place: Place;
  private readonly loadBefore: number = loadavg()[0] ?? 0;
  private readonly series = new Map<string, Omit<Series, keyof Summary>>();
  private readonly targets: Target[] = [];

  /**
   * @param name  of its file, without `.bench.ts`
   * @param neededBytes  that the logs of one run and the input take at most
   */
  constructor(name: string, question: string, neededBytes: number = 64e6) {
    this.name = name;
    this.question = question;
    this.place = makePlace(name, this.pick(neededBytes, neededBytes / 20));
    this.directory = this.place.path;
    const { processor, cores, memoryGib, system } = describeMachine();
    console.log(`\n${name}: ${question}`);
    console.log(`  ${processor}, ${cores} cores, ${memoryGib} GiB, ${system}, ${this.place.kind}`);
    console.log(`  load average before: ${this.loadBefore.toFixed(2)}`);
  }

  /** A size or a count: the full one, or the one of `--quick`. */
  pick<T>(full: T, quick: T): T {
    return this.quick ? quick : full;
  }

  /** Says what is going on, on a terminal. */
  progress(text: string): void {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K  ${text}`);
  }

  record(caseName: string, program: string, metric: string, value: number): void {
    const key = [caseName, program, metric].join("\n");
    const known = this.series.get(key);
    const runs = [...(known?.runs ?? []), value];
    this.series.set(key, { case: caseName, program, metric, runs });
  }

  /** Gives every contender its turn, round after round. */
  async rounds<C extends { readonly name: string }>(
    caseName: string,
    count: number,
    contenders: readonly C[],
    run: (contender: C) => Promise<Record<string, number>> | Record<string, number>,
  ): Promise<void> {
    for (let round = 1; round <= count; round++) {
      for (const contender of contenders) {
        this.progress(`${caseName}: ${contender.name}, round ${round} of ${count}`);
        for (const [metric, value] of Object.entries(await run(contender)))
          this.record(caseName, contender.name, metric, value);
      }
    }
    this.progress("");
    this.show(caseName);
  }

  private runsOf(caseName: string, program: string, metric: string): readonly number[] {
    return this.series.get([caseName, program, metric].join("\n"))?.runs ?? [];
  }

  /** How often the one goes into the other, round by round, and whether that is as many times as wanted. */
  targetRatio(
    caseName: string,
    metric: string,
    above: string,
    below: string,
    aim: { readonly atLeast?: number; readonly atMost?: number },
  ): void {
    const runs = [this.runsOf(caseName, above, metric), this.runsOf(caseName, below, metric)];
    const ratios = pairRatios(runs[0] ?? [], runs[1] ?? []);
    if (ratios.length === 0) return;
    this.judge(`${caseName}: ${metric}, ${above} over ${below}`, ratios, aim, "times");
  }

  targetValue(
    caseName: string,
    metric: string,
    aim: { readonly atLeast?: number; readonly atMost?: number },
    program: string = OURS,
  ): void {
    const runs = this.runsOf(caseName, program, metric);
    if (runs.length > 0) this.judge(`${caseName}: ${metric}, ${program}`, runs, aim, "");
  }

  private judge(
    text: string,
    values: readonly number[],
    aim: { readonly atLeast?: number; readonly atMost?: number },
    unit: string,
  ): void {
    const { median, min, max } = summarise(values);
    const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = aim;
    const reached = median >= atLeast && median <= atMost;
    const limit = aim.atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
    this.targets.push({ text, aim: `${limit} ${unit}`.trim(), median, min, max, reached });
  }

  /** Prints what is known of a case. */
  show(caseName: string): void {
    console.log(`  ${caseName}`);
    for (const { case: of, program, metric, runs } of this.series.values()) {
      if (of !== caseName) continue;
      const { median, min, max } = summarise(runs);
      const spread = runs.length > 1 ? ` (${shortNumber(min)} to ${shortNumber(max)})` : "";
      console.log(
        `    ${program.padEnd(18)} ${metric.padEnd(24)} ${shortNumber(median).padStart(8)}${spread}`,
      );
    }
  }

  /** Prints the targets and writes the results; quick ones apart, as they say nothing about speed. */
  finish(): void {
    for (const { text, aim, median, min, max, reached } of this.targets) {
      const spread = `${shortNumber(median)} (${shortNumber(min)} to ${shortNumber(max)})`;
      const verdict = this.quick ? "quick  " : reached ? "reached" : "MISSED ";
      console.log(`  ${verdict} ${text}: ${spread}, aim ${aim}`);
    }
    const series = [...this.series.values()].map((one) => ({ ...one, ...summarise(one.runs) }));
    const { name: bench, question, quick, loadBefore, input, headlines, targets } = this;
    const [machine, versions, place] = [describeMachine(), describeVersions(), this.place.kind];
    const about = {
      bench,
      question,
      quick,
      place,
      machine,
      loadBefore,
      versions,
      input,
      headlines,
    };
    writeResults({ ...about, series: series.map(thinned), targets });
  }

  /** Empties the place; the system has less to do than when old logs pile up. */
  clear(path: string): void {
    fs.rmSync(path, { recursive: true, force: true });
  }
}

const MOST_RUNS_KEPT = 200;

/** Thousands of samples are kept as quantiles. */
function thinned(series: Series): Series {
  const { runs } = series;
  if (runs.length <= MOST_RUNS_KEPT) return series;
  const parts = Array.from({ length: 101 }, (_, percent) => quantile(runs, percent / 100));
  return { ...series, runs: parts };
}

function writeResults(results: Results): void {
  const directory = fileURLToPath(
    new URL(results.quick ? "results/" : "../../bench/results/", import.meta.url),
  );
  fs.mkdirSync(directory, { recursive: true });
  const path = `${directory}${results.bench}.json`;
  fs.writeFileSync(`${path}.tmp`, `${JSON.stringify(results, undefined, 1)}\n`);
  fs.renameSync(`${path}.tmp`, path);
}
