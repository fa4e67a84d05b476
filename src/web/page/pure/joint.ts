/** Where lines that are asked for by a label meet those that are held: some would be there twice. */
interface Labelled {
  readonly label: string | null;
  readonly text: string;
}

/** Of lines up to a held label, those that are not held yet. */
export function before<Line extends Labelled>(
  earlier: readonly Line[],
  held: readonly Line[],
): Line[] {
  let twice = Math.min(earlier.length, held.length);
  while (twice > 0 && !isSameEnd(earlier, held, twice)) twice--;
  return earlier.slice(0, earlier.length - twice);
}

function isSameEnd(
  earlier: readonly Labelled[],
  held: readonly Labelled[],
  count: number,
): boolean {
  const from = earlier.length - count;
  for (let at = 0; at < count; at++) {
    const [one, other] = [earlier[from + at], held[at]];
    if (one?.label !== other?.label || one?.text !== other?.text) return false;
  }
  return true;
}

/** The label behind which to go on, and how many lines without one stand behind it already. */
export function endOf(held: readonly Labelled[]): { label: string; loose: number } | undefined {
  for (let at = held.length - 1; at >= 0; at--) {
    const label = held[at]?.label ?? null;
    if (label !== null) return { label, loose: held.length - 1 - at };
  }
  return undefined;
}

/** Leaves out lines without a label at the beginning, as many as are there already. */
export class LooseEnd {
  private left: number;

  constructor(loose: number) {
    this.left = loose;
  }

  rest<Line extends Labelled>(lines: readonly Line[]): readonly Line[] {
    let at = 0;
    while (this.left > 0 && at < lines.length && lines[at]?.label === null) {
      at++;
      this.left--;
    }
    if (at < lines.length) this.left = 0;
    return lines.slice(at);
  }
}
