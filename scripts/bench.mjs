// `npm run bench [NAME…] [-- --quick] [-- --lines FILE] [-- --logs DIR]`: builds everything, runs the benches (all, or
// those whose name contains a NAME), writes bench/results/ and fills in the pages that show them.
//   --quick       small inputs and few runs: to see that the benches work, not how fast anything is
//   --lines FILE  real lines in place of our own where a bench wants lines of services
//   --logs DIR    a log directory, whoever wrote it, that svlog-real looks into as well
// A bench that fails does not keep the others from running; one for which there is no room is left out.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { install, root, run, runTool } from "./tools.mjs";

const ending = ".bench.js";
/** bench/place.ts: no room for it. */
const LEFT_OUT = 77;
const { values, positionals } = parseArgs({
  options: { quick: { type: "boolean" }, lines: { type: "string" }, logs: { type: "string" } },
  allowPositionals: true,
});

install();
if (!process.env.TIMBERLINE_NO_BUILD || !existsSync(join(root, "build/bench")))
  run(process.execPath, [join(root, "scripts/build.mjs"), "--all"]);

const names = readdirSync(join(root, "build/bench"))
  .filter((name) => name.endsWith(ending))
  .map((name) => name.slice(0, -ending.length))
  .filter((name) => positionals.length === 0 || positionals.some((word) => name.includes(word)))
  .sort();
if (names.length === 0) {
  console.error(`no bench's name contains ${positionals.join(" or ")}`);
  process.exit(100);
}

const results = join(root, values.quick ? "build/bench/results" : "bench/results");
const quick = values.quick ? ["--quick"] : [];
const from = process.env.INIT_CWD ?? ".";
const lines = values.lines ? ["--lines", resolve(from, values.lines)] : [];
const logs = values.logs ? ["--logs", resolve(from, values.logs)] : [];
const begun = performance.now();
const [failed, leftOut] = [[], []];
let isStopped = false;
// The bench hears it too, and what it has measured is kept; then the report is made of what there is.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => (isStopped = true));

for (const [index, name] of names.entries()) {
  const left = names.slice(index).reduce((sum, one) => sum + lastSeconds(one), 0);
  console.log(
    `\n[${index + 1}/${names.length}] ${name}${left > 0 ? `, ${inWords(left)} to go` : ""}`,
  );
  const file = join(root, `build/bench/${name}${ending}`);
  const words = [file, ...quick, ...lines, ...logs];
  const bench = spawn(process.execPath, words, { cwd: root, stdio: "inherit" });
  const [status] = await once(bench, "exit");
  if (status === LEFT_OUT) leftOut.push(name);
  else if (status !== 0) failed.push(name);
  if (isStopped) break;
}
run(process.execPath, [join(root, "build/bench/report.js"), ...quick]);
// The pages are kept as Biome lays out Markdown, where it looks at that.
const pages = ["README.md", "docs/benchmarks.md"].filter((page) => existsSync(join(root, page)));
const format = ["format", "--write", "--no-errors-on-unmatched", ...pages];
if (!values.quick) runTool("@biomejs/biome/bin/biome", format);
console.log(`\n${inWords((performance.now() - begun) / 1000)} in all`);
if (leftOut.length > 0) console.log(`left out, no room: ${leftOut.join(", ")}`);
if (failed.length > 0) console.error(`failed or interrupted: ${failed.join(", ")}`);
process.exit(failed.length > 0 ? 1 : 0);

/** How long a bench took the last time; 0 where nobody knows. */
function lastSeconds(name) {
  const path = join(results, `${name}.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")).seconds ?? 0) : 0;
}

function inWords(seconds) {
  return seconds < 90 ? `${Math.round(seconds)} s` : `about ${Math.round(seconds / 60)} min`;
}
