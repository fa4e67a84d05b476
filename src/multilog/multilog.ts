/**
 * The library's face: a multilog inside a program of yours.
 */
import { EventEmitter } from "node:events";
import type { Writable } from "node:stream";
import { type Fd, orFatal, type Posix, readFile, posix as realPosix } from "../posix/index.ts";
import type { Account } from "./account.ts";
import type { CopyPipes } from "./copy-pipe.ts";
import { Engine } from "./engine.ts";
import { Kernel, kernelUrl } from "./kernel/kernel.ts";
import { PipeSource } from "./pipe-source.ts";
import { PlainSource } from "./plain-source.ts";
import { parseScript, type Script } from "./script.ts";
import type { Source } from "./source.ts";
import { PAUSE_MS } from "./trouble.ts";

const STDERR: Fd = 2;

export interface MultilogOptions {
  /**
   * Descriptor to read lines from: a pipe (nothing is lost to SIGKILL), a file, a socket, a terminal.
   * Without it, lines come through `writable`.
   */
  readonly input?: Fd;
  /** Descriptor that `e` writes to; 2. */
  readonly stderr?: Fd;
  /** Pause before a failed step is tried again, milliseconds; 5000, as in the C program. */
  readonly pauseMs?: number;
  /**
   * This thread has nothing else to do: while lines come thick and fast, it may stand still for 4 ms
   * at a time. false, as in a program with a life of its own.
   */
  readonly isAlone?: boolean;
  /** What the logs of this thread share, where it has several. */
  readonly copies?: CopyPipes;
  /** Is told every warning, also those from before there is a Multilog to listen to. */
  readonly onWarning?: (line: Buffer) => void;
  /** The system; for tests. */
  readonly posix?: Posix;
}

export interface MultilogEvents {
  /** Something went wrong and will be tried again: a line without the program's name. */
  warning: [line: Buffer];
  /** A file was finished; its name, or undefined when that could not be given. */
  rotated: [directory: Uint8Array, archive: Buffer | undefined];
}

/** A running multilog. Closed when its input ends, or after `close()`. */
export class Multilog extends EventEmitter<MultilogEvents> {
  /** Where lines are written when no input descriptor was given. A callback comes when its whole lines stand in every log. */
  readonly writable: Writable | undefined;
  /** Resolves when every log is closed: true if all are clean. Rejects on a fault of our own. */
  readonly closed: Promise<boolean>;
  private readonly engine: Engine;

  /** Use `createMultilog`. */
  constructor(engine: Engine, source: Source, writable: Writable | undefined) {
    super();
    this.engine = engine;
    this.writable = writable;
    this.closed = engine.run(source);
    this.closed.catch(() => undefined);
  }

  /** Rotates every log that holds something; resolves when `current` is new. */
  rotate(): Promise<void> {
    return this.engine.rotate();
  }

  /** What has been counted so far. */
  stats(): Account {
    return this.engine.account();
  }

  /**
   * Ends it: the line that has begun is finished, what follows stays in the input pipe. Called
   * again, it does not wait for the end of that line.
   *
   * @returns whether every log was closed cleanly
   */
  close(): Promise<boolean> {
    this.engine.stop();
    return this.closed;
  }
}

let sharedKernel: Kernel | undefined;

/**
 * Opens the logs of a logging script and begins to capture.
 *
 * @param script  one action per element, as on multilog's command line; text is taken as UTF-8
 * @throws Fatal: exit code 100 for a script that cannot be, 111 for what the system refuses
 */
export async function createMultilog(
  script: readonly (string | Uint8Array)[],
  options: MultilogOptions = {},
): Promise<Multilog> {
  const words = script.map((word) => (typeof word === "string" ? Buffer.from(word) : word));
  return startMultilog(parseScript(words), options);
}

/** Like `createMultilog`, for a script that is parsed already. */
export async function startMultilog(script: Script, options: MultilogOptions): Promise<Multilog> {
  const posix = options.posix ?? realPosix;
  sharedKernel ??= new Kernel(readFile(kernelUrl));
  let multilog: Multilog | undefined;
  const engine = new Engine(script, {
    posix,
    kernel: sharedKernel,
    stderr: options.stderr ?? STDERR,
    pauseMs: options.pauseMs ?? PAUSE_MS,
    isAlone: options.isAlone ?? false,
    warn: (line) => {
      options.onWarning?.(line);
      // In a turn of their own: what a listener throws is its program's, and does not end the capture.
      queueMicrotask(() => multilog?.emit("warning", line));
    },
    onRotated: (directory, archive) =>
      queueMicrotask(() => multilog?.emit("rotated", directory, archive)),
  });
  const { source, writable } =
    options.input === undefined
      ? await makeWritable()
      : { source: openSource(posix, options.input, options.copies), writable: undefined };
  try {
    await engine.open();
  } catch (failure) {
    source.close();
    throw failure;
  }
  multilog = new Multilog(engine, source, writable);
  return multilog;
}

/** Loads what only programs with lines of their own need: node:stream takes 3 ms of a start. */
async function makeWritable(): Promise<{ source: Source; writable: Writable }> {
  const { WritableSource } = await import("./writable-source.ts");
  const source = new WritableSource();
  return { source, writable: source.writable };
}

function openSource(posix: Posix, input: Fd, copies: CopyPipes | undefined): Source {
  return orFatal(["prepare the input"], () => {
    // tee(2) and splice(2) are Linux's: elsewhere a pipe is read plainly as well.
    const lossless = process.platform === "linux" && posix.isPipe(input);
    return lossless ? new PipeSource(posix, input, copies) : new PlainSource(posix, input);
  });
}
