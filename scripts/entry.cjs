// The beginning of every command (dist/lib/bin/NAME.cjs): loads the pieces that lie beside it with the
// code that V8 made of them when they were built, where this is the same Node. What a start then
// does not compile saves it 3 ms (bench/chain.bench.ts).
const { readFileSync } = require("node:fs");
const { Script } = require("node:vm");
const pieces = new Map();

// oxlint-disable-next-line no-unused-vars -- it is `require` for what the build puts behind this
function load(name) {
  if (!name.startsWith("./")) return require(name);
  const filename = `${__dirname}/${name.slice(2)}`;
  let piece = pieces.get(filename);
  if (piece === undefined) {
    piece = { exports: {} };
    pieces.set(filename, piece);
    const compiled = compile(filename);
    compiled(piece.exports, load, piece, filename, __dirname);
  }
  return piece.exports;
}

function compile(filename) {
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, "utf8")}\n})`;
  let cachedData;
  try {
    cachedData = readFileSync(`${filename}${process.execArgv.join("")}.v8`);
  } catch {
    // None came with the package: V8 compiles what is called.
  }
  return new Script(source, { filename, cachedData }).runInThisContext();
}
