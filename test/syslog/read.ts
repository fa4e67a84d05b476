/** What the parts of a message are, as text. */
import { endLine, mostLineBytes, writeHead, writeText } from "../../src/syslog/line-writer.ts";
import { newMessage, readMessage } from "../../src/syslog/message.ts";

const PADDING = 7;
const OWN_HOST = Buffer.from("web1");

export interface Origin {
  readonly pid?: number;
  readonly uid?: number;
  readonly host?: string;
  readonly trusted?: boolean;
  /** It came over a unix socket. */
  readonly local?: boolean;
}

/** The line of a message; bytes as in latin1. What stands around the message in memory is hostile. */
export function lineOf(text: string | Uint8Array, origin: Origin = {}): string {
  const { pid = 0, uid = -1, host = "10.0.0.7", trusted = false, local = false } = origin;
  const bytes = typeof text === "string" ? Buffer.from(text, "latin1") : text;
  const memory = Buffer.alloc(bytes.length + 2 * PADDING, "<1>1[");
  memory.set(bytes, PADDING);
  const message = newMessage();
  readMessage(message, memory, PADDING, PADDING + bytes.length, local ? OWN_HOST : undefined);
  const out = Buffer.alloc(mostLineBytes(bytes.length));
  const sender = { host: Buffer.from(host), pid, uid, hostIsTrusted: trusted };
  const head = writeHead(message, memory, sender, out, 0);
  const end = endLine(out, writeText(message, memory, out, head));
  return out.toString("latin1", 0, end);
}
