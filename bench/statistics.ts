/** What a row of runs comes to. */

export interface Summary {
  readonly median: number;
  readonly p99: number;
  readonly min: number;
  readonly max: number;
}

/** The value below which a part of the values lies; NaN without values. */
export function quantile(values: ArrayLike<number>, part: number): number {
  const sorted = Float64Array.from(values).sort();
  if (part === 0.5 && sorted.length % 2 === 0) {
    const half = sorted.length / 2;
    return ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2;
  }
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function summarise(values: ArrayLike<number>): Summary {
  return {
    median: quantile(values, 0.5),
    p99: quantile(values, 0.99),
    min: quantile(values, 0),
    max: quantile(values, 1),
  };
}

/** Run by run, the one divided by the other: what the machine did meanwhile falls on both. */
export function pairRatios(above: readonly number[], below: readonly number[]): number[] {
  const pairs = Math.min(above.length, below.length);
  return above.slice(0, pairs).map((value, run) => value / (below[run] ?? Number.NaN));
}

/** Three digits that mean something; what was counted as it is. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 100) return String(value);
  if (size >= 100) return value.toFixed(0).replaceAll(/\B(?=(\d{3})+$)/g, ",");
  if (size >= 10) return value.toFixed(1);
  return size >= 1 ? value.toFixed(2) : value.toPrecision(2);
}
