/** A server of ours in this process, over a tree of a test's making, and a client that says what it likes. */
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import { join } from "node:path";
import { posix } from "../../src/posix/index.ts";
import {
  type Listen,
  LiveTree,
  type ServiceView,
  type Serving,
  serve,
} from "../../src/web/index.ts";
import type { TreeListener } from "../../src/web/tree/types.ts";
import type { Scope } from "../support/temporary.ts";
import { temporaryDirectory } from "../support/temporary.ts";

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** The text as JSON. */
  json(): unknown;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface SiteOptions {
  readonly listen?: Listen;
  readonly users?: string;
  readonly hosts?: readonly string[];
  readonly readOnly?: boolean;
  readonly page?: URL;
}

export const CHANGING: Readonly<Record<string, string>> = { "x-timberline": "1" };

export class TestSite {
  readonly tree: LiveTree;
  /** What it has said on standard error. */
  readonly said: string[] = [];
  readonly serving: Serving;
  private readonly listeners: Set<TreeListener>;
  private readonly place: { readonly port: number } | { readonly socketPath: string };

  private constructor(
    tree: LiveTree,
    serving: Serving,
    said: string[],
    listeners: Set<TreeListener>,
  ) {
    this.tree = tree;
    this.listeners = listeners;
    this.serving = serving;
    this.said = said;
    const { address } = serving;
    this.place = address.startsWith("http:")
      ? { port: Number(new URL(address).port) }
      : { socketPath: address };
  }

  static async start(
    scope: Scope,
    directories: readonly string[],
    { listen = { host: "127.0.0.1", port: 0 }, readOnly = false, ...rest }: SiteOptions = {},
  ): Promise<TestSite> {
    const said: string[] = [];
    const tree = new LiveTree(posix, {
      directories,
      readOnly,
      record: (who, words) => said.push(`change by ${who}: ${words}`),
    });
    scope.after(() => tree.close());
    const listeners = new Set<TreeListener>();
    const watch = tree.watch.bind(tree);
    tree.watch = (listener) => {
      listeners.add(listener);
      return watch(listener);
    };
    const say = (line: string): void => void said.push(line);
    const serving = await serve({ posix, tree, listen, version: "1.2.3", say, ...rest });
    scope.after(() => void serving.close());
    return new TestSite(tree, serving, said, listeners);
  }

  /** Tells viewers of changes that nobody made. */
  announce(changed: readonly ServiceView[]): void {
    for (const listener of this.listeners) listener(changed, []);
  }

  get port(): number {
    return "port" in this.place ? this.place.port : 0;
  }

  ask(path: string, asking: Asking = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = this.request(path, asking, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          const { statusCode = 0, headers } = response;
          resolve({ status: statusCode, headers, text, json: () => JSON.parse(text) as unknown });
        });
      });
      request.on("error", reject);
    });
  }

  post(path: string, body?: unknown): Promise<Answer> {
    if (body === undefined) return this.ask(path, { method: "POST", headers: CHANGING });
    const headers = { "content-type": "application/json" };
    return this.ask(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** The code of a refusal, with its status. */
  async refusal(path: string, asking: Asking = {}): Promise<string> {
    const answer = await this.ask(path, asking);
    const { error } = answer.json() as { readonly error: { readonly code: string } };
    return `${answer.status} ${error.code}`;
  }

  request(
    path: string,
    { method = "GET", headers = {}, body }: Asking,
    onResponse: (response: http.IncomingMessage) => void,
  ): http.ClientRequest {
    const request = http.request({
      ...this.place,
      host: "127.0.0.1",
      path,
      method,
      headers: { ...headers },
      agent: false,
    });
    request.on("response", onResponse);
    request.end(body);
    return request;
  }

  /** A stream that goes on. */
  open(scope: Scope, path: string, asking: Asking = {}): Promise<Stream> {
    return new Promise((resolve, reject) => {
      const request = this.request(path, asking, (response) => resolve(new Stream(response)));
      request.on("error", reject);
      scope.after(() => request.destroy());
    });
  }
}

/** What has come of an answer so far. */
export class Stream {
  readonly response: http.IncomingMessage;
  text = "";
  isOver = false;

  constructor(response: http.IncomingMessage) {
    this.response = response;
    response.setEncoding("utf8");
    response.on("data", (part: string) => {
      this.text += part;
    });
    response.on("error", () => undefined);
    response.on("close", () => {
      this.isOver = true;
    });
  }

  /** Server-sent events: the data of those of a name. */
  events(name: string): unknown[] {
    return this.text
      .split("\n\n")
      .slice(0, -1)
      .flatMap((block) => {
        const found = /^event: (\w+)\ndata: (.*)$/s.exec(block);
        return found?.[1] === name ? [JSON.parse(found[2] ?? "") as unknown] : [];
      });
  }
}

/** What comes back for bytes that no client of HTTP would send. */
export function raw(
  site: TestSite,
  bytes: string | Buffer,
  patienceMs: number = 10_000,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: "127.0.0.1", port: site.port, timeout: patienceMs });
    let text = "";
    socket.on("connect", () => socket.write(bytes));
    socket.on("data", (part) => {
      text += part.toString("latin1");
    });
    socket.on("error", () => resolve(text));
    socket.on("close", () => resolve(text));
    socket.on("timeout", () => {
      socket.destroy();
      reject(new Error(`nothing more came behind: ${text}`));
    });
  });
}

/** Service directories that nobody supervises. */
export function makeTree(
  scope: Scope,
  services: Readonly<Record<string, Readonly<Record<string, string | Buffer>>>>,
): string {
  const tree = join(temporaryDirectory(scope), "service");
  fs.mkdirSync(tree);
  for (const [name, files] of Object.entries(services)) putFiles(join(tree, name), files);
  return tree;
}

export function putFiles(place: string, files: Readonly<Record<string, string | Buffer>>): void {
  fs.mkdirSync(place, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(join(place, name, ".."), { recursive: true });
    fs.writeFileSync(join(place, name), content, { mode: 0o755 });
  }
}
