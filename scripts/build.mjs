// Builds dist/ (what is shipped) and, with --all, build/ (tests, benches and examples as well).
//   dist/lib/   the compiled library and the kernel; the page of svweb
//   dist/bin/   one executable per command: a shell launcher that starts dist/lib/bin/NAME.cjs (entry.cjs)
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { buildPage } from "./page.mjs";
import { install, root, run, runTool } from "./tools.mjs";

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
await buildPage(join(root, "dist/lib/web/page"));
await bundleCommands();
layCommands();
if (all) {
  rmSync(join(root, "build"), { recursive: true, force: true });
  buildKernels("build/src");
  runTool(typescript, ["-p", "tsconfig.json"]);
  // What looks at the page knows what a browser has; nothing else does.
  runTool(typescript, ["-p", "test/web/browser"]);
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
 *
 * What commands of chains have in common, and the small ones among them, is one file, house.cjs: with
 * fifteen files a start took 14 ms more. Commands that stay are bundled apart from it, and
 * have copies of their own of what they share with the house.
 */
async function bundleCommands() {
  const bin = join(root, "dist/lib/bin");
  const house = join(bin, "common/house.js");
  const residents = [];
  const outputs = await bundle(
    [{ in: house, out: "house" }],
    false,
    ({ path, kind, resolveDir }) => {
      if (kind !== "dynamic-import") return undefined;
      const name = basename(path, ".js");
      residents.push({ in: join(resolveDir, path), out: `resident-${name}` });
      return `./resident-${name}.cjs`;
    },
  );
  const commands = commandNames().map((name) => ({ in: join(bin, `${name}.js`), out: name }));
  const helpers = [
    "posix/limited-start",
    "posix/spawner-thread",
    "supervise/log-worker",
    "web/api/search-worker",
  ].map((name) => ({
    in: join(bin, "..", `${name}.js`),
    out: basename(name),
  }));
  const isShared = ({ in: file }) => dirname(file) === dirname(house);
  outputs.push(
    ...(await bundle([...commands, ...residents.filter(isShared)], true, ({ path, resolveDir }) =>
      join(resolveDir, path) === house ? "./house.cjs" : undefined,
    )),
  );
  for (const alone of [...helpers, ...residents.filter((one) => !isShared(one))]) {
    outputs.push(...(await bundle([alone], false, () => undefined)));
  }
  rmSync(bin, { recursive: true });
  mkdirSync(bin);
  const entry = readFileSync(join(root, "scripts/entry.cjs"), "utf8");
  const isEntry = ({ path }) => commandNames().includes(basename(path, ".cjs"));
  for (const output of outputs) {
    const { path, code } = output;
    writeFileSync(path, isEntry(output) ? `${entry}\n((require) => {\n${code}})(load);\n` : code);
  }
  const pieces = outputs.filter((output) => !isEntry(output)).map(({ path }) => path);
  const compiler = join(root, "scripts/compile-ahead.mjs");
  run(process.execPath, [compiler, ...pieces]);
  // As the launcher starts chains with limits on memory.
  run(process.execPath, ["--single-threaded", compiler, join(bin, "house.cjs")]);
  for (const { to } of kernels) copyFileSync(join(root, "dist/lib", to), join(bin, basename(to)));
}

/** @param apart  the file that stands for an import that is not bundled; undefined for others */
async function bundle(entryPoints, splitting, apart) {
  const { build, transform } = await import("esbuild");
  const leaveApart = {
    name: "leave apart",
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\./ }, (asked) => {
        const path = asked.kind === "entry-point" ? undefined : apart(asked);
        return path && { path, external: true };
      }),
  };
  const { outputFiles } = await build({
    entryPoints,
    outdir: join(root, "dist/lib/bin"),
    outExtension: { ".js": ".cjs" },
    write: false,
    bundle: true,
    splitting,
    format: "esm",
    platform: "node",
    target: "node20.11",
    packages: "external",
    logLevel: "warning",
    plugins: [leaveApart],
  });
  const asCommonJs = async ({ path, text }) => {
    const { code } = await transform(text, {
      format: "cjs",
      target: "node20.11",
      supported: { "dynamic-import": false },
      define: { "import.meta.url": "thisPiece.url" },
    });
    return { path, code: withOwnUrl(withOwnRequire(withoutCopies(code))) };
  };
  return Promise.all(outputFiles.map(asCommonJs));
}

/** Node's modules as they are: esbuild would copy each of their properties, once for each import. */
function withoutCopies(code) {
  const copied = /__toESM\(require\("(node:[\w/]+)"\)\)/g;
  // In parentheses: it may stand behind an arrow.
  return code.replaceAll(copied, '({ __proto__: require("$1"), default: require("$1") })');
}

/** In CommonJS there is one: node:module and a URL are not loaded for it. */
function withOwnRequire(code) {
  return code
    .replaceAll(/\(0, import_node_module\d*\.createRequire\)\(thisPiece\.url\)/g, "require")
    .replaceAll(/^var import_node_module\d* = .*\n/gm, "");
}

function withOwnUrl(code) {
  if (!code.includes("thisPiece.url")) return code;
  return `const thisPiece = { get url() { return require("node:url").pathToFileURL(__filename).href; } };\n${code}`;
}

function layCommands() {
  cpSync(join(root, "scripts/completion"), join(root, "dist/lib/completion"), { recursive: true });
  const bin = join(root, "dist", "bin");
  mkdirSync(bin, { recursive: true });
  const launcher = readFileSync(join(root, "scripts", "launcher.sh"));
  for (const name of commandNames()) {
    const command = join(bin, name);
    writeFileSync(command, launcher);
    chmodSync(command, 0o755);
  }
  const boot = join(bin, "svscanboot");
  copyFileSync(join(root, "scripts/svscanboot.sh"), boot);
  chmodSync(boot, 0o755);
  // Which Node built this tree: the launcher's choice where no other is on the PATH.
  writeFileSync(join(root, "dist", "node-path"), `${process.execPath}\n`);
}
