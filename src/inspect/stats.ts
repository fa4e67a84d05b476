/** What is in a log, in numbers. */

import { isArchive } from "../multilog/archive.ts";
import { plural, showDuration, showSize } from "../multilog/units.ts";
import type { SystemFailure } from "../posix/index.ts";
import { LABEL_BYTES } from "../tai64/label.ts";
import { Histogram } from "./chart.ts";
import type { Content } from "./content.ts";
import { compareKeys, type Key, labelText } from "./label-key.ts";
import type { LineSource } from "./line-source.ts";
import type { Walker } from "./walk.ts";

/** Silences shorter than this are none. */
const SILENCE_SECONDS = 60;
const MOST_SILENCES = 5;

interface Stamp extends Key {
  readonly label: string;
}

interface Silence {
  readonly from: Stamp;
  readonly to: Stamp;
}

export class Stats implements Walker {
  files = 0;
  archives = 0;
  unclean: string[] = [];
  /** As they are stored. */
  storedBytes = 0;
  lines = 0;
  labelled = 0;
  first: Stamp | undefined;
  last: Stamp | undefined;
  backwards: string[] = [];
  backwardsCount = 0;
  readonly perMinute: Histogram = new Histogram();
  private silences: Silence[] = [];
  private readonly say: (path: string, failure: SystemFailure) => void;
  private name = "";

  constructor(say: (path: string, failure: SystemFailure) => void) {
    this.say = say;
  }

  file(content: Content): void {
    this.files++;
    this.name = content.name.toString();
    this.storedBytes += content.sizeBytes;
    if (!isArchive(content.name)) return;
    this.archives++;
    if (this.name.slice(LABEL_BYTES) === ".u") this.unclean.push(this.name);
  }

  line(lines: LineSource, number: number): void {
    // The rest of a line that a rotation has cut is a line of its own here.
    this.lines++;
    if (!lines.labelled) return;
    this.labelled++;
    const { seconds, nanos, labelSeconds } = lines;
    this.perMinute.add(seconds);
    const { last } = this;
    const isBackwards = last !== undefined && compareKeys(lines, last) < 0;
    if (last !== undefined && !isBackwards && seconds - last.seconds < SILENCE_SECONDS) {
      this.mutable.seconds = seconds;
      this.mutable.nanos = nanos;
      this.mutable.labelSeconds = labelSeconds;
      return;
    }
    const stamp = { seconds, nanos, label: labelText(labelSeconds, nanos) };
    this.first ??= stamp;
    if (isBackwards && this.backwardsCount++ < MOST_SILENCES)
      this.backwards.push(`${this.name} line ${number}: ${stamp.label} behind ${last.label}`);
    if (last !== undefined && seconds - last.seconds >= SILENCE_SECONDS)
      this.silence({
        from: { seconds: last.seconds, nanos: last.nanos, label: last.label },
        to: stamp,
      });
    this.mutable = new MutableStamp(seconds, nanos, labelSeconds);
    this.last = this.mutable;
  }

  private mutable: MutableStamp = new MutableStamp(0, 0, 0);

  private silence(silence: Silence): void {
    const length = ({ from, to }: Silence): number => to.seconds - from.seconds;
    this.silences = [...this.silences, silence]
      .sort((a, b) => length(b) - length(a))
      .slice(0, MOST_SILENCES);
  }

  end(): void {}

  trouble(path: string, failure: SystemFailure): void {
    this.say(path, failure);
  }

  /** Lines for people. @param show  a moment as text */
  report(name: string, columns: number, show: (key: Key) => string): string[] {
    const { first, last, perMinute } = this;
    const clean = this.unclean.length === 0 ? "" : `, ${this.unclean.length} unclean`;
    const text = [
      `${name}: ${plural(this.files, "file")}, ${showSize(this.storedBytes)}, ${plural(this.lines, "line")}`,
      `  finished files: ${this.archives}${clean}`,
      ...this.unclean.map((file) => `  unclean: ${file}`),
    ];
    if (first === undefined || last === undefined) return [...text, "  no labels"];
    const minutes = (last.seconds - first.seconds) / 60;
    const { perMinute: most, at } = perMinute.peak;
    const mean = this.labelled / Math.max(1, minutes);
    return [
      ...text,
      `  first ${first.label}  ${show(first)}`,
      `  last  ${last.label}  ${show(last)}`,
      `  lines a minute: ${short(mean)} on average, at most ${short(most)} at ${show({ seconds: at, nanos: 0 })}`,
      `  ${perMinute.draw(columns - 2)}`,
      ...this.silences.map(
        ({ from, to }) =>
          `  gap of ${showDuration(Math.round(to.seconds - from.seconds))}: from ${show(from)} to ${show(to)}`,
      ),
      ...this.backwards.map((place) => `  label goes backwards: ${place}`),
      `  labels that go backwards: ${this.backwardsCount}`,
    ];
  }
}

class MutableStamp implements Stamp {
  seconds: number;
  nanos: number;
  labelSeconds: number;

  constructor(seconds: number, nanos: number, labelSeconds: number) {
    this.seconds = seconds;
    this.nanos = nanos;
    this.labelSeconds = labelSeconds;
  }

  get label(): string {
    return labelText(this.labelSeconds, this.nanos);
  }
}

function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
