// compile-ahead.mjs FILE…: writes beside each piece of the commands (build.mjs) what V8 makes of all of its
// functions. It is valid for the Node and the flags that this runs with, which its name tells (entry.cjs).
import { readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { Script } from "node:vm";

for (const filename of process.argv.slice(2)) {
  const code = readFileSync(filename, "utf8");
  setFlagsFromString("--no-lazy");
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${code}\n})`;
  const script = new Script(wrapped, { filename });
  // Before it is written: V8 takes it back only under the flags that were set then.
  setFlagsFromString("--lazy");
  writeFileSync(`${filename}${process.execArgv.join("")}.v8`, script.createCachedData());
}
