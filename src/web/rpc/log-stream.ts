/**
 * The end of a log, and whatever comes: what `supervisorctl tail -f` shows.
 *
 * Whole lines, stamps as local time, in characters: clients take each piece apart by itself. It is read as it is
 * taken: who reads slowly costs no memory, who does not read at all is hung up on.
 */
import { isUtf8 } from "node:buffer";
import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";
import { type LogLine, readLog, UnknownTarget } from "../../inspect/index.ts";
import { ownFault, SystemFailure, unlessRefused } from "../../posix/index.ts";
import { parseLabel } from "../../tai64/index.ts";
import { feed } from "../api/log-feed.ts";
import { withoutLinks } from "../api/log-files.ts";
import { beginStream, write } from "../api/stream.ts";
import { ByteLog } from "./byte-log.ts";
import type { LabelText } from "./label-text.ts";
import { refuse } from "./refuse.ts";
import type { Supervisord } from "./supervisord.ts";

/** As Supervisor begins: with the last so many bytes. */
const FIRST_BYTES = 1024;
/** Each has a descriptor or two. */
const MOST_STREAMS = 100;
const TYPE = "text/plain;charset=utf-8";
const LF = 0x0a;
const NEWLINE = Buffer.from("\n");

export class LogTails {
  private readonly supervisord: Supervisord;
  private count = 0;

  constructor(supervisord: Supervisord) {
    this.supervisord = supervisord;
  }

  /** @param directory  a log directory; undefined: there is no log */
  open(reply: FastifyReply, directory: string | undefined): FastifyReply {
    const last = directory === undefined ? undefined : this.lastLines(directory);
    if (directory === undefined || last === undefined) return refuse(reply, 404, "Not Found");
    if (this.count >= MOST_STREAMS)
      return refuse(reply, 503, "Service Unavailable", "too many logs are being read");
    // A client takes the end of the connection for the end of the stream, and nothing else.
    reply.raw.setHeader("connection", "close");
    reply.raw.setHeader("last-modified", new Date().toUTCString());
    const raw = beginStream(reply, TYPE);
    this.count++;
    void this.run(directory, last, raw)
      .catch((failure: unknown) => this.supervisord.site.warn(ownFault(failure)))
      .finally(() => this.count--);
    return reply;
  }

  /** @returns undefined where there is no log, or nobody may read it */
  private lastLines(directory: string): number | undefined {
    const { posix, labels } = this.supervisord;
    return unlessRefused(() => ByteLog.read(posix, directory, (log) => countLines(log, labels)));
  }

  private async run(directory: string, last: number, raw: ServerResponse): Promise<void> {
    const { posix, labels, site } = this.supervisord;
    const client = new AbortController();
    raw.once("close", () => client.abort());
    const ends = { signal: site.ending, cancel: client.signal };
    const files = { posix: withoutLinks(posix) };
    try {
      await feed({
        lines: readLog(directory, { last, follow: true, ...files, ...ends }),
        limit: Number.POSITIVE_INFINITY,
        encode: (line) => shown(line, labels),
        give: (piece) => write(raw, piece),
      });
    } catch (failure) {
      // The log was removed, or is not ours to read any more: all that there is was given.
      if (!(failure instanceof SystemFailure || failure instanceof UnknownTarget)) throw failure;
    } finally {
      raw.end();
    }
  }
}

/** How many lines begin in the last bytes. */
function countLines(log: ByteLog, labels: LabelText): number {
  const from = Math.max(0, log.length - FIRST_BYTES);
  const bytes = log.text(from, log.length - from, labels);
  let lines = from === 0 && bytes.length > 0 ? 1 : 0;
  for (let at = bytes.indexOf(LF); at !== -1 && at < bytes.length - 1; ) {
    lines++;
    at = bytes.indexOf(LF, at + 1);
  }
  return lines;
}

function shown({ label, text }: LogLine, labels: LabelText): Buffer {
  const characters = isUtf8(text) ? text : Buffer.from(text.toString());
  if (label === undefined) return Buffer.concat([characters, NEWLINE]);
  const time = labels.text(parseLabel(label)) ?? label;
  return Buffer.concat([Buffer.from(`${time} `), characters, NEWLINE]);
}
