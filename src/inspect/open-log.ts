/** A log that is read: where its reading begins, and whether it has. */
import { type Posix, SystemFailure, unableTo } from "../posix/index.ts";
import { beginFile, beginLog, type Start } from "./begin.ts";
import type { Bound, Range } from "./bound.ts";
import type { CursorFile } from "./cursor-file.ts";
import { FileReader } from "./file-reader.ts";
import { type News, troubleText } from "./line-source.ts";
import { LogReader } from "./log-reader.ts";
import type { Producer } from "./producer.ts";
import { Selection, type Wanted } from "./selection.ts";
import type { Log } from "./targets.ts";

export interface ReadOptions extends Wanted {
  readonly range?: Range;
  readonly producer?: Producer;
  /** The last so many lines; undefined: all. */
  readonly last?: number | undefined;
  /** The lines around this time, `last` of them. */
  readonly around?: Bound | undefined;
  readonly follow?: boolean;
  readonly cursor?: CursorFile | undefined;
  readonly news?: News;
  /** What comes is looked for so often, in place of being told by the system. */
  readonly looksMs?: number;
  /** Others have their turn in this thread while much is read. */
  readonly isShared?: boolean;
}

export class OpenLog {
  readonly log: Log;
  readonly source: Selection;
  begun = false;
  /** Its line stands in the merge. */
  waiting = false;
  /** Exactly the last lines that are wanted were read. */
  isExact = false;
  private readonly posix: Posix;
  private readonly options: ReadOptions;
  private readonly reader: LogReader | FileReader;

  constructor(posix: Posix, log: Log, options: ReadOptions, bufferBytes: number) {
    this.posix = posix;
    this.log = log;
    this.options = options;
    let reader: LogReader | FileReader | undefined;
    this.source = new Selection(
      log.name,
      (sink) => {
        reader =
          log.kind === "file"
            ? new FileReader(posix, log.path, sink)
            : new LogReader(posix, log.path, sink);
        return reader;
      },
      options.news ?? (() => undefined),
      bufferBytes,
    );
    this.reader = reader as LogReader | FileReader;
    this.source.want(options);
  }

  /**
   * Opens it and goes to the place where its reading begins.
   *
   * @param isFirst  it was there from the beginning; one that appears later is new from its own
   * @returns whether it is there
   */
  begin(isFirst: boolean): boolean {
    if (this.begun) return true;
    try {
      this.begun = this.tryToBegin(this.startFor(isFirst));
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      const { news } = this.options;
      const why = `: ${troubleText(failure)}`;
      news?.(
        Buffer.concat([unableTo(["read ", this.log.path]), Buffer.from(why)]).toString(),
        true,
      );
    }
    return this.begun;
  }

  private startFor(isFirst: boolean): Start {
    const { options, log } = this;
    const selects = options.grep !== undefined || (options.patterns?.length ?? 0) > 0;
    const place = options.cursor?.placeOf(log.path);
    return {
      range: options.range ?? {},
      producer: options.producer ?? "auto",
      lines: selects || !isFirst || place !== undefined ? undefined : options.last,
      around: options.around,
      place,
      only: options.follow !== true,
    };
  }

  private tryToBegin(start: Start): boolean {
    const { posix, reader, source } = this;
    if (reader instanceof LogReader) {
      if (!reader.open()) return false;
      this.isExact = beginLog(posix, reader, source, start);
      return true;
    }
    const content = reader.open();
    if (content === undefined) return false;
    reader.follows = !start.only;
    this.isExact = beginFile(posix, content, source, start);
    return true;
  }

  close(): void {
    this.reader.close();
  }
}
