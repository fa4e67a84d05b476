// Makes SVG of specifications of vega-lite: `node draw-charts.mjs DIRECTORY <FILE`, a JSON list of
// { name, specification }. Without a canvas: text is measured by its length, which is near enough.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, View } from "vega";
import { compile } from "vega-lite";

const [directory = "."] = process.argv.slice(2);
for (const { name, specification } of JSON.parse(readFileSync(0, "utf8"))) {
  const view = new View(parse(compile(specification).spec), { renderer: "none" });
  writeFileSync(join(directory, `${name}.svg`), `${await view.toSVG()}\n`);
  view.finalize();
}
