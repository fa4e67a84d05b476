/**
 * Lines that come a second time: where a file was replaced or removed before its name was known, those of
 * the next files that were read already are left out, and lines that may be missing are told.
 *
 * Old is what bears a label from the first of the file that was read last up to the last one that was read, and
 * ascends: behind a clock that was set back, the lines of the next file are new whatever their labels say.
 */
import { compareKeys, type Key, labelText } from "./label-key.ts";

/** How far a log was read: its last label, as it stands there, and how many lines at the end bear it. */
export interface Reached extends Key {
  readonly count: number;
}

/** What is looked at: `seconds` and `nanos` of the line's label. */
interface Line extends Key {
  readonly labelled: boolean;
  /** So many lines up to this one bear its label. */
  readonly alike: number;
}

/** daemontools' clock tells microseconds, each as its middle: lines of one share a label. */
const COARSE_NANOS = 1000;
const COARSE_MIDDLE = 500;
const ALWAYS: Key = { seconds: Number.NEGATIVE_INFINITY, nanos: 0 };

export class Repeats {
  /** `next`: from the next line on; `new`: no old line has come yet. */
  private doubt: "none" | "next" | "new" | "old" = "none";
  private reached: Reached | undefined;
  private from: Key | undefined;
  private lastOld: Key = ALWAYS;
  private beginsFile = false;
  private lost: string[] = [];
  private readonly say: (text: string) => void;

  constructor(say: (text: string) => void) {
    this.say = say;
  }

  /** Whether lines may come that were read before. */
  get isOn(): boolean {
    return this.doubt !== "none";
  }

  get hasLost(): boolean {
    return this.lost.length > 0;
  }

  /** Files that were removed before they were read. */
  lose(names: readonly string[]): void {
    this.lost.push(...names);
  }

  /** A file begins that is not in doubt itself; the lines of the one before it may still be coming. */
  nextFile(): void {
    this.beginsFile = true;
  }

  /**
   * A file begins in which lines may be old.
   *
   * @param from  the first label that an old line may bear; undefined: none is old, but some may be missing
   * @param inLine  a line that was begun ends first
   */
  begin(reached: Reached, from: Key | undefined, inLine: boolean): void {
    this.reached = reached;
    this.from = from;
    this.doubt = inLine ? "next" : "new";
    this.lastOld = ALWAYS;
    this.beginsFile = true;
  }

  /** Whether a line was read before, in another file. */
  isOld(line: Line): boolean {
    if (this.doubt === "next") {
      this.doubt = "new";
      return false;
    }
    const isOld = line.labelled ? this.isOldLabel(line) : this.doubt === "old";
    if (isOld) this.doubt = "old";
    else {
      if (this.doubt === "new") this.sayGap(this.reached, line.labelled ? line : undefined);
      this.doubt = "none";
      this.lost = [];
    }
    return isOld;
  }

  private isOldLabel(line: Line): boolean {
    const { reached, from, lastOld, beginsFile } = this;
    this.beginsFile = false;
    if (reached === undefined || from === undefined || compareKeys(line, from) < 0) return false;
    if (beginsFile && this.doubt === "old" && compareKeys(line, lastOld) < 0) return false;
    const order = compareKeys(line, reached);
    const isCoarse = reached.nanos % COARSE_NANOS === COARSE_MIDDLE;
    // Several lines may bear a coarse label: those that were read are old, if this is a copy of their file.
    const isOld =
      order < 0 ||
      (order === 0 && (!isCoarse || (this.doubt === "old" && line.alike <= reached.count)));
    if (isOld) this.lastOld = { seconds: line.seconds, nanos: line.nanos };
    return isOld;
  }

  /** Says what is missing now, as no label will tell. */
  sayLoss(reached: Key | undefined): void {
    this.sayGap(reached, undefined);
    this.lost = [];
  }

  private sayGap(reached: Key | undefined, before: Key | undefined): void {
    const show = ({ seconds, nanos }: Key): string => labelText(seconds, nanos);
    const between = [
      reached && ` behind ${show(reached)}`,
      before && ` before ${show(before)}`,
    ].filter((part) => part !== undefined);
    const what =
      this.lost.length > 0
        ? `${this.lost.join(" ")} went before it was read: lines are missing`
        : "files went before they were read: lines may be missing";
    this.say(`${what}${between.join(" and")}`);
  }
}
