/**
 * Files of sections, keys and values as Supervisor reads them: keys in any case, the last of two counts, values go
 * on in lines that are indented further, `;` and `#` begin a comment at the beginning of a line or behind a blank.
 */

/** What is wrong with a configuration: whole sentences for the one who wrote it. */
export class Mistake extends Error {
  override readonly name = "Mistake";
}

export interface Entry {
  readonly value: string;
  /** The directory of the file that it stands in. */
  readonly here: string;
}

/** Keys in small letters. */
export type Section = Map<string, Entry>;
export type Sections = Map<string, Section>;

const HEADER = /^\[(.+)\]/;
const PAIR = /^(.*?)\s*[=:]\s*(.*)$/s;

/**
 * Adds what a file says to `sections`.
 *
 * @param file  its name, for complaints
 * @param here  its directory
 * @throws Mistake
 */
export function readIni(text: string, file: string, here: string, sections: Sections): void {
  let section: Section | undefined;
  let open: { key: string; lines: string[]; indent: number } | undefined;
  const close = (): void => {
    if (open !== undefined)
      section?.set(open.key, { value: open.lines.join("\n").trimEnd(), here });
    open = undefined;
  };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const { value, hasComment } = withoutComment(line);
    if (value === "") {
      if (!hasComment) open?.lines.push("");
      continue;
    }
    const indent = line.search(/\S/);
    if (open !== undefined && indent > open.indent) {
      open.lines.push(value);
      continue;
    }
    close();
    const name = HEADER.exec(value)?.[1];
    const place = `${file}, line ${index + 1}`;
    if (name !== undefined) {
      section = sections.get(name) ?? new Map<string, Entry>();
      sections.set(name, section);
      continue;
    }
    if (section === undefined)
      throw new Mistake(`${place}: no [section] comes before it: ${value}`);
    const [, key = "", first = ""] = PAIR.exec(value) ?? [];
    if (key === "") throw new Mistake(`${place}: neither [section] nor key=value: ${value}`);
    open = { key: key.toLowerCase(), lines: [first.trim()], indent };
  }
  close();
}

function withoutComment(line: string): { value: string; hasComment: boolean } {
  const at = /^\s*[;#]/.test(line) ? 0 : line.search(/(?<=^|\s)[;#]/);
  return { value: (at < 0 ? line : line.slice(0, at)).trim(), hasComment: at >= 0 };
}

/** A value, `%(here)s` in it replaced: it is the directory of the file that the value stands in. */
export function inPlace({ value, here }: Entry): string {
  return value.replaceAll("%(here)s", here.replaceAll("%", "%%"));
}
