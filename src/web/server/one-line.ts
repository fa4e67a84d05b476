/** Text of strangers in a line of ours: what could end the line, or move a terminal, is shown as `\n` or `\x1b`. */

const LONGEST = 1000;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

export function oneLine(text: string): string {
  const shown = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, escaped);
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}

function escaped(one: string): string {
  const code = one.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return SHORT[one] ?? (code < 256 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`);
}
