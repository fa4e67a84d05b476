/** An answerer over a tree, asked as clients ask: by XML, and answered so. */
import { posix } from "../../../src/posix/index.ts";
import { Answerer } from "../../../src/web/rpc/answer.ts";
import type { RpcValue } from "../../../src/web/rpc/values.ts";
import type { Site } from "../../../src/web/server/site.ts";
import { type FakeTree, siteOf } from "./fake-tree.ts";
import { readAnswer } from "./xml-answer.ts";
import { callText } from "./xml-text.ts";

export class Asked {
  readonly answerer: Answerer;
  /** What was recorded and warned of. */
  readonly said: string[] = [];

  constructor(tree: FakeTree, more: Partial<Site> = {}) {
    this.answerer = new Answerer(siteOf(tree, this.said, more), posix);
  }

  /** @returns what is answered; a fault as `CODE TEXT` */
  async ask(
    method: string,
    parameters: readonly RpcValue[] = [],
    gone: AbortSignal = new AbortController().signal,
  ): Promise<RpcValue> {
    const call = Buffer.from(callText(method, ...parameters));
    return readAnswer(await this.answerer.answer(call, { who: "somebody", gone }));
  }
}
