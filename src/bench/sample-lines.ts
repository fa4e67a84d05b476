/** The lines that are logged: somebody's own, or some of a web service; each with its number. */

const LF = 10;
const NUMBER_DIGITS = 9;
const OWN: readonly string[] = [
  'api[4242]: GET /v1/items/17 status=200 bytes=5120 duration=0.012 client=10.3.17.20 id="a7f3"',
  "api[4242]: POST /v1/orders status=201 bytes=312 duration=0.187 client=10.3.17.21",
  "worker[977]: job 88213 done: 41 rows in 0.9 s",
  "api[4242]: GET /healthz status=200 bytes=2 duration=0.000 client=10.3.0.1",
  "worker[977]: warning: queue mail has 120 jobs, the oldest of them 42 s old",
];

export class SampleLines {
  readonly #texts: readonly Buffer[];
  /** Of a line with its number and its end. */
  readonly meanBytes: number;

  /** @param file  whole lines; our own unless given */
  constructor(file: Buffer | undefined) {
    const lines = file === undefined ? OWN : file.toString("latin1").split("\n");
    this.#texts = lines
      .filter((line) => line !== "")
      .map((line) => Buffer.from(`${line} #${"0".repeat(NUMBER_DIGITS)}\n`, "latin1"));
    const bytes = this.#texts.reduce((sum, text) => sum + text.length, 0);
    this.meanBytes = bytes / this.#texts.length;
  }

  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  /** A line of its own; the same memory for the next one of that text. */
  line(number: number): Buffer {
    const text = this.#texts[number % this.#texts.length] ?? Buffer.from("\n");
    const digits = String(number).padStart(NUMBER_DIGITS, "0");
    text.write(digits, text.length - NUMBER_DIGITS - 1, "latin1");
    return text;
  }

  /** Many lines at once. */
  block(bytes: number): Buffer {
    const parts: Buffer[] = [];
    let size = 0;
    for (let number = 0; size < bytes; number++) {
      const line = Buffer.from(this.line(number));
      parts.push(line);
      size += line.length;
    }
    return Buffer.concat(parts);
  }
}

/** The number at the end of a line as it stands in a log; undefined where there is none. */
export function numberOf(line: string): number | undefined {
  const found = /#(\d{9})$/.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** How many lines there are in some bytes. */
export function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) count++;
  return count;
}
