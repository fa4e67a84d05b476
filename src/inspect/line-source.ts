/**
 * Lines of one log, one after the other, with their times.
 *
 * A line without a label has the time of the line before it. A torn line, behind which a labelled line
 * begins, ends where it was torn.
 */
import { causeText, type SystemFailure } from "../posix/index.ts";
import type { Content } from "./content.ts";
import { type Key, LabelEye } from "./label-key.ts";
import { type ByteSource, LineBuffer } from "./line-buffer.ts";
import { daemontoolsTime, type ToUnix } from "./producer.ts";
import { Repeats } from "./repeats.ts";
import type { Doubt, Sink } from "./sink.ts";

/** Something worth saying beside the lines; a fault makes the exit code 1. */
export type News = (text: string, isFault: boolean) => void;

export class LineSource extends LineBuffer implements Sink, Key {
  readonly name: string;
  readonly bytes: ByteSource;
  /** Whether the line has a label of its own. */
  labelled = false;
  /** Unix time of the line, or of the line before it that has a label. */
  seconds: number = Number.NEGATIVE_INFINITY;
  nanos = 0;
  /** Label seconds of the last label, minus 2^62. */
  labelSeconds = 0;
  hasLabels = false;
  toUnix: ToUnix = daemontoolsTime;
  /** Finds out whose labels these are, when the first one comes; undefined: that is known. */
  findTime: ((label: Key) => ToUnix) | undefined;

  private readonly news: News;
  private readonly eye = new LabelEye();
  private readonly repeats: Repeats;
  /** So many lines up to now bear the last label. */
  private alike = 0;

  constructor(name: string, bytes: (sink: Sink) => ByteSource, news: News, bufferBytes: number) {
    super(bufferBytes);
    this.name = name;
    this.news = news;
    this.repeats = new Repeats((text) => news(`gap in ${name}: ${text}`, false));
    this.bytes = bytes(this);
  }

  /** Goes to the next line that stands in memory whole; false when more has to be read first. */
  advance(): boolean {
    while (this.advanceLine()) if (!this.repeats.isOn || !this.isOld()) return true;
    return false;
  }

  /** Takes what stands there as a line though it has no newline: the end of what there is. */
  takeRest(): boolean {
    return this.takeUnended() && (!this.repeats.isOn || !this.isOld());
  }

  private isOld(): boolean {
    const { labelled, labelSeconds: seconds, nanos, alike } = this;
    return this.repeats.isOld({ labelled, seconds, nanos, alike });
  }

  protected override lookAt(): void {
    this.labelled = !this.continues && this.eye.read(this.memory, this.start, this.end);
    if (this.labelled) this.setTime();
  }

  /** Whether lines may come that were read before. */
  protected get mayRepeat(): boolean {
    return this.repeats.isOn;
  }

  protected override get neverJoins(): boolean {
    return this.repeats.isOn;
  }

  /** Takes the time of the line at memory[start, end) if it has one. */
  protected readTime(start: number, end: number): boolean {
    if (!this.eye.read(this.memory, start, end)) return false;
    this.setTime();
    return true;
  }

  private setTime(): void {
    const { seconds, nanos } = this.eye;
    if (this.findTime !== undefined) {
      this.toUnix = this.findTime(this.eye);
      this.findTime = undefined;
    }
    const isSame = seconds === this.labelSeconds && this.hasLabels;
    this.alike = isSame && nanos === this.nanos ? this.alike + 1 : 1;
    if (!isSame) this.seconds = this.toUnix(seconds);
    this.labelSeconds = seconds;
    this.nanos = nanos;
    this.hasLabels = true;
  }

  protected override took(count: number): boolean {
    if (count === 0 && this.repeats.hasLost) this.repeats.sayLoss(this.lastLabel);
    return super.took(count);
  }

  /** Of what was read up to now. */
  get lastLabel(): Key | undefined {
    return this.hasLabels ? { seconds: this.labelSeconds, nanos: this.nanos } : undefined;
  }

  nextFile(_content: Content, doubt: Doubt | undefined): void {
    if (this.filled > this.next) this.joinAt = this.filled;
    const { repeats, lastLabel: last, alike: count } = this;
    if (doubt === undefined && !repeats.hasLost) return repeats.nextFile();
    this.alike = 0;
    if (last !== undefined) {
      const from = doubt?.mayRepeat ? (doubt.from ?? last) : undefined;
      repeats.begin({ ...last, count }, from, this.joinAt >= 0);
    } else if (repeats.hasLost || this.taken || this.place !== undefined)
      repeats.sayLoss(undefined);
  }

  trouble(path: string, failure: SystemFailure): void {
    this.news(`unable to read ${path}: ${troubleText(failure)}`, true);
  }

  /** Says something that is worth knowing of this log. */
  say(text: string): void {
    this.news(`${this.name}: ${text}`, false);
  }

  gap(_path: string, names: readonly Buffer[]): void {
    this.repeats.lose(names.map(String));
  }

  shrunk(path: string, from: number, to: number): void {
    this.filled = this.looked = this.next;
    this.news(
      `${path} has shrunk from ${from} to ${to} bytes: what was cut off may come again`,
      false,
    );
  }
}

/** Why a file cannot be read, in words of logs. */
export function troubleText(failure: SystemFailure): string {
  if (failure.code === "EIO") return "it is damaged, the rest of it is left out";
  if (failure.code === "EINVAL") return "it is no regular file";
  if (failure.code === "ENOENT" && failure.syscall !== "open")
    return `${failure.syscall} is not installed, which unpacks it`;
  return causeText(failure);
}
