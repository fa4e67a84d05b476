// That every text of the page can be read on its ground, light and dark (WCAG 2, 1.4.3).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const style = fileURLToPath(new URL("../../../../src/web/page/style/", import.meta.url));
const LEAST = 4.5;
const TEXTS = ["text", "quiet", "good", "changing", "bad", "idle", "accent"];
const GROUNDS = ["ground", "raised", "sunken", "chosen"];

/** The colours of a file, those of the light page and those of the dark one. */
function coloursOf(name: string): Record<"light" | "dark", Map<string, string>> {
  const text = readFileSync(join(style, name), "utf8");
  const [light = "", dark = ""] = text.split("@media (prefers-color-scheme: dark)");
  const found = (part: string): [string, string][] =>
    [...part.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, key = "", value = ""]) => [
      key,
      value,
    ]);
  return { light: new Map(found(light)), dark: new Map(found(dark)) };
}

function luminance(colour: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string): number {
  const [less = 0, more = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
}

for (const scheme of ["light", "dark"] as const) {
  test(`texts have contrast on the ${scheme} page, the sixteen colours of logs as well`, () => {
    const colours = coloursOf("colours.css")[scheme];
    const logColours = coloursOf("log.css")[scheme];
    const colour = (name: string): string => colours.get(name) ?? logColours.get(name) ?? "";
    const ansi = Array.from({ length: 16 }, (_, at) => `c${at}`);
    const pairs = [
      ...TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)),
      ...ansi.flatMap((text) => ["sunken", "raised"].map((ground) => [text, ground] as const)),
      // Plain text on the grounds that lines ask for; a mark in it; a button that is grave.
      ...Array.from({ length: 8 }, (_, at) => ["text", `g${at}`] as const),
      ["text", "mark"] as const,
      ["ground", "bad"] as const,
      ["bad", "bad-ground"] as const,
    ];
    assert.equal(pairs.length, 28 + 32 + 8 + 3);
    const faint = pairs
      .map(([text, ground]) => ({ text, ground, is: contrast(colour(text), colour(ground)) }))
      .filter(({ is }) => !(is >= LEAST));
    assert.deepEqual(faint, []);
  });
}
