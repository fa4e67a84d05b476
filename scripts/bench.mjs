// `npm run bench [NAME…] [-- --quick] [-- --lines FILE]`: builds everything, runs the benches (all, or
// those whose name contains a NAME), writes bench/results/ and fills in the pages that show them.
//   --quick       small inputs and few runs: to see that the benches work, not how fast anything is
//   --lines FILE  real lines in place of our own where a bench wants lines of services
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { install, root, run, runTool } from "./tools.mjs";

const ending = ".bench.js";
const { values, positionals } = parseArgs({
  options: { quick: { type: "boolean" }, lines: { type: "string" } },
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

const quick = values.quick ? ["--quick"] : [];
const lines = values.lines ? ["--lines", resolve(process.env.INIT_CWD ?? ".", values.lines)] : [];
const begun = performance.now();
for (const [index, name] of names.entries()) {
  console.log(`\n[${index + 1}/${names.length}] ${name}`);
  run(process.execPath, [join(root, `build/bench/${name}${ending}`), ...quick, ...lines]);
}
run(process.execPath, [join(root, "build/bench/report.js"), ...quick]);
// The pages are kept as Biome lays out Markdown, where it looks at that.
const pages = ["README.md", "docs/benchmarks.md"].filter((page) => existsSync(join(root, page)));
const format = ["format", "--write", "--no-errors-on-unmatched", ...pages];
if (!values.quick) runTool("@biomejs/biome/bin/biome", format);
console.log(`\n${Math.round((performance.now() - begun) / 1000)} s in all`);
