/** Streams of logs, where they fail. */
import assert from "node:assert/strict";
import fs from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import fastify from "fastify";
import { posix } from "../../../src/posix/index.ts";
import { LogTails } from "../../../src/web/rpc/log-stream.ts";
import { Supervisord } from "../../../src/web/rpc/supervisord.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";
import { FakeTree, siteOf } from "./fake-tree.ts";
import { request } from "./http.ts";

test("our own fault ends a stream and no more, and is told", { timeout: 30_000 }, async (t) => {
  const directory = temporaryDirectory(t);
  fs.writeFileSync(join(directory, "current"), "@400000006b0020530754d4c0 first\n");
  const said: string[] = [];
  const supervisord = new Supervisord(siteOf(new FakeTree(), said), posix);
  let shown = 0;
  supervisord.labels.text = () => {
    // It is counted before it is shown.
    if (shown++ > 0) throw new RangeError("nobody expects this");
    return undefined;
  };
  const app = fastify({ forceCloseConnections: true });
  t.after(() => app.close());
  const tails = new LogTails(supervisord);
  app.get("/", (_, reply) => tails.open(reply, directory));
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  assert.equal((await request(port, "/")).body, "");
  await until("it to be told", () =>
    said.some((line) => /own fault.*RangeError: nobody/.test(line)),
  );
});
