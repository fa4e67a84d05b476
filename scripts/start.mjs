// `npm start [-- COMMAND…]`: installs and builds what is missing, then runs examples/start.ts.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { install, root, run } from "./tools.mjs";

const program = join(root, "build", "examples", "start.js");

if (!process.env.TIMBERLINE_NO_BUILD) {
  install();
  if (isStale()) {
    console.error("building …");
    // What the build says is not what was asked for; its errors go to stderr.
    run(process.execPath, [join(root, "scripts", "build.mjs"), "--all"], {
      stdio: ["ignore", 2, 2],
    });
  }
}
const { main } = await import(pathToFileURL(program).href);
process.exitCode = await main(process.argv.slice(2), root);

/** Whether something is not built, or is older than what it was built from. */
function isStale() {
  const built = [program, join(root, "dist", "node-path")];
  if (!built.every((file) => existsSync(file))) return true;
  const oldest = Math.min(...built.map((file) => statSync(file).mtimeMs));
  const sources = ["src", "examples", "scripts", "package.json"].flatMap((name) => {
    const path = join(root, name);
    return statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true }).map((file) => join(path, file))
      : [path];
  });
  return sources.some((file) => statSync(file).mtimeMs > oldest);
}
