/** The report: what was interrupted or left out is said, and charts can be read on any page. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { COLOURS, drawings } from "../../bench/charts.ts";
import { fullReport } from "../../bench/markdown.ts";
import type { Results, Series } from "../../bench/results.ts";
import { shortNumber } from "../../bench/statistics.ts";

/** As GitHub shows it by day and by night. */
const PAGES = ["#ffffff", "#0d1117"];
/** What the guidelines for accessible content ask of graphics. */
const LEAST_CONTRAST = 3;

function series(program: string, name: string, median: number): Series {
  return {
    case: name,
    program,
    metric: "MB/s",
    runs: [median],
    median,
    p99: median,
    min: median,
    max: median,
  };
}

const results: Results = {
  bench: "speed",
  question: "How fast?",
  quick: false,
  place: "tmpfs",
  machine: { processor: "a processor", cores: 2, memoryGib: 4, system: "Linux" },
  loadBefore: 0,
  seconds: 1,
  versions: { node: "v20" },
  input: { short: "20 bytes" },
  settings: { Timberline: "as it comes", other: "its best" },
  headlines: ["MB/s"],
  series: [series("Timberline", "short", 200), series("other", "short", 20)],
  targets: [],
  leftOut: [{ case: "short", program: "third", reason: "it failed its check" }],
  charts: [{ title: "Short lines", metric: "MB/s", cases: [{ name: "short" }] }],
  remarks: [],
};
const report = (one: Results): string => fullReport([one], drawings);

test("programs stand side by side, with their settings and their chart", () => {
  const text = report(results);
  assert.match(text, /\| MB\/s \| Timberline \| other \|\n.*\n\| short \| 200 \| 20 \|/);
  assert.match(text, /- other: its best/);
  assert.match(text, /!\[Short lines\]\(charts\/speed-1\.svg\)/);
});

test("what was not timed is named with its reason", () => {
  assert.match(report(results), /Not timed:\n\n- short, third: it failed its check/);
});

test("a bench that was interrupted is marked, a whole one is not", () => {
  assert.match(report({ ...results, interrupted: true }), /\*\*Interrupted: /);
  assert.doesNotMatch(report(results), /Interrupted/);
});

test("many programs go down the page", () => {
  const many = Array.from({ length: 12 }, (_, index) => series(`p${index}`, "short", index + 1));
  assert.match(report({ ...results, series: many }), /\| MB\/s \| short \|\n.*\n\| p0 \| 1 \|\n/);
});

test("the report begins with who comes first", () => {
  const named = (program: string, median: number): Series =>
    series(program, "real lines, t", median);
  const found = [named("slow", 5), named("Timberline", 50), named("fast", 500)];
  const speed = { ...results, bench: "throughput", series: found };
  assert.match(report(speed), /MB\/s \| fast 500 \| Timberline 50 \| 50, place 2 of 3 \|/);
  const lost = (program: string, name: string, median: number): Series => ({
    ...series(program, name, median),
    metric: "lines lost",
  });
  const counts = [lost("Timberline", "killed", 0), lost("b", "killed", 0), lost("b", "full", 7)];
  const loss = { ...results, bench: "loss", series: counts };
  assert.match(report(loss), /\| none: Timberline \| most: b 7 \| 0 \|/);
});

test("a chart without a number is not drawn", () => {
  const charts = [{ title: "None", metric: "ms", cases: [{ name: "short" }] }];
  assert.deepEqual(drawings({ ...results, charts }), []);
});

test("every colour can be told from a light page and from a dark one", () => {
  const grey = JSON.stringify(drawings(results)).match(/#[0-9a-f]{6}(?=")/g) ?? [];
  assert.ok(grey.length > 0);
  for (const colour of new Set([...COLOURS, ...grey])) {
    for (const page of PAGES) {
      const found = contrast(colour, page);
      assert.ok(found >= LEAST_CONTRAST, `${colour} on ${page}: ${found.toFixed(2)}`);
    }
  }
});

test("numbers are short, and counts are whole", () => {
  const shown = [0, 3, 0.1234, 1.234, 12.34, 1234.5, Number.NaN].map(shortNumber);
  assert.deepEqual(shown, ["0", "3", "0.12", "1.23", "12.3", "1,235", "–"]);
});

/** As defined by WCAG 2. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
