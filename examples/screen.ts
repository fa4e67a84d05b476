/**
 * What a demonstration says, and where: on a terminal in colour. When nobody reads any more, that
 * is told once, and nothing more is said.
 */
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof STYLES;

export class Screen {
  readonly isTerminal: boolean = process.stdout.isTTY;
  private readonly colour: boolean;
  /** The height of what is redrawn. */
  private height = 0;
  private gone = false;

  /** @param onGone  is called when standard output has no reader any more */
  constructor(onGone: () => void) {
    this.colour = process.stdout.isTTY && !process.env["NO_COLOR"];
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
      if (this.gone) return;
      this.gone = true;
      onGone();
    });
  }

  /** @returns whether the text went through; otherwise wait for `drain` */
  line(text: string = ""): boolean {
    return this.gone || process.stdout.write(`${text}\n`);
  }

  /**
   * On a terminal: puts a block of lines in the place of the last one, and some lines above it that stay. Lines are cut to
   * the terminal's width.
   */
  replace(above: readonly string[], block: readonly string[]): void {
    // Some terminals do not know their size.
    const columns = process.stdout.columns || 80;
    const rows = process.stdout.rows || 24;
    const shown = block.slice(0, Math.max(1, rows - 1));
    const up = this.height === 0 ? "" : `\u001b[${this.height}A`;
    const lines = [...above, ...shown.map((line) => cut(line, columns))];
    this.line(`${up}\u001b[J${lines.join("\n")}`);
    this.height = shown.length;
  }

  async drain(): Promise<void> {
    while (!this.gone && process.stdout.writableNeedDrain)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  in(style: Style, text: string): string {
    return this.colour ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
  }
}

/** As much of a line as fits, with the escapes that are in it. */
function cut(line: string, columns: number): string {
  let room = columns;
  let [shown = "", ...parts] = line.split(ESCAPE);
  shown = shown.slice(0, room);
  room -= shown.length;
  for (const part of parts) {
    const end = part.indexOf("m") + 1;
    const text = part.slice(end, end + Math.max(0, room));
    room -= text.length;
    shown += `${ESCAPE}${part.slice(0, end)}${text}`;
  }
  return shown;
}

const ESCAPE = "\u001b";
