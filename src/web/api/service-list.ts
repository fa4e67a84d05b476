/**
 * All services as one text, made once for each state of the tree: it is asked for much oftener than it changes.
 */
import { gzipSync } from "node:zlib";
import type { Tagged } from "../server/tagged.ts";
import { serviceJson } from "../tree/service-json.ts";
import type { ServiceView, Tree } from "../tree/types.ts";

const FASTEST = 1;

export function listJson(views: readonly ServiceView[], at: string): string {
  return `{"at":"${at}","services":[${views.map(serviceJson).join(",")}]}`;
}

export class ServiceList implements Tagged {
  private readonly tree: Pick<Tree, "services">;
  private readonly boot = Date.now().toString(36);
  private count = 0;
  private of: readonly ServiceView[] | undefined;
  private made = Buffer.alloc(0);
  private packedBytes: Buffer | undefined;

  constructor(tree: Pick<Tree, "services">) {
    this.tree = tree;
  }

  /** The same Buffer until something changes. */
  get bytes(): Buffer {
    const views = this.tree.services();
    if (views === this.of) return this.made;
    this.of = views;
    this.count++;
    this.made = Buffer.from(listJson(views, new Date().toISOString()));
    this.packedBytes = undefined;
    return this.made;
  }

  get packed(): Buffer {
    const { bytes } = this;
    this.packedBytes ??= gzipSync(bytes, { level: FASTEST });
    return this.packedBytes;
  }

  /** Names this state of the tree. */
  get tag(): string {
    return this.bytes.length > 0 ? `"${this.boot}-${this.count}"` : "";
  }
}
