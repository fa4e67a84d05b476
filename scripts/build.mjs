// Builds dist/ (what is shipped) and, with --all, build/ (tests, benches and examples as well).
//   dist/lib/   the compiled library and the kernel
//   dist/bin/   one executable per command: a shell launcher that starts dist/lib/bin/NAME.cjs
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { install, root, runTool } from "./tools.mjs";

const typescript = "typescript/bin/tsc";
const kernels = [
  { from: "src/multilog/kernel/assembly/kernel.ts", to: "multilog/kernel/kernel.wasm", pages: 96 },
  { from: "src/tai64/assembly/localise.ts", to: "tai64/localise.wasm", pages: 16 },
];

install();
const all = process.argv.includes("--all");
rmSync(join(root, "dist"), { recursive: true, force: true });
buildKernels("dist/lib");
runTool(typescript, ["-p", "tsconfig.dist.json"]);
await bundleCommands();
layCommands();
if (all) {
  rmSync(join(root, "build"), { recursive: true, force: true });
  buildKernels("build/src");
  runTool(typescript, ["-p", "tsconfig.json"]);
}

function buildKernels(out) {
  for (const { from, to, pages } of kernels) {
    const target = join(root, out, to);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(compiled(from, pages), target);
  }
}

/** The compiled kernel; the compiler takes seconds, so its output is kept for sources that have not changed. */
function compiled(from, pages) {
  // Without a runtime and without growth: a Buffer over the memory stays valid for ever.
  const options = ["-O3", "--runtime", "stub", "--enable", "simd", "--noAssert"];
  const memory = ["--initialMemory", String(pages), "--maximumMemory", String(pages)];
  const hash = createHash("sha256").update(JSON.stringify([...options, ...memory]));
  for (const file of sourcesOf(dirname(join(root, from)))) hash.update(readFileSync(file));
  const kept = join(root, "node_modules/.cache/timberline", `${hash.digest("hex")}.wasm`);
  if (!existsSync(kept)) {
    mkdirSync(dirname(kept), { recursive: true });
    runTool("assemblyscript/bin/asc.js", [from, ...options, ...memory, "-o", `${kept}.new`]);
    renameSync(`${kept}.new`, kept);
  }
  return kept;
}

/** A kernel's own files, and the layout that it shares with its loader. */
function sourcesOf(assembly) {
  const folders = [assembly, dirname(assembly)];
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name)),
  );
}

function commandNames() {
  return readdirSync(join(root, "src", "bin"))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => name.slice(0, -".ts".length));
}

/**
 * A few files for each command in place of some fifty modules, and CommonJS ones: finding fifty takes
 * Node 30 ms of a start, its loader of modules 4 ms more. First esbuild joins and splits, then each
 * piece is changed by itself, since it splits modules only. Assets are looked for beside the file
 * that names them.
 */
async function bundleCommands() {
  const bin = join(root, "dist/lib/bin");
  const { build, transform } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: commandNames().map((name) => join(bin, `${name}.js`)),
    outdir: bin,
    outExtension: { ".js": ".cjs" },
    write: false,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.11",
    packages: "external",
    logLevel: "warning",
  });
  rmSync(bin, { recursive: true });
  mkdirSync(bin);
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      format: "cjs",
      target: "node20.11",
      supported: { "dynamic-import": false },
      define: { "import.meta.url": "ownUrl" },
      banner: 'const ownUrl = require("node:url").pathToFileURL(__filename).href;',
    });
    writeFileSync(path, code);
  }
  for (const { to } of kernels) copyFileSync(join(root, "dist/lib", to), join(bin, basename(to)));
}

function layCommands() {
  const bin = join(root, "dist", "bin");
  mkdirSync(bin, { recursive: true });
  const launcher = readFileSync(join(root, "scripts", "launcher.sh"));
  for (const name of commandNames()) {
    const command = join(bin, name);
    writeFileSync(command, launcher);
    chmodSync(command, 0o755);
  }
  // Which Node built this tree: the launcher's choice where no other is on the PATH.
  writeFileSync(join(root, "dist", "node-path"), `${process.execPath}\n`);
}
