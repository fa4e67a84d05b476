/** Lines of JSON out of what comes from the network, in whatever pieces. */
export class Rows {
  private begun = "";

  /** @returns the lines that are complete now, without their ends */
  take(piece: string): string[] {
    const lines = piece.split("\n");
    const last = lines.pop() ?? "";
    if (lines.length === 0) {
      this.begun += last;
      return [];
    }
    lines[0] = this.begun + (lines[0] ?? "");
    this.begun = last;
    return lines.filter((line) => line !== "");
  }

  /** What stands behind the last end; nothing, where all has come. */
  get rest(): string {
    return this.begun;
  }
}
