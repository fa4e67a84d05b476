/**
 * What a demonstration leaves behind: files, lines, sizes, and whether the account is balanced.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Account, LogdirAccount } from "../src/multilog/account.ts";
import { plural, showSize } from "../src/multilog/units.ts";

const LF = 0x0a;

/** @returns a line about the files in a log directory */
export function describeLogdir(directory: string, name: string): string {
  const files = readdirSync(join(directory, name)).filter(
    (file) => file === "current" || file.startsWith("@"),
  );
  let bytes = 0;
  let lines = 0;
  for (const file of files) {
    const text = readFileSync(join(directory, name, file));
    bytes += text.length;
    for (let at = text.indexOf(LF); at !== -1; at = text.indexOf(LF, at + 1)) lines++;
  }
  // Owner-execute: closed properly, all of it on the disk.
  const clean = (statSync(join(directory, name, "current")).mode & 0o100) !== 0;
  const state = clean ? "closed cleanly" : "NOT closed cleanly";
  return `${name}/ holds ${plural(files.length, "file")}, ${plural(lines, "line")}, ${showSize(bytes)}; ${state}`;
}

/** @returns what stands in an `=` file, without its label */
export function lastLine(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8").trimEnd();
  return text === "" ? undefined : text.replace(/^@[0-9a-f]{24} /, "");
}

export interface Run {
  readonly lines: number;
  readonly balanced: boolean;
  readonly text: readonly string[];
}

/** What was counted between two accounts of the same logger. */
export function compareAccounts(before: Account | undefined, after: Account): Run {
  const lines = after.read.lines - (before?.read.lines ?? 0);
  const text: string[] = [];
  let balanced = true;
  for (const logdir of after.logdirs) {
    const old = before?.logdirs.find(({ path }) => path === logdir.path);
    const count = (key: "read" | "selected" | "deselected"): number =>
      logdir[key].lines - (old?.[key].lines ?? 0);
    if (!isBalanced(logdir) || count("read") !== lines) balanced = false;
    text.push(
      `${logdir.path}: ${count("read")} read = ${count("selected")} selected + ${count("deselected")} deselected`,
    );
  }
  return { lines, balanced, text };
}

function isBalanced({ read, selected, deselected }: LogdirAccount): boolean {
  return (
    read.lines === selected.lines + deselected.lines &&
    read.bytes === selected.bytes + deselected.bytes
  );
}
