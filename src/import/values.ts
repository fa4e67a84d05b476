/** Values by their types. Each is given the text, and says what is wrong with it. */
import { Mistake } from "./ini.ts";

export function readInteger(text: string): number {
  if (!/^\s*[+-]?[0-9]+\s*$/.test(text)) throw new Mistake(`${text} is no whole number`);
  return Number(text);
}

export function readBoolean(text: string): boolean {
  const word = text.toLowerCase();
  if (["yes", "true", "on", "1"].includes(word)) return true;
  if (["no", "false", "off", "0"].includes(word)) return false;
  throw new Mistake(`${text} is neither true nor false`);
}

const UNITS: Readonly<Record<string, number>> = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

export function readBytes(text: string): number {
  const [, digits, unit = ""] = /^\s*([+-]?[0-9]+)\s*([kmg]b)?\s*$/i.exec(text) ?? [];
  if (digits === undefined)
    throw new Mistake(`${text} is no size: write 1048576, 1024KB, 1MB or 1GB`);
  return Number(digits) * (UNITS[unit.toLowerCase()] ?? 1);
}

export function readOctal(text: string): number {
  if (!/^\s*(?:0o)?[0-7]+\s*$/i.test(text)) throw new Mistake(`${text} is no octal number`);
  return Number.parseInt(text.trim().replace(/^0o/i, ""), 8);
}

export function readList(text: string): string[] {
  return text === "" ? [] : text.split(",").map((item) => item.trim());
}

export function readExitCodes(text: string): number[] {
  const codes = readList(text).map(readInteger);
  const bad = codes.find((code) => code < 0 || code > 255);
  if (bad !== undefined) throw new Mistake(`${bad} is no exit code: they go from 0 to 255`);
  return codes;
}

export type Autorestart = "always" | "never" | "unexpected";

export function readAutorestart(text: string): Autorestart {
  if (text.toLowerCase() === "unexpected") return "unexpected";
  return readBoolean(text) ? "always" : "never";
}

export function readName(text: string): string {
  const name = text.trim();
  if (name === "" || /[ :/]/.test(name))
    throw new Mistake(`"${name}" is no name: blanks, : and / cannot be in it`);
  return name;
}

/** Where output goes: a path, or one of these. */
export type LogPlace =
  | { readonly kind: "auto" | "none" | "syslog" }
  | { readonly kind: "file"; readonly path: string };

export function readLogPlace(text: string): LogPlace {
  const word = text.toLowerCase();
  if (word === "none" || word === "off") return { kind: "none" };
  if (word === "auto" || word === "syslog") return { kind: word };
  return { kind: "file", path: text };
}
