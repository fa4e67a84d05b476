// The page's files (src/web/page), for the server's fixed table of them: everything that the browser needs, in four.
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, runTool } from "./tools.mjs";

/** @param out  the directory that receives index.html, page.js, page.css and favicon.svg */
export async function buildPage(out) {
  const from = join(root, "src/web/page");
  runTool("typescript/bin/tsc", ["-p", from]);
  mkdirSync(out, { recursive: true });
  for (const name of ["index.html", "favicon.svg"]) copyFileSync(join(from, name), join(out, name));
  const { build } = await import("esbuild");
  await build({
    entryPoints: [
      { in: join(from, "page.ts"), out: "page" },
      { in: join(from, "style/page.css"), out: "page" },
    ],
    outdir: out,
    bundle: true,
    minify: true,
    format: "iife",
    target: ["chrome115", "firefox115"],
    legalComments: "none",
    banner: { js: licenceOf("uplot") },
    logLevel: "warning",
  });
}

/** What a library's licence asks to be handed on, as a comment. */
function licenceOf(library) {
  const text = readFileSync(join(root, "node_modules", library, "LICENSE"), "utf8");
  return `/*! ${library}: ${text.trim().replaceAll("*/", "* /")} */`;
}
