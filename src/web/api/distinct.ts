/**
 * Lines of several log directories that one logger writes, each once: a line that went to two of them has the same
 * label and the same text in both. Lines of one directory all stay, also where labels are not unique.
 */
import type { LogLine } from "../../inspect/index.ts";

/** What is remembered; a copy comes soon behind the line, as both are read up to the same time. */
const MOST_LABELS = 4096;
const MOST_BYTES = 4 << 20;

/** @param directories  how many there are: of one, nothing is looked at */
export function distinct(
  lines: AsyncIterable<LogLine>,
  directories: number,
): AsyncIterable<LogLine> {
  return directories > 1 ? eachOnce(lines) : lines;
}

async function* eachOnce(lines: AsyncIterable<LogLine>): AsyncGenerator<LogLine, void> {
  const recent = new Recent();
  for await (const line of lines) if (recent.isNew(line)) yield line;
}

class Recent {
  private readonly byLabel = new Map<string, LogLine[]>();
  private bytes = 0;

  isNew(line: LogLine): boolean {
    const { label, source, text } = line;
    if (label === undefined) return true;
    const same = this.byLabel.get(label) ?? [];
    if (same.some((one) => one.source !== source && one.text.equals(text))) return false;
    this.byLabel.set(label, [...same, line]);
    this.bytes += text.length;
    while (this.byLabel.size > MOST_LABELS || this.bytes > MOST_BYTES) this.forgetOldest();
    return true;
  }

  private forgetOldest(): void {
    for (const [label, lines] of this.byLabel) {
      for (const { text } of lines) this.bytes -= text.length;
      this.byLabel.delete(label);
      return;
    }
  }
}
