/**
 * The place that was reached in each log, in a file: it moves only when the lines before it are out.
 *
 * A place is a file's device, inode and offset, and the last label before it. The label tells whether
 * the file is still the same; where it is not, lines behind the label follow.
 */
import { AT_CWD, ignoring, joined, orFatal, type Posix, readSmall } from "../posix/index.ts";
import { isLabel } from "../tai64/label.ts";
import type { Bound } from "./bound.ts";
import { keyOf, labelText } from "./label-key.ts";
import type { Place } from "./line-buffer.ts";
import { lastLabel } from "./search.ts";
import type { Selection } from "./selection.ts";

const VERSION = 1;
const MODE = 0o644;
const MOST_BYTES = 16 * 2 ** 20;

interface Entry extends Place {
  readonly label?: string | undefined;
}

export type Reached = Place & { readonly label?: Bound | undefined };

export class CursorFile {
  private readonly posix: Posix;
  private readonly path: Buffer;
  private readonly fresh: Buffer;
  private readonly entries: Map<string, Entry>;
  private written: string;

  /** @throws SystemFailure when it cannot be read, SyntaxError when it is no cursor file */
  constructor(posix: Posix, path: string | Uint8Array) {
    this.posix = posix;
    this.path = Buffer.from(path);
    this.fresh = joined([path, ".new"]);
    this.written = readSmall(posix, AT_CWD, path, MOST_BYTES)?.toString() ?? "";
    this.entries = new Map(this.written === "" ? [] : Object.entries(parse(this.written)));
  }

  /** Where the last run stopped in a log. */
  placeOf(path: Buffer): Reached | undefined {
    const entry = this.entries.get(keyFor(path));
    if (entry === undefined) return undefined;
    const key = entry.label === undefined ? undefined : keyOf(Buffer.from(entry.label));
    return { ...entry, label: key && { kind: "label", ...key } };
  }

  /**
   * The lines before a place are out.
   *
   * @param isWaiting  whether a line of the log was read and is not out yet
   */
  reached(path: Buffer, source: Selection, isWaiting: boolean): void {
    const place = isWaiting ? source.placeBefore() : source.placeNow();
    const { file } = source.bytes;
    if (source.holdsBack || place === undefined || place.inode !== file?.inode) return;
    const known = this.entries.get(keyFor(path));
    if (known?.offset === place.offset && known.inode === place.inode) return;
    const found = lastLabel(file, place.offset);
    const label = found && labelText(found.key.seconds, found.key.nanos);
    this.entries.set(keyFor(path), { ...place, label });
  }

  /** @throws Fatal when it cannot be written */
  save(): void {
    orFatal(["write the cursor file ", this.path], () => this.write());
  }

  private write(): void {
    const { posix, path, fresh } = this;
    const logs = Object.fromEntries(this.entries);
    const text = `${JSON.stringify({ version: VERSION, logs }, undefined, 1)}\n`;
    if (text === this.written) return;
    ignoring(["ENOENT"], () => posix.unlinkAt(AT_CWD, fresh));
    const fd = posix.openAt(AT_CWD, fresh, "new", MODE);
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += posix.write(fd, bytes, at, bytes.length - at);
    } finally {
      posix.close(fd);
    }
    posix.renameAt(AT_CWD, fresh, path);
    this.written = text;
  }
}

/** A path as text; one that is no UTF-8 behind a NUL, which no path holds. */
function keyFor(path: Buffer): string {
  const text = path.toString();
  return Buffer.from(text).equals(path) ? text : `\0${path.toString("base64")}`;
}

/** @throws SyntaxError */
function parse(text: string): Record<string, Entry> {
  const found = JSON.parse(text) as { version?: unknown; logs?: unknown };
  if (found?.version !== VERSION || typeof found.logs !== "object" || found.logs === null)
    throw new SyntaxError("it was not written by svlog");
  const entries = found.logs as Record<string, Entry>;
  for (const { device, inode, offset, label } of Object.values(entries)) {
    const isPlace = [device, inode, offset].every((value) => Number.isSafeInteger(value));
    if (!isPlace || !(label === undefined || isLabel(label)))
      throw new SyntaxError("it was not written by svlog");
  }
  return entries;
}
