/** Timing of functions: `benchmark` finds out how often to call, and how sure the answer is. */
import Benchmark from "benchmark";
import type { Bench } from "./harness.ts";

const WARM_CALLS = 3;

/** Times a function and records each sample. */
export function timeFunction(
  bench: Bench,
  caseName: string,
  program: string,
  run: () => unknown,
  metrics: (seconds: number) => Record<string, number>,
): void {
  bench.progress(`${caseName}: ${program}`);
  for (let call = 0; call < WARM_CALLS; call++) run();
  const benchmark = new Benchmark(program, run, {
    maxTime: bench.pick(0.5, 0.02),
    minTime: bench.pick(0, 0.005),
  });
  benchmark.run();
  for (const seconds of benchmark.stats.sample as number[]) {
    for (const [metric, value] of Object.entries(metrics(seconds)))
      bench.record(caseName, program, metric, value);
  }
  bench.progress("");
}
