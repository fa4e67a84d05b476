/** Requests over a unix socket or TCP, as bytes where a client of Node's would be too polite. */
import http from "node:http";
import net from "node:net";
import type { RpcValue } from "../../../src/web/rpc/values.ts";
import { readAnswer } from "./xml-answer.ts";
import { callText } from "./xml-text.ts";

/** The path of a socket, or a port of the loopback address. */
export type Place = string | number;

export interface Response {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const whereIs = (place: Place): { socketPath: string } | { host: string; port: number } =>
  typeof place === "string" ? { socketPath: place } : { host: "127.0.0.1", port: place };

export function request(
  place: Place,
  path: string,
  { method = "GET", headers = {}, body }: Request = {},
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = http.request({ ...whereIs(place), path, method, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(pieces).toString(),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

export function post(place: Place, body: string | Uint8Array, path = "/RPC2"): Promise<Response> {
  return request(place, path, { method: "POST", headers: { "content-type": "text/xml" }, body });
}

/** @returns what is answered; a fault as `CODE TEXT` */
export async function call(
  place: Place,
  method: string,
  ...parameters: readonly RpcValue[]
): Promise<RpcValue> {
  const { status, body } = await post(place, callText(method, ...parameters));
  if (status !== 200) throw new Error(`status ${status}: ${body}`);
  return readAnswer(body);
}

/** A connection, and what has come on it; nothing is read while it is paused. */
export class Raw {
  readonly socket: net.Socket;
  received = "";
  isClosed = false;

  constructor(place: Place, text: string) {
    const where = typeof place === "string" ? { path: place } : { host: "127.0.0.1", port: place };
    this.socket = net.connect(where);
    this.socket.setEncoding("utf8");
    this.socket.on("data", (piece: string) => (this.received += piece));
    this.socket.on("close", () => (this.isClosed = true));
    this.socket.on("error", () => this.socket.destroy());
    this.socket.write(text);
  }
}
