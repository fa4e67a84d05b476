/** Lines of logs as clients get them. */
import type { LogLine } from "../../inspect/index.ts";
import { lineText } from "../../inspect/index.ts";
import type { Posix } from "../../posix/index.ts";
import { lineTextOf } from "./line-text.ts";
import { END, EVENT_STREAM, PULSE } from "./sse.ts";

export const LOG_FORMATS = ["ndjson", "sse", "text"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

const NANOS_PER_MS = 1_000_000n;

/** How a stream of lines is written. */
export interface LogWriter {
  readonly type: string;
  readonly line: (line: LogLine) => string | Buffer;
  /** Said where reading has failed, as the last of it. */
  readonly trouble: (message: string) => string;
  /** Said where there is nothing to say for a while; "": nothing. */
  readonly pulse: string;
  /** Said when the server ends. */
  readonly end: string;
}

/** @param service  the name that clients know */
export function logWriter(posix: Posix, format: LogFormat, service: string): LogWriter {
  const name = JSON.stringify(service);
  const json = (line: LogLine): string => jsonLine(line, name);
  switch (format) {
    case "ndjson":
      return {
        type: "application/x-ndjson; charset=utf-8",
        line: (line) => `${json(line)}\n`,
        trouble: (message) => `${JSON.stringify({ error: { code: "unreadable", message } })}\n`,
        pulse: "",
        end: "",
      };
    case "sse":
      return {
        type: EVENT_STREAM,
        line: (line) =>
          `${line.label === undefined ? "" : `id: ${line.label}\n`}data: ${json(line)}\n\n`,
        trouble: (message) => `event: trouble\ndata: ${JSON.stringify({ message })}\n\n`,
        pulse: PULSE,
        end: END,
      };
    case "text": {
      const textOf = lineText(posix);
      return {
        type: "text/plain; charset=utf-8",
        line: (line) => Buffer.concat([textOf(line), NEWLINE]),
        trouble: () => "",
        pulse: "",
        end: "",
      };
    }
  }
}

const NEWLINE = Buffer.from("\n");

function jsonLine({ label, unixNanos, text: line }: LogLine, service: string): string {
  const { text, bytes, leftOut } = lineTextOf(line);
  const shownLabel = label === undefined ? "null" : `"${label}"`;
  const raw = bytes === undefined ? "" : `,"bytes":"${bytes.toString("base64")}"`;
  const cut = leftOut === 0 ? "" : `,"leftOut":${leftOut}`;
  return `{"label":${shownLabel},"time":${isoOf(unixNanos)},"text":${JSON.stringify(text)}${raw}${cut},"service":${service}}`;
}

let lastMs = Number.NaN;
let lastTime = "null";

/** Lines that follow each other often have the same millisecond. */
function isoOf(unixNanos: bigint | undefined): string {
  if (unixNanos === undefined) return "null";
  const ms = Number(unixNanos / NANOS_PER_MS);
  if (ms === lastMs) return lastTime;
  const date = new Date(ms);
  lastMs = ms;
  lastTime = Number.isFinite(date.getTime()) ? `"${date.toISOString()}"` : "null";
  return lastTime;
}
