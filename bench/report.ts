/**
 * The numbers in README.md and docs/benchmarks.md and their charts, made from bench/results/*.json.
 *
 * `node build/bench/report.js [--quick]`; of quick results all is laid out in build/, to see that it works.
 */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { type Drawing, drawings } from "./charts.ts";
import { fullReport, shortReport } from "./markdown.ts";
import { type Results, readResults } from "./results.ts";

const BEGIN = "<!-- bench -->";
const END = "<!-- /bench -->";
/** The order of the report; others follow by name. */
const ORDER = [
  "loss",
  "throughput",
  "stall",
  "cpu",
  "delay",
  "memory",
  "tree",
  "startup",
  "chain",
  "tai64nlocal",
  "svlog",
  "syslog",
  "web",
  "supervisorctl",
  "svlog-real",
  "growth",
  "calls",
  "kernel",
  "patterns",
];

const quick = process.argv.includes("--quick");
const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const results = readResults(quick, ORDER);
if (results.length === 0) console.log("no results to report");
else report(results, root(quick ? "build/bench" : "docs"));

function report(all: readonly Results[], directory: string): void {
  fs.mkdirSync(`${directory}/charts`, { recursive: true });
  draw(all.flatMap(drawings), `${directory}/charts`);
  const isThere = ({ name }: Drawing): boolean => fs.existsSync(`${directory}/charts/${name}.svg`);
  const charts = (one: Results): Drawing[] => drawings(one).filter(isThere);
  fs.writeFileSync(`${directory}/benchmarks.md`, fullReport(all, charts));
  if (!quick) fillReadme(root("README.md"), shortReport(all));
}

/** What draws them is of bench/'s own packages: without these, the charts stay as they were. */
function draw(all: readonly Drawing[], directory: string): void {
  if (!fs.existsSync(root("bench/node_modules/vega-lite"))) {
    console.log("charts: vega-lite is not installed (npm run bench:peers), left as they are");
    return;
  }
  const { status } = spawnSync(process.execPath, [root("bench/draw-charts.mjs"), directory], {
    input: JSON.stringify(all),
    stdio: ["pipe", "inherit", "inherit"],
  });
  if (status !== 0) throw new Error("the charts could not be drawn");
}

/** Puts the short report between the marks; a README without them stays as it is. */
function fillReadme(path: string, text: string): void {
  const page = fs.existsSync(path) ? fs.readFileSync(path, "utf8") : "";
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END, begin);
  if (begin < 0 || end < 0) {
    console.log(`README.md has no ${BEGIN} … ${END}: left as it is`);
    return;
  }
  const filled = `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n${page.slice(end)}`;
  fs.writeFileSync(`${path}.tmp`, filled);
  fs.renameSync(`${path}.tmp`, path);
}
