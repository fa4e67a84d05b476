/**
 * Whether a log is whole and in order: names and labels ascend, no label is later than the name of its
 * file, finished files carry their mark, lines end with a newline or go on in the next file, and the
 * logger's account tells of the same lines.
 */
import type { Account, LogdirAccount } from "../multilog/account.ts";
import { isArchive } from "../multilog/archive.ts";
import { plural } from "../multilog/units.ts";
import { type Posix, type SystemFailure } from "../posix/index.ts";
import { LABEL_BYTES } from "../tai64/label.ts";
import type { Content } from "./content.ts";
import { compareKeys, type Key, labelText } from "./label-key.ts";
import { type LineSource, troubleText } from "./line-source.ts";
import { endOf } from "./listing.ts";
import type { Walker } from "./walk.ts";

const FINISHED_BIT = 0o100;

interface Last extends Key {
  readonly label: string;
}

export class Verify implements Walker {
  /** The first thing that is wrong, and where. */
  fault: string | undefined;
  readonly notes: string[] = [];
  files = 0;
  lines = 0;
  private archives = 0;
  private readonly posix: Posix;
  private readonly path: string;
  private name = "";
  private endKey: Key | undefined;
  private last: Last | undefined;
  /** The name of a file that ended inside a line. */
  private open: string | undefined;
  private currentBytes = 0;
  /** The logger writes: its account is up to a second behind. */
  private inUse = false;

  constructor(posix: Posix, path: string) {
    this.posix = posix;
    this.path = path;
  }

  file(content: Content): void {
    this.files++;
    this.name = content.name.toString();
    this.endKey = isArchive(content.name) ? endOf(content.name) : undefined;
    const { mode } = this.posix.status(content.fd);
    if (this.name === "current") {
      this.currentBytes = content.sizeBytes;
      this.inUse = (mode & FINISHED_BIT) === 0;
    }
    if (this.endKey === undefined) return;
    this.archives++;
    const code = this.name.slice(LABEL_BYTES + 1);
    if (code === "u") this.notes.push(`${this.name} is unclean: its end may be missing`);
    else if ((mode & FINISHED_BIT) === 0)
      this.wrong("", "it is not marked as finished: its mode lacks the owner's execute bit");
  }

  line(lines: LineSource, number: number): void {
    if (this.open !== undefined) this.goesOn(lines);
    else this.lines++;
    if (!lines.labelled) return;
    const { seconds, nanos, labelSeconds } = lines;
    const label = labelText(labelSeconds, nanos);
    const { last } = this;
    if (last !== undefined && compareKeys(lines, last) < 0)
      this.wrong(
        `line ${number}: `,
        `label ${label} is before ${last.label} of the line before it`,
      );
    const end = this.endKey;
    if (end !== undefined && compareKeys({ seconds: labelSeconds, nanos }, end) > 0)
      this.wrong(`line ${number}: `, `label ${label} is later than the file's end in its name`);
    this.last = { seconds, nanos, label };
  }

  /** The first line behind a file that ended inside one. */
  private goesOn(lines: LineSource): void {
    const { open } = this;
    this.open = undefined;
    if (!lines.labelled) return;
    this.lines++;
    if (open?.endsWith(".u"))
      this.notes.push(`${open} ends in a torn line; a whole one begins the next file`);
    else this.wrong("", `the line at the end of ${open} does not go on here`);
  }

  end(_content: Content, lines: LineSource): void {
    if (!lines.ended && lines.end > lines.start) this.open = this.name;
  }

  trouble(path: string, failure: SystemFailure): void {
    this.name = path.slice(path.lastIndexOf("/") + 1);
    this.wrong("", `it cannot be read: ${troubleText(failure)}`);
  }

  private wrong(place: string, what: string): void {
    this.fault ??= `${this.path}/${this.name}: ${place}${what}`;
  }

  /** Compares with the logger's own account of the directory. */
  compare(account: Account, logdir: LogdirAccount, from: string): void {
    const { read, selected, deselected } = logdir;
    this.name = "current";
    const differ = (what: string): void => this.wrong("", `${what}, says ${from}`);
    if (read.lines !== selected.lines + deselected.lines)
      differ(`of ${read.lines} lines ${selected.lines + deselected.lines} are accounted for`);
    if (this.inUse) {
      this.notes.push("the log is in use: it is not compared with the account in number");
      return;
    }
    if (logdir.currentBytes !== this.currentBytes)
      differ(`it has ${this.currentBytes} bytes, and should have ${logdir.currentBytes}`);
    const { last } = this;
    if (last !== undefined && account.lastLabel !== undefined && last.label > account.lastLabel)
      differ(`the last label is ${last.label}, and should not be behind ${account.lastLabel}`);
    if (this.archives !== logdir.rotations) {
      this.notes.push("files were removed, or were there before: lines are not compared in number");
      return;
    }
    const most = selected.lines + account.repeatedLines;
    if (this.lines < selected.lines || this.lines > most)
      differ(`there are ${plural(this.lines, "line")}, and should be ${selected.lines}`);
  }

  /** A last line without an end is one that is being written. */
  finish(): void {
    if (this.open !== undefined && this.open !== "current")
      this.wrong("", "the last line has no end");
  }
}
