/**
 * The program of the thread that searches logs. A regular expression of a stranger may take for ever over one
 * line: then this thread is ended, and nothing else stands still.
 */
import { type LogLine, readLog } from "../../inspect/index.ts";
import {
  causeText,
  listenInThread,
  noting,
  posix as system,
  threadData,
} from "../../posix/index.ts";
import { distinct } from "./distinct.ts";
import { feed } from "./log-feed.ts";
import { withoutLinks } from "./log-files.ts";
import { logWriter } from "./log-format.ts";
import { MOST_HELD_BYTES } from "./log-query.ts";
import type {
  FromSearchThread,
  SearchOrder,
  SearchThreadData,
  ToSearchThread,
} from "./search-messages.ts";

/** Nothing is told to this thread, as it could not be ended while it waits for that. */
const LOOKS_MS = 200;

interface Search {
  readonly cancel: AbortController;
  taken: (goesOn: boolean) => void;
}

const post: (message: FromSearchThread) => void = listenInThread((m) => hear(m as ToSearchThread));
const { held } = threadData() as SearchThreadData;
const searches = new Map<number, Search>();
/** What it has open is closed by the process when it is ended. */
const posix = noting(withoutLinks(system), held);

function hear(message: ToSearchThread): void {
  switch (message.kind) {
    case "open":
      return void run(message.search, message.order);
    case "taken":
      return searches.get(message.search)?.taken(true);
    case "cancel": {
      const search = searches.get(message.search);
      search?.cancel.abort();
      return search?.taken(false);
    }
    case "ping":
      return post({ kind: "pong" });
  }
}

async function run(search: number, order: SearchOrder): Promise<void> {
  const running: Search = { cancel: new AbortController(), taken: () => undefined };
  searches.set(search, running);
  try {
    await feed({
      lines: linesOf(order, running.cancel.signal),
      limit: order.limit,
      encode: logWriter(posix, order.format, order.service).line,
      give: (piece) => {
        post({ kind: "piece", search, piece });
        return new Promise((resolve) => {
          running.taken = resolve;
        });
      },
    });
    post({ kind: "end", search });
  } catch (failure) {
    post({ kind: "end", search, trouble: causeText(failure) });
  } finally {
    searches.delete(search);
  }
}

function linesOf(
  { directories, options }: SearchOrder,
  cancel: AbortSignal,
): AsyncIterable<LogLine> {
  const more = { cancel, posix, looksMs: LOOKS_MS, mostHeldBytes: MOST_HELD_BYTES };
  return distinct(readLog(directories, { ...options, ...more }), directories.length);
}
