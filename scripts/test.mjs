// `npm test [NAME…]`: builds everything and runs the test files (all, or those whose path contains a NAME).
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { install, root, run } from "./tools.mjs";

install();
if (!process.env.TIMBERLINE_NO_BUILD)
  run(process.execPath, [join(root, "scripts/build.mjs"), "--all"]);

const wanted = process.argv.slice(2);
const files = readdirSync(join(root, "build/test"), { recursive: true })
  .map((name) => join("build/test", name))
  .filter((name) => name.endsWith(".test.js"))
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
  .sort();
if (files.length === 0) {
  console.error(`no test file's path contains ${wanted.join(" or ")}`);
  process.exit(100);
}
run(process.execPath, ["--test", "--test-reporter=spec", ...files]);
