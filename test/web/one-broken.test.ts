/** What is wrong with one service, or its log, is that service's alone: the others are shown, and nothing ends. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { fromUnixNanos } from "../../src/tai64/index.ts";
import { Metrics } from "../../src/web/api/metrics.ts";
import type { ServiceView } from "../../src/web/index.ts";
import type { Site } from "../../src/web/server/site.ts";
import { ACCOUNT } from "../multilog/accounts.ts";
import { SLEEPER } from "../supervise/against-c/scanned.ts";
import type { Scope } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { viewOf } from "./rpc/fake-tree.ts";
import { readAnswer } from "./rpc/xml-answer.ts";
import { callText } from "./rpc/xml-text.ts";
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

test("deaths are counted by the service that died, whatever its name was", async () => {
  const died = (seconds: number) => ({
    at: fromUnixNanos(BigInt(seconds) * 1_000_000_000n),
    unstarted: "EACCES",
  });
  const view = viewOf("web", { directory: "/two/web" });
  const state = { view, deaths: [died(200)] };
  const tree = { services: () => [state.view], deaths: () => state.deaths };
  const metrics = new Metrics({ tree, version: "1" } as unknown as Site);
  const counted = async (): Promise<string | undefined> =>
    /^timberline_service_deaths_total\{.*\} (\d+)$/m.exec(await metrics.text())?.[1];
  assert.equal(await counted(), "1");
  state.view = { ...view, directory: "/one/web" };
  // Longer ago than those of the other.
  state.deaths = [died(50), died(60), died(70)];
  assert.equal(await counted(), "3");
});

const FILES = [
  "run down env user group limits exit-codes after timeout-kill",
  "supervise supervise/ok supervise/status supervise/deaths supervise/phase supervise/ready",
  "supervise/control log log/script log/main log/main/current log/account",
].flatMap((names) => names.split(" "));

/** What nobody expects of a file. */
const KINDS: Readonly<Record<string, (scope: Scope, path: string) => Promise<void> | void>> = {
  dir: (_, path) => fs.mkdirSync(path),
  loop: (_, path) => fs.symlinkSync(path, path),
  sock: async (scope, path) => {
    const server = net.createServer().listen(path);
    scope.after(() => void server.close());
    await until("it to listen", () => server.listening);
  },
};

/** Services of which a supervisor says that it has them, and one in each that breaks. */
async function makeBroken(scope: Scope): Promise<{ tree: string; names: string[] }> {
  const cases = FILES.flatMap((file) => Object.keys(KINDS).map((kind) => ({ file, kind })));
  const nameOf = ({ file, kind }: { file: string; kind: string }): string =>
    `${file.replaceAll("/", "-")}.${kind}`;
  const parts = { ...LOGGED, "supervise/status": Buffer.alloc(18), "log/account": "{}" };
  const names = ["well", ...cases.map(nameOf)];
  const tree = makeTree(scope, Object.fromEntries(names.map((name) => [name, parts])));
  const oks = names.map((name) => join(tree, name, "supervise/ok"));
  assert.equal(spawnSync("mkfifo", oks).status, 0);
  const held = oks.map((ok) => fs.openSync(ok, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK));
  scope.after(() => held.forEach((fd) => fs.closeSync(fd)));
  for (const one of cases) {
    const path = join(tree, nameOf(one), one.file);
    fs.rmSync(path, { recursive: true, force: true });
    await KINDS[one.kind]?.(scope, path);
  }
  return { tree, names: names.sort() };
}

test("whatever a file of a service is, that service is answered for, and all others", {
  timeout: 60_000,
}, async (t) => {
  const { tree, names } = await makeBroken(t);
  const site = await TestSite.start(t, [tree]);
  site.tree.refresh();
  assert.deepEqual(
    site.tree.services().map(({ name }) => name),
    names,
  );
  const bad: string[] = [];
  for (const name of names) {
    const paths = [`/api/services/${name}`, `/api/services/${name}/log`];
    for (const path of [...paths, `/api/services/${name}/log?stream=stderr`]) {
      const { status, text } = await site.ask(path);
      if (status >= 500) bad.push(`${path}: ${status} ${text}`);
    }
  }
  assert.deepEqual(bad, []);
  assert.equal((await site.ask("/metrics")).status, 200);
  for (const method of ["supervisor.getAllConfigInfo", "supervisor.getAllProcessInfo"]) {
    const answer = await site.ask("/RPC2", {
      method: "POST",
      headers: { "content-type": "text/xml" },
      body: callText(method),
    });
    const known = readAnswer(answer.text) as { readonly name: string }[];
    assert.deepEqual(known.map(({ name }) => name).sort(), names, method);
  }
  // What is wrong is said.
  const details = async (name: string): Promise<string> =>
    (await site.ask(`/api/services/${name}`)).text;
  assert.match(await details("user.loop"), /"it cannot be read: symbolic link loop"/);
  assert.match(await details("log-script.loop"), /"mistake: the script cannot be read: /);
  assert.match(await details("supervise-status.dir"), /"error":"unable to /);
  // And spoils nothing else of it.
  const group = site.tree.service("group.dir");
  assert.deepEqual([group?.state, group?.group === null], ["down", true]);
  assert.match(group?.error ?? "", /^unable to read group: /);
});
