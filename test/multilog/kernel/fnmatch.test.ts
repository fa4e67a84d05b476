// Not tested: a `[.`, `[=` or `[:` inside a bracket that is left open or names several bytes, where
// glibc reads on differently for each byte of text.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { compileProgram } from "../../../src/multilog/kernel/kernel.ts";
import { kernel, logdir, select } from "./harness.ts";
import { fnmatch } from "./libc.ts";

const skip = fnmatch === undefined ? "this C library is not glibc" : false;

/** Which of the texts match. */
function matching(pattern: string, texts: readonly string[]): boolean[] {
  const program = compileProgram([select("-*"), select(`F+${pattern}`), logdir], undefined);
  kernel.load(program);
  return texts.map((text) => {
    const line = Buffer.from(`${text}\n`, "latin1");
    kernel.memory.set(line, kernel.inputAt);
    assert.equal(kernel.run(kernel.inputAt, line.length), line.length);
    return kernel.outputLines(0) === 1;
  });
}

function agree(pattern: string, texts: readonly string[]): void {
  const found = matching(pattern, texts);
  for (const [i, text] of texts.entries()) {
    const expected = fnmatch?.(Buffer.from(pattern, "latin1"), Buffer.from(text, "latin1"));
    assert.equal(found[i], expected, `${JSON.stringify(pattern)} on ${JSON.stringify(text)}`);
  }
}

const every = Array.from({ length: 255 }, (_, i) => String.fromCharCode(i + 1)).filter(
  (c) => c !== "\n",
);

// Each on every single byte, and on some texts of their own.
const rows: [pattern: string, ...texts: string[]][] = [
  [""],
  ["*"],
  ["**"],
  ["?"],
  ["a"],
  ["\\a"],
  ["\\*", "**"],
  ["a\\", "a", "a\\"],
  ["*\\", "a\\"],
  ["[a", "[a"],
  ["[", "[["],
  ["[]", "[]"],
  ["[!", "[!"],
  ["[]a]"],
  ["[!]a]"],
  ["[^]a]"],
  ["[a-f]"],
  ["[f-a]"],
  ["[a-]"],
  ["[-a]"],
  ["[a\\-f]"],
  ["[\\]a]"],
  ["[a\\"],
  ["[a-"],
  ["[a-\\f]"],
  ["[\\a-f]"],
  ["[]-a]"],
  ["[--0]"],
  ["[a-c-e]"],
  ["[!a-f]"],
  ["[^a-f]"],
  ["[a^]"],
  ["[a!]"],
  ["[[:alpha:]_]"],
  ["[![:alpha:]]"],
  ["[[:alnum:]]"],
  ["[[:blank:]]"],
  ["[[:cntrl:]]"],
  ["[[:digit:]]"],
  ["[[:graph:]]"],
  ["[[:lower:]]"],
  ["[[:print:]]"],
  ["[[:punct:]]"],
  ["[[:space:]]"],
  ["[[:upper:]]"],
  ["[[:xdigit:]]"],
  ["[[:nope:]]"],
  ["[[:alpha:]-z]"],
  ["[[:]"],
  ["[[:a]"],
  ["[:alpha:]"],
  ["[[=a=]b]"],
  ["[[=a]"],
  ["[[.a.]b]"],
  ["[[.a.]-f]"],
  ["[a-[.f.]]"],
  ["[[.-.]]"],
  ["[[.ab.]]", "ab"],
  ["[[.a]"],
  ["[\x80-\xff]"],
  ["*.c", "a.c", "a.b.c", ".c", "c", "/x.c"],
  ["a*b*c", "abc", "aXbXc", "abcabc", "abcab", "acb"],
  ["*a?b*", "a1b", "aab", "aaab", "ab", "xxab1b"],
  ["*[0-9][0-9]", "x12", "12", "1", "1234", "12x"],
  ["?*?", "", "a", "ab", "abc"],
  ["*a long literal of more than sixteen?*", "x a long literal of more than sixteen!"],
  ["a/*", "a/b", "a/b/c", "a/.b"],
  [".*", ".a", "a"],
];

for (const [pattern, ...texts] of rows) {
  test(`fnmatch of ${JSON.stringify(pattern)} is the C library's`, { skip }, () => {
    agree(pattern, ["", ...every, ...texts]);
  });
}

test("the text of fnmatch ends at its first NUL", () => {
  assert.deepEqual(matching("ab", ["ab\0c", "ab\0", "a\0b", "ab"]), [true, true, false, true]);
  assert.deepEqual(matching("*c", ["ab\0c", "c\0"]), [false, true]);
});

test("fnmatch finds a segment wherever it stands in a text", () => {
  const texts: string[] = [];
  for (let at = 0; at < 200; at++) texts.push(`${"ne".repeat(200).slice(0, at)}needle1x`);
  const all = texts.map(() => true);
  for (const pattern of ["*needle*", "*dle?*", "*[0-9]*", "*?[0-9]x*", "*n*needle*1*", "*e1x"]) {
    // The shortest texts have no second n.
    const found = matching(pattern, texts.slice(1));
    assert.deepEqual(found, all.slice(1), pattern);
  }
  assert.deepEqual(
    matching("*needle2*", texts),
    texts.map(() => false),
  );
});

test("any pattern and texts match as the C library says", { skip }, () => {
  const letter = fc.constantFrom("a", "b", "-", "]", "!", "^", ".", "\\", "/", "B");
  const item = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom("a", "b", "B", ".", "!", "^") },
    fc.constantFrom("a-b", "B-a", "b-a", "\\]", "\\a-b", "\\\\", "[", "!-~"),
    fc.constantFrom("[:alpha:]", "[:punct:]", "[:upper:]", "[=a=]", "[.b.]", "[.-.]"),
  );
  const bracket = fc
    .tuple(
      fc.constantFrom("", "", "!", "^"),
      fc.constantFrom("", "", "]"),
      fc.array(item, { minLength: 1, maxLength: 4 }),
    )
    .map(([not, close, items]) => `[${not}${close}${items.join("")}]`);
  const element = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom("a", "b", "-", "]", ".", "/", "B") },
    { weight: 4, arbitrary: fc.constantFrom("*", "*", "?", "\\a", "\\*", "\\[") },
    { weight: 2, arbitrary: bracket },
    { weight: 1, arbitrary: fc.constantFrom("[", "\\") },
  );
  const pattern = fc
    .array(element, { maxLength: 12 })
    .map((elements) => elements.join(""))
    .filter((p) => !/\[.*\[[.:=]/.test(p.replaceAll(/\[(?::[a-y]+:|=.=|\..\.)\]/g, "")));
  const text = fc.string({
    unit: fc.oneof(letter, fc.constantFrom("a", "b", "[", "*")),
    maxLength: 24,
  });
  let cases = 0;
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 12 }), (p, texts) => {
      cases += texts.length;
      agree(p, texts);
    }),
    { numRuns: 4000 },
  );
  assert.ok(cases > 8000, `${cases} cases`);
});
