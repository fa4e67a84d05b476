// What the page's sources do not have in them, so that nothing out of a log can become a part of the page.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const source = join(root, "src/web/page");
const files = readdirSync(source, { recursive: true, encoding: "utf8" });

test("nothing is ever read as HTML, or as a program", () => {
  const scripts = files.filter((name) => name.endsWith(".ts"));
  assert.ok(scripts.length > 20);
  for (const name of scripts) {
    const text = readFileSync(join(source, name), "utf8");
    assert.doesNotMatch(
      text,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|setHTML|srcdoc|\beval\b|new Function|javascript:/,
      name,
    );
  }
});

test("the page has no script or style in it, and fetches nothing from elsewhere", () => {
  const page = readFileSync(join(source, "index.html"), "utf8");
  assert.doesNotMatch(page, /<style|style=|<script(?![^>]* src=)|\son\w+=/i);
  for (const name of ["index.html", "page.js", "page.css", "favicon.svg"]) {
    const text = readFileSync(join(root, "dist/lib/web/page", name), "utf8");
    const addresses = text.match(/(?:https?:)?\/\/[\w-]+(?:\.[\w-]+)+[^\s"'`)]*/g) ?? [];
    // The name of what SVG is, not a place.
    const foreign = addresses.filter((address) => !address.includes("www.w3.org/2000/svg"));
    assert.deepEqual(foreign, [], name);
  }
});
