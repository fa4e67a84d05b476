/** The tables of docs/logdir.md: the page itself is the data that the tests walk. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { ROOT } from "./ground.ts";

/** Not there; there without the execute bit; with it; linked to an archive's name as well. */
export type Mark = "–" | "-x" | "+x" | "=";
export const MARKS: readonly Mark[] = ["–", "-x", "+x", "="];

export interface Standing {
  readonly current: Mark;
  readonly previous: Mark;
  readonly processed: Mark;
}

export interface Made {
  readonly file: "current" | "previous" | "processed";
  /** undefined: it keeps the name that it has. */
  readonly code: string | undefined;
}

export interface StartRow {
  readonly holds: (standing: Standing) => boolean;
  readonly staysAsItIs: boolean;
  readonly made: readonly Made[];
}

const page = fs.readFileSync(join(ROOT, "docs/logdir.md"), "utf8");

/** The rows of a named table, cell by cell. */
function rows(name: string): string[][] {
  const [, part] = page.split(`<!-- table: ${name} -->`);
  assert.ok(part !== undefined, `docs/logdir.md has no table ${name}`);
  const [table = ""] = part.split("<!-- end -->");
  const [, , ...body] = table.trim().split("\n");
  return body.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function marks(cell: string | undefined): Mark[] {
  return (cell ?? "").split(" ").map((word) => {
    const mark = word.replaceAll("`", "") as Mark;
    assert.ok(MARKS.includes(mark), `${word} is no mark`);
    return mark;
  });
}

function made(cell: string): Made[] {
  if (cell.startsWith("nothing")) return [];
  return cell.split(", ").map((part) => {
    const found = /^`(current|previous|processed)` (?:becomes `\.([us])`|keeps its name)$/.exec(
      part,
    );
    assert.ok(found !== null, `what does ${part} mean?`);
    return { file: found[1] as Made["file"], code: found[2] };
  });
}

export const START: readonly StartRow[] = rows("start").map((cells) => {
  const [current, previous, processed] = cells.slice(0, 3).map(marks);
  return {
    holds: (standing) =>
      current?.includes(standing.current) === true &&
      previous?.includes(standing.previous) === true &&
      processed?.includes(standing.processed) === true,
    staysAsItIs: cells[3] === "nothing; all stays as it is",
    made: made(cells[3] ?? ""),
  };
});

/** One line for what stands in a directory: `-x + =/no`. */
function said(cells: readonly string[]): string {
  return cells.map((cell) => cell.replaceAll("`", "")).join(" ");
}

/** What a crash behind each step leaves. */
export const STEPS: ReadonlySet<string> = new Set(
  rows("steps").map((cells) => said(cells.slice(1))),
);
export const RECOVERY: ReadonlySet<string> = new Set(
  rows("recovery").map((cells) => said(cells.slice(1))),
);

/** What stands in a directory now, in the words of the steps tables. */
export function standingOf(dir: string): string {
  const mark = (name: string): Mark => {
    const status = fs.statSync(join(dir, name), { throwIfNoEntry: false });
    if (status === undefined) return "–";
    if (status.nlink > 1) return "=";
    return (status.mode & 0o100) === 0 ? "-x" : "+x";
  };
  const newState = fs.existsSync(join(dir, "newstate")) ? "yes" : "no";
  return said([mark("current"), mark("previous"), mark("processed"), newState]);
}
