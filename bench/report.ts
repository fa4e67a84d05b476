/**
 * The numbers in README.md and docs/benchmarks.md, written from bench/results/*.json.
 *
 * `node build/bench/report.js [--quick]`; quick results are only laid out in build/, to see that it works.
 */
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import type { Results } from "./harness.ts";
import { fullReport, shortReport } from "./markdown.ts";

const BEGIN = "<!-- bench -->";
const END = "<!-- /bench -->";
/** The order of the report; others follow by name. */
const ORDER = [
  "throughput",
  "cpu",
  "delay",
  "memory",
  "startup",
  "chain",
  "tai64nlocal",
  "svlog",
  "growth",
  "kernel",
];

const quick = process.argv.includes("--quick");
const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const results = readResults(root(quick ? "build/bench/results" : "bench/results"));
if (results.length === 0) {
  console.log("no results to report");
} else if (quick) {
  fs.writeFileSync(root("build/bench/benchmarks.md"), fullReport(results));
} else {
  fs.mkdirSync(root("docs"), { recursive: true });
  fs.writeFileSync(root("docs/benchmarks.md"), fullReport(results));
  fillReadme(root("README.md"), shortReport(results));
}

function readResults(directory: string): Results[] {
  if (!fs.existsSync(directory)) return [];
  const names = fs.readdirSync(directory).filter((name) => name.endsWith(".json"));
  const place = (name: string): number =>
    (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);
  return names
    .map((name) => JSON.parse(fs.readFileSync(`${directory}/${name}`, "utf8")) as Results)
    .sort((a, b) => place(a.bench) - place(b.bench) || (a.bench < b.bench ? -1 : 1));
}

/** Puts the short report between the marks; a README without them stays as it is. */
function fillReadme(path: string, report: string): void {
  const text = fs.existsSync(path) ? fs.readFileSync(path, "utf8") : "";
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  if (begin < 0 || end < 0) {
    console.log(`README.md has no ${BEGIN} … ${END}: left as it is`);
    return;
  }
  const filled = `${text.slice(0, begin + BEGIN.length)}\n\n${report}\n${text.slice(end)}`;
  fs.writeFileSync(`${path}.tmp`, filled);
  fs.renameSync(`${path}.tmp`, path);
}
