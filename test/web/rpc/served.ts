/** A directory of services, and a server for it in this process: on a unix socket, and on TCP. */
import fs from "node:fs";
import { join } from "node:path";
import { posix } from "../../../src/posix/index.ts";
import { type ServeOptions, type Serving, serve } from "../../../src/web/index.ts";
import { LiveTree } from "../../../src/web/tree/live-tree.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

/** What a test offers for tidying up, in the order in which it is asked. */
interface Scope {
  after(tidy: () => void | Promise<void>): void;
}

export class Served {
  readonly directory: string;
  readonly services: string;
  readonly said: string[] = [];
  readonly socket: string;
  /** Of the loopback address. */
  port = 0;
  private readonly servings: Serving[] = [];
  private tree: LiveTree | undefined;

  private constructor(directory: string) {
    this.directory = directory;
    this.services = join(directory, "services");
    this.socket = join(directory, "socket");
  }

  /** @param fill  makes the services, before anybody looks */
  static async over(
    scope: Scope,
    fill: (served: Served) => void | Promise<void>,
    more: Partial<ServeOptions> = {},
  ): Promise<Served> {
    let served: Served | undefined;
    scope.after(() => served?.close());
    served = new Served(temporaryDirectory(scope));
    fs.mkdirSync(served.services, { recursive: true });
    await fill(served);
    await served.open(more);
    return served;
  }

  private async open(more: Partial<ServeOptions>): Promise<void> {
    const tree = new LiveTree(posix, {
      directories: [this.services],
      record: (who, words) => this.said.push(`${who}: ${words}`),
    });
    this.tree = tree;
    const say = (line: string): void => void this.said.push(line);
    for (const listen of [{ path: this.socket }, { host: "127.0.0.1", port: 0 }])
      this.servings.push(await serve({ posix, tree, listen, version: "1.2.3", say, ...more }));
    this.port = Number(new URL(this.servings[1]?.address ?? "").port);
  }

  private async close(): Promise<void> {
    await Promise.all(this.servings.map((serving) => serving.close()));
    this.tree?.close();
  }
}
