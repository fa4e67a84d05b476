/**
 * Answers as Supervisor writes them, byte for byte: an element a line, but for the ends of values.
 *
 * What XML cannot carry (control characters, which logs may hold, and halves of characters) becomes U+FFFD, one
 * for one; carriage returns are written so that readers leave them.
 */
import type { RpcFault } from "./faults.ts";
import { isArray, type RpcValue } from "./values.ts";

const HEAD = "<?xml version='1.0'?>\n<methodResponse>\n";
const MOST = 2 ** 31 - 1;
const LEAST = -(2 ** 31);
/** Everything that XML 1.0 has no place for. */
// oxlint-disable-next-line no-control-regex
const UNCARRIED = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Cs}]/gu;
const SPECIAL = /[&<>\r]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\r": "&#13;",
};

export function writeAnswer(value: RpcValue): string {
  return `${HEAD}<params>\n<param>\n${valueText(value)}</param>\n</params>\n</methodResponse>\n`;
}

export function writeFault(fault: RpcFault): string {
  return `${HEAD}<fault>\n${valueText(fault.struct)}</fault>\n</methodResponse>\n`;
}

function valueText(value: RpcValue): string {
  return `<value>${contentText(value)}</value>\n`;
}

function contentText(value: RpcValue): string {
  if (typeof value === "string") return `<string>${escaped(value)}</string>`;
  if (typeof value === "boolean") return `<boolean>${value ? 1 : 0}</boolean>`;
  if (typeof value === "number")
    return `<int>${Math.min(MOST, Math.max(LEAST, Math.trunc(value)))}</int>`;
  if (isArray(value)) return `<array><data>\n${value.map(valueText).join("")}</data></array>`;
  const members = Object.entries(value).map(
    ([name, one]) => `<member>\n<name>${escaped(name)}</name>\n${valueText(one)}</member>\n`,
  );
  return `<struct>\n${members.join("")}</struct>`;
}

function escaped(text: string): string {
  return text.replace(UNCARRIED, "\ufffd").replace(SPECIAL, (one) => ESCAPES[one] ?? one);
}
