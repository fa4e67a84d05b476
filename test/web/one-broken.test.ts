/** What is wrong with one service, or its log, is that service's alone: the others are shown, and nothing ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "../../src/web/api/metrics.ts";
import type { ServiceView } from "../../src/web/index.ts";
import type { Site } from "../../src/web/server/site.ts";
import { ACCOUNT } from "../multilog/accounts.ts";
import { SLEEPER } from "../supervise/against-c/scanned.ts";
import { makeTree, TestSite } from "./site.ts";

const LOGGED = { run: SLEEPER, "log/script": ":stats=account\n./main\n", "log/main/current": "" };

test("an account that is none is not shown, and those of the others are", async (t) => {
  const account = (changed: object): string => JSON.stringify({ ...ACCOUNT, ...changed });
  const tree = makeTree(t, {
    unsaid: { ...LOGGED, "log/account": account({ stalled: { seconds: 0 } }) },
    less: { ...LOGGED, "log/account": account({ read: { lines: -5, bytes: 0 } }) },
    well: { ...LOGGED, "log/account": account({}) },
  });
  const site = await TestSite.start(t, [tree]);
  site.tree.refresh();
  const lines = (name: string): unknown => site.tree.service(name)?.log?.lines;
  assert.deepEqual(["unsaid", "less", "well"].map(lines), [null, null, 3]);
  const metrics = await site.ask("/metrics");
  assert.match(metrics.text, /^timberline_log_lines_total\{service="well"\} 3$/m);
});

test("what no counter takes is left out of the metrics", async (t) => {
  const site = await TestSite.start(t, [makeTree(t, { web: LOGGED, odd: LOGGED })]);
  const views = site.tree.services().map((view) => ({
    ...view,
    log: view.log && { ...view.log, lines: view.name === "odd" ? -5 : 7, rotations: Number.NaN },
  }));
  const tree = { services: (): readonly ServiceView[] => views, deaths: () => [] };
  const text = await new Metrics({ tree, version: "1" } as unknown as Site).text();
  assert.match(text, /^timberline_log_lines_total\{service="web"\} 7$/m);
  assert.doesNotMatch(text, /log_lines_total\{service="odd"|rotations_total\{/);
});
