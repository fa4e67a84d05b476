/** The recipes of docs/commands/svlog.md, run as they are printed. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { labelText } from "../../src/inspect/label-key.ts";
import { ours, peer } from "../support/commands.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const PAGE = new URL("../../../docs/commands/svlog.md", import.meta.url);

function recipes(): string[] {
  const [, chapter = ""] = fs.readFileSync(fileURLToPath(PAGE), "utf8").split("## Ten questions");
  const [body = ""] = chapter.split("\n## ");
  assert.equal(body.match(/^\*\*.*\?\*\*/gm)?.length, 10);
  return [...body.matchAll(/^ {4}(\S.*)$/gm)].map(([, line = ""]) => line);
}

/** Two services; lines of just now and, as the recipes ask for it, of today at half past two. */
function makeServices(scope: Scope): string {
  const services = temporaryDirectory(scope);
  const now = Math.floor(Date.now() / 1000);
  const halfPastTwo = new Date().setUTCHours(14, 29, 30, 0) / 1000;
  const times = [halfPastTwo, now - 2, now - 1].sort((a, b) => a - b);
  const texts = ["500 GET /a 500 1", "error: connection refused", "fatal: out of it 500 x"];
  for (const service of ["web", "mail"]) {
    const log = join(services, service, "log/main");
    fs.mkdirSync(log, { recursive: true });
    const lines = times.flatMap((at, n) =>
      texts.map((text, i) => `${labelText(at + 10, 3 * n + i)} ${text}\n`),
    );
    fs.writeFileSync(join(log, "current"), lines.join(""), { mode: 0o744 });
  }
  return services;
}

/** Runs a recipe; one that does not end by itself, until it has shown something. */
async function run(
  scope: Scope,
  recipe: string,
  services: string,
): Promise<{ out: string; err: string; code: unknown }> {
  const follows = / -f\b/.test(recipe);
  const env = {
    PATH: `${dirname(ours("svlog"))}:${process.env["PATH"]}`,
    SERVICE_DIR: services,
    TZ: "UTC",
  };
  if (!follows) {
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", recipe], { cwd: services, env });
    return { out: String(stdout), err: String(stderr), code: status };
  }
  const child = spawn("/bin/sh", ["-c", recipe.replace("jq -c", "jq --unbuffered -c")], {
    cwd: services,
    env,
    detached: true,
  });
  scope.after(() => process.kill(-(child.pid ?? 0), "SIGKILL"));
  let [out, err] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => (out += String(bytes)));
  child.stderr.on("data", (bytes: Buffer) => (err += String(bytes)));
  await until(`something from ${recipe}`, () => out !== "" || err !== "");
  return { out, err, code: 0 };
}

for (const recipe of recipes()) {
  const skip = recipe.includes("jq") ? peer("jq").skip : false;
  test(`\`${recipe}\` does what it says`, { skip, timeout: 30_000 }, async (t) => {
    const services = makeServices(t);
    const place = join(services, "place");
    let own = recipe.replace("/var/lib/watch/place", place);
    if (recipe.includes("--account")) {
      // Of a log that multilog itself has written.
      const log = join(services, "web/log");
      const script = ["t", `:stats=${log}/stats.json`, `${log}/main`];
      fs.rmSync(join(log, "main"), { recursive: true });
      const { status } = spawnSync(ours("multilog"), script, { input: "one\ntwo\n" });
      assert.equal(status, 0);
      own = recipe.replace("/service/web", join(services, "web"));
    }
    const { out, err, code } = await run(t, own, services);
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, recipe.includes("--verify") ? /whole and in order/ : /./);
  });
}
