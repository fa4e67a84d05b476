/**
 * What a demonstration says, and where: on a terminal in colour. When nobody reads any more, that
 * is told once, and nothing more is said.
 */
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof STYLES;

export class Screen {
  private readonly colour: boolean;
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

  async drain(): Promise<void> {
    while (!this.gone && process.stdout.writableNeedDrain)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  in(style: Style, text: string): string {
    return this.colour ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
  }
}
