/**
 * What every bench shares: its options, paired rounds, targets, and the results file.
 *
 * A bench records numbers by case, program and metric. In a comparison every program has its turn in
 * each round, on the same input and in the same place; ratios are taken round by round.
 */
import fs from "node:fs";
import { loadavg } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { parseArgs } from "node:util";
import { describeMachine, describeVersions } from "./machine.ts";
import { OURS } from "./names.ts";
import { makePlace, type Place, type Wanted } from "./place.ts";
import { type Chart, type LeftOut, type Series, type Target, writeResults } from "./results.ts";
import { pairRatios, type Summary, shortNumber, summarise } from "./statistics.ts";

export { OURS } from "./names.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    lines: { type: "string" },
    logs: { type: "string" },
  },
  strict: false,
});

export class Bench {
  readonly quick: boolean = options.quick === true;
  /** A file of lines to use instead of our own (`--lines FILE`). */
  readonly lines: string | undefined =
    typeof options.lines === "string" ? options.lines : undefined;
  /** A log directory that was there before (`--logs DIR`). */
  readonly logs: string | undefined = typeof options.logs === "string" ? options.logs : undefined;
  readonly directory: string;
  readonly input: Record<string, string> = {};
  readonly headlines: string[] = [];
  readonly settings: Record<string, string> = {};
  readonly charts: Chart[] = [];
  readonly remarks: string[] = [];
  private readonly leftOut: LeftOut[] = [];
  private readonly begun: number = performance.now();
  private readonly name: string;
  private readonly question: string;
  private readonly place: Place;
  private readonly loadBefore: number = loadavg()[0] ?? 0;
  private readonly series = new Map<string, Omit<Series, keyof Summary>>();
  private readonly targets: Target[] = [];

  /**
   * @param name  of its file, without `.bench.ts`
   * @param neededBytes  that the logs of one run and the input take at most
   * @param wanted  where the logs are to be
   */
  constructor(
    name: string,
    question: string,
    neededBytes: number = 64e6,
    wanted: Wanted = "memory",
  ) {
    this.name = name;
    this.question = question;
    this.place = makePlace(name, this.pick(neededBytes, neededBytes / 20), wanted);
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

  /** Notes that a program is not timed: the report says so. */
  leave(caseName: string, program: string, reason: string): void {
    this.leftOut.push({ case: caseName, program, reason });
    console.log(`  ${caseName}: ${program}: left out, ${reason}`);
  }

  /** Those whose output is right: ours has to be, another one that is not is reported and not timed. */
  rightOnes<C extends { readonly name: string }>(
    caseName: string,
    contenders: readonly C[],
    check: (contender: C) => void,
  ): C[] {
    return contenders.filter((contender) => {
      this.progress(`${caseName}: checking what ${contender.name} writes`);
      try {
        check(contender);
        return true;
      } catch (error) {
        this.fail(caseName, contender.name, error);
        return false;
      }
    });
  }

  /** Our own failure ends the bench; another program's is reported. */
  private fail(caseName: string, program: string, error: unknown): void {
    if (program === OURS || !(error instanceof Error)) throw error;
    const message = error.message.replaceAll(`${this.directory}/`, "");
    this.leave(caseName, program, `it failed: ${message}`);
  }

  /** Gives every contender its turn, round after round. */
  async rounds<C extends { readonly name: string }>(
    caseName: string,
    count: number,
    contenders: readonly C[],
    run: (contender: C) => Promise<Record<string, number>> | Record<string, number>,
  ): Promise<void> {
    const failed = new Set<C>();
    for (let round = 1; round <= count; round++) {
      for (const contender of contenders.filter((one) => !failed.has(one))) {
        const { name } = contender;
        this.progress(`${caseName}: ${name}, round ${round} of ${count}`);
        try {
          for (const [metric, value] of Object.entries(await run(contender)))
            this.record(caseName, name, metric, value);
        } catch (error) {
          failed.add(contender);
          this.fail(caseName, name, error);
        }
        // A run may have stood still all the while: signals are heard now.
        await nextTurn();
      }
    }
    this.progress("");
    this.show(caseName);
    // What was measured is kept, however this run ends.
    this.write(true);
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
    this.write(false);
  }

  private write(isInterrupted: boolean): void {
    const { name: bench, question, quick, loadBefore, input, settings, headlines } = this;
    const { targets, leftOut, charts, remarks } = this;
    writeResults({
      bench,
      question,
      quick,
      ...(isInterrupted ? { interrupted: true } : {}),
      place: this.place.kind,
      machine: describeMachine(),
      loadBefore,
      seconds: Math.round((performance.now() - this.begun) / 1000),
      versions: describeVersions(),
      input,
      settings,
      headlines,
      series: [...this.series.values()].map((one) => ({ ...one, ...summarise(one.runs) })),
      targets,
      leftOut,
      charts,
      remarks,
    });
  }

  /** Empties the place; the system has less to do than when old logs pile up. */
  clear(path: string): void {
    fs.rmSync(path, { recursive: true, force: true });
  }
}
