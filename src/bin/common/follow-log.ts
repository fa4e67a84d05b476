/** The lines of logs as they come, as svlog shows them. */
import { type LogLine, lineText, readLog } from "../../inspect/index.ts";
import { Output, ReaderGone } from "../../inspect/output.ts";
import { AT_CWD, posix } from "../../posix/index.ts";

const STDOUT = 1;
const LOOK_EVERY_MS = 20;
const NANOS_PER_SECOND = 1_000_000_000n;
const NEWLINE = 0x0a;

export interface FollowOptions {
  /** Nanoseconds since 1970: lines before that are left out. */
  readonly since: bigint;
  /** Ends it, when what stands there has been shown. */
  readonly signal: AbortSignal;
}

export interface ShownLine extends LogLine {
  /** With its time in front. */
  readonly shown: Buffer;
}

/** @param directories  log directories; some may still have to be made */
export async function* followLogs(
  directories: readonly string[],
  { since, signal }: FollowOptions,
): AsyncGenerator<ShownLine, void> {
  for (const directory of directories) {
    while (posix.statusAt(AT_CWD, `${directory}/current`) === undefined) {
      if (signal.aborted) return;
      await posix.sleep(LOOK_EVERY_MS);
    }
  }
  const from = {
    kind: "time" as const,
    seconds: Number(since / NANOS_PER_SECOND),
    nanos: Number(since % NANOS_PER_SECOND),
  };
  const textOf = lineText();
  for await (const line of readLog(directories, { follow: true, range: { since: from }, signal }))
    yield { ...line, shown: textOf(line) };
}

/**
 * Writes them to standard output.
 *
 * @returns false when nobody reads that any more
 */
export async function showLog(directory: string, options: FollowOptions): Promise<boolean> {
  const output = new Output(posix, STDOUT);
  try {
    for await (const { shown } of followLogs([directory], options)) {
      output.putBytes(shown, 0, shown.length);
      output.putByte(NEWLINE);
      output.flush();
    }
    return true;
  } catch (failure) {
    if (failure instanceof ReaderGone) return false;
    throw failure;
  }
}
