/** A thread that searches logs, as the process sees it: begun when it is needed, ended when it does not answer. */
import {
  closeHeld,
  type Held,
  makeHeld,
  ownProgram,
  posix,
  startThread,
  type Thread,
} from "../../posix/index.ts";
import type {
  FromSearchThread,
  SearchOrder,
  SearchThreadData,
  ToSearchThread,
} from "./search-messages.ts";

const program = ownProgram("search-worker", import.meta.url);
const PING_MS = 1000;
/** A thread that says nothing for so long is at a pattern that takes for ever. */
const SILENCE_MS = 5000;
const LOST = "the search took too long over one line: ask for something simpler";

interface Search {
  readonly give: (piece: Buffer) => Promise<boolean>;
  readonly resolve: () => void;
  readonly reject: (failure: Error) => void;
}

interface Running {
  readonly thread: Thread;
  readonly held: Held;
  readonly ping: NodeJS.Timeout;
  heardMs: number;
}

export class SearchThread {
  private running: Running | undefined;
  private readonly searches = new Map<number, Search>();
  private begun = 0;

  /** How many searches it has. */
  get searching(): number {
    return this.searches.size;
  }

  /**
   * Resolves when all that was found has been given, or nothing more is wanted.
   *
   * @param give  as of `feed`
   * @throws Error when it takes too long
   */
  search(
    order: SearchOrder,
    give: (piece: Buffer) => Promise<boolean>,
    cancel: AbortSignal,
  ): Promise<void> {
    const { thread } = this.start();
    const search = this.begun++;
    const stop = (): void => this.post({ kind: "cancel", search });
    cancel.addEventListener("abort", stop, { once: true });
    const result = new Promise<void>((resolve, reject) => {
      this.searches.set(search, { give, resolve, reject });
    });
    thread.post({ kind: "open", search, order } satisfies ToSearchThread);
    if (cancel.aborted) stop();
    return result.finally(() => {
      cancel.removeEventListener("abort", stop);
      this.searches.delete(search);
      if (this.searches.size === 0) this.rest();
    });
  }

  private start(): Running {
    if (this.running !== undefined) return this.running;
    const held = makeHeld();
    const data: SearchThreadData = { held };
    const thread = startThread(program, data, (message) => this.hear(message as FromSearchThread));
    const ping = setInterval(() => this.look(), PING_MS);
    const running = { thread, held, ping, heardMs: posix.monotonicMs() };
    this.running = running;
    void thread.ended.then((thrown) => {
      closeHeld(posix, held);
      if (this.running === running) this.lose(thrown instanceof Error ? thrown : new Error(LOST));
    });
    return running;
  }

  private hear(message: FromSearchThread): void {
    if (this.running !== undefined) this.running.heardMs = posix.monotonicMs();
    if (message.kind === "pong") return;
    const search = this.searches.get(message.search);
    if (message.kind === "piece") return void this.pass(message.search, search, message.piece);
    if (message.trouble === undefined) search?.resolve();
    else search?.reject(new Error(message.trouble));
  }

  private async pass(number: number, search: Search | undefined, piece: Uint8Array): Promise<void> {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const goesOn = (await search?.give(bytes)) ?? false;
    this.post({ kind: goesOn ? "taken" : "cancel", search: number });
  }

  private look(): void {
    const { running } = this;
    if (running === undefined) return;
    if (posix.monotonicMs() - running.heardMs > SILENCE_MS) this.lose(new Error(LOST));
    else running.thread.post({ kind: "ping" } satisfies ToSearchThread);
  }

  private lose(cause: Error): void {
    this.rest();
    for (const search of this.searches.values()) search.reject(cause);
  }

  /** Ends it: nobody needs it now. */
  private rest(): void {
    const { running } = this;
    this.running = undefined;
    clearInterval(running?.ping);
    running?.thread.end();
  }

  private post(message: ToSearchThread): void {
    this.running?.thread.post(message);
  }
}
