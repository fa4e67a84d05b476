/** The JSON of the API, over trees with and without supervisors. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { Scanned, SLEEPER } from "../supervise/against-c/scanned.ts";
import { until } from "../support/until.ts";
import { CHANGING, makeTree, TestSite } from "./site.ts";

const timeout = 60_000;

interface Outcomes {
  readonly outcomes: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly words: string;
    readonly reached: boolean | null;
  }[];
}

interface Listed {
  readonly services: readonly { readonly name: string; readonly state: string }[];
}

describe("the API", { concurrency: 2 }, () => {
  test("services are told what to do by name, glob and group, and the outcome is answered", {
    timeout,
  }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      web1: { run: SLEEPER, group: "web\n" },
      web2: { run: SLEEPER, group: "web\n" },
      db: { run: SLEEPER, down: "" },
    });
    for (const name of ["web1", "web2"]) await scanned.isUp(name);
    const site = await TestSite.start(t, [scanned.tree]);
    await until("them", () => site.tree.services().every(({ state }) => state !== "unsupervised"));
    const stopped = (await site.post("/api/services/web%2A/stop?wait=20")).json() as Outcomes;
    assert.deepEqual(stopped.outcomes, [
      { name: "web1", ok: true, words: "it is down", reached: true },
      { name: "web2", ok: true, words: "it is down", reached: true },
    ]);
    const started = await site.post("/api/services/web:*/start?wait=20");
    assert.deepEqual(
      (started.json() as Outcomes).outcomes.map(({ reached }) => reached),
      [true, true],
    );
    const order = { names: ["db", "web1", "db"], action: "once" };
    const once = (await site.post("/api/act", order)).json() as Outcomes;
    assert.deepEqual(once.outcomes, [
      { name: "db", ok: true, words: "it was told to once", reached: null },
      { name: "web1", ok: true, words: "it was told to once", reached: null },
    ]);
    await scanned.isUp("db");
    // svscan gives it another supervisor at once.
    const exit = (await site.post("/api/services/db/exit?wait=0.3")).json() as Outcomes;
    const [late] = exit.outcomes;
    assert.deepEqual([late?.reached, late?.words], [false, "not gone after 0.3 seconds"]);
    assert.equal(
      site.said.filter((line) => /^change by 127\.0\.0\.1: stop web[12]: it is down$/.test(line))
        .length,
      2,
    );
  });

  test("two clients at once are both answered, and both are recorded", { timeout }, async (t) => {
    const scanned = new Scanned(t, "ours", { web: { run: SLEEPER } });
    await scanned.isUp("web");
    const site = await TestSite.start(t, [scanned.tree]);
    const both = ["stop", "start", "stop"].map((action) =>
      site.post(`/api/services/web/${action}?wait=1`),
    );
    const answers = await Promise.all(both);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    await until("the last to hold", () => site.tree.service("web")?.state === "down");
    assert.equal(site.said.length, 3);
  });

  test("a service that vanishes while it is waited for is an outcome", { timeout }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      web: { run: "#!/bin/sh\ntrap '' TERM\nwhile :; do sleep 1; done\n" },
    });
    await scanned.isUp("web");
    const site = await TestSite.start(t, [scanned.tree]);
    const stopping = site.post("/api/services/web/stop?wait=1.5");
    await until("the command", () => scanned.status("web")?.want === "down");
    fs.renameSync(scanned.path("web"), join(scanned.tree, "..", "web"));
    const [outcome] = ((await stopping).json() as Outcomes).outcomes;
    assert.deepEqual([outcome?.ok, outcome?.reached], [false, false]);
    await until("it to be gone", () => site.tree.service("web") === undefined);
    assert.equal(await site.refusal("/api/services/web"), "404 no-such-service");
  });

  test("all services are one text until something changes", { timeout }, async (t) => {
    const tree = makeTree(t, { web: { run: SLEEPER, group: "g\n" }, db: { run: SLEEPER } });
    const site = await TestSite.start(t, [tree]);
    const first = await site.ask("/api/services");
    const { services } = first.json() as Listed;
    assert.deepEqual(
      services.map(({ name, state }) => [name, state]),
      [
        ["db", "unsupervised"],
        ["web", "unsupervised"],
      ],
    );
    assert.equal(first.text.includes(tree), false);
    const again = await site.ask("/api/services");
    assert.equal(again.text, first.text);
    const etag = first.headers.etag ?? "";
    assert.equal(
      (await site.ask("/api/services", { headers: { "if-none-match": etag } })).status,
      304,
    );
    fs.writeFileSync(join(tree, "db/group"), "g\n");
    await until("the group", () => site.tree.service("db")?.group === "g");
    const other = await site.ask("/api/services", { headers: { "if-none-match": etag } });
    assert.deepEqual([other.status, other.text === first.text], [200, false]);
    const found = async (query: string): Promise<string> => {
      const listed = (await site.ask(`/api/services?${query}`)).json() as Listed;
      return listed.services.map(({ name }) => name).join(" ");
    };
    assert.deepEqual(
      [await found("glob=w*"), await found("group=g"), await found("glob=d*&group=x")],
      ["web", "db web", ""],
    );
  });

  test("a list that is wanted packed comes packed", async (t) => {
    const site = await TestSite.start(t, [makeTree(t, { web: { run: SLEEPER } })]);
    const packed = await new Promise<Buffer>((resolve) => {
      site.request("/api/services", { headers: { "accept-encoding": "gzip" } }, (response) => {
        assert.equal(response.headers["content-encoding"], "gzip");
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => resolve(Buffer.concat(parts)));
      });
    });
    assert.equal(gunzipSync(packed).toString(), (await site.ask("/api/services")).text);
  });

  test("a service is told in words: its files, its script, its deaths", async (t) => {
    const site = await TestSite.start(t, [
      makeTree(t, {
        web: {
          run: SLEEPER,
          down: "",
          after: "db # first\ncache\n",
          backoff: "90000\n",
          "env/SECRET": "hunter2",
          user: "nobody\n",
          "down-signal": "wrong\n",
          notes: "",
          "log/script": "t\n-*debug*\nWeird\n./main\n",
          "supervise/deaths":
            "@400000006b00095226f05663 pid 14007 exit 3 after 12.345\n@400000006b00095326f05663 unstarted EACCES\n",
        },
      }),
    ]);
    const answer = await site.ask("/api/services/web");
    const { files, script, deaths } = answer.json() as {
      files: { name: string; says: string }[];
      script: string[];
      deaths: Record<string, unknown>[];
    };
    const says = Object.fromEntries(files.map(({ name, says: words }) => [name, words]));
    assert.equal(says["after"], "it is started when these are up: db, cache");
    assert.equal(says["env"], "variables for run: SECRET");
    assert.equal(says["backoff"], "while it keeps dying it waits before a start, up to 90 seconds");
    assert.equal(says["notes"], "nothing to the supervisor");
    assert.match(says["!"] ?? "", /invalid down-signal/);
    assert.equal(answer.text.includes("hunter2"), false);
    assert.match(
      script.join("\n"),
      /Lines that do not match .*debug.* go to the log directory \.\/main/,
    );
    assert.match(script.join("\n"), /mistake: unknown action Weird/);
    assert.deepEqual(
      deaths.map(({ label, words, code, unstarted }) => [label, words, code, unstarted]),
      [
        ["@400000006b00095226f05663", "exit code 3, after 12 seconds", 3, undefined],
        ["@400000006b00095326f05663", "run could not be started: EACCES", undefined, "EACCES"],
      ],
    );
  });

  test("what is asked wrongly is refused in words, each with its status", async (t) => {
    const site = await TestSite.start(t, [makeTree(t, { web: { run: SLEEPER } })]);
    const json = { "content-type": "application/json" };
    const post = (body: string | Buffer, headers: Record<string, string> = json) => ({
      method: "POST",
      headers,
      body,
    });
    const cases: [string, string, Parameters<TestSite["ask"]>[1]?][] = [
      ["404 no-such-service", "/api/services/nix"],
      ["404 no-such-service", "/api/services/..%2F..%2Fetc"],
      ["404 no-such-service", "/api/services/nix*/stop", { method: "POST", headers: CHANGING }],
      ["404 no-such-service", "/api/act", post('{"names":["web","nix"],"action":"stop"}')],
      ["400 bad-request", "/api/services/web/explode", { method: "POST", headers: CHANGING }],
      ["400 bad-request", "/api/services/web/stop?wait=1e9", { method: "POST", headers: CHANGING }],
      ["400 bad-request", "/api/services/web/stop?wait=x", { method: "POST", headers: CHANGING }],
      ["400 bad-request", "/api/services/web/stop?nix=1", { method: "POST", headers: CHANGING }],
      ["404 not-found", "/api/services/web/stop"],
      ["404 not-found", "/api/nix"],
      ["404 not-found", "/../../etc/passwd"],
      ["404 not-found", "/assets/..%2f..%2fserve.js"],
      ["404 not-found", "/api/services", { method: "DELETE", headers: CHANGING }],
      ["400 bad-json", "/api/act", post("{")],
      ["400 bad-request", "/api/act", post("")],
      ["400 bad-request", "/api/act", post("[]")],
      ["400 bad-request", "/api/act", post('{"names":"web","action":5}')],
      ["400 bad-request", "/api/act", post('{"names":[],"action":"stop"}')],
      ["400 bad-json", "/api/act", post('{"names":["web"],"action":"stop","__proto__":{"x":1}}')],
      [
        "415 unknown-content-type",
        "/api/act",
        post("names=web", { ...CHANGING, "content-type": "application/x-www-form-urlencoded" }),
      ],
      [
        "415 unknown-content-type",
        "/api/act",
        post("x", { ...CHANGING, "content-type": "text/plain" }),
      ],
      ["413 body-too-large", "/api/act", post(`"${"x".repeat(70_000)}"`)],
      ["404 no-log", "/api/services/web/log"],
      ["404 no-such-death", "/api/services/web/deaths/@400000006b00095226f05663/log"],
      ["400 bad-request", "/api/services/%FF"],
    ];
    for (const [expected, path, asking] of cases)
      assert.equal(await site.refusal(path, asking), expected, `${path} ${String(asking?.body)}`);
    assert.deepEqual(site.said, []);
  });

  test("the document of the API has each route that there is, and no other", async (t) => {
    const site = await TestSite.start(t, [makeTree(t, { web: { run: SLEEPER } })]);
    const document = (await site.ask("/api/openapi.json")).json() as {
      paths: Record<string, Record<string, { parameters: { name: string; in: string }[] }>>;
      info: { version: string };
    };
    assert.equal(document.info.version, "1.2.3");
    const told = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const real = site.serving.routes
      .filter(({ url }) => /^\/(api\/|metrics|healthz)/.test(url))
      .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, "{$1}")}`);
    assert.deepEqual(told.sort(), real.sort());
    for (const [path, methods] of Object.entries(document.paths))
      for (const { parameters } of Object.values(methods)) {
        const named = parameters.filter((one) => one.in === "path").map(({ name }) => `{${name}}`);
        assert.deepEqual(path.match(/\{\w+\}/g) ?? [], named, path);
      }
  });

  test("answers have the shape that the document promises", { timeout }, async (t) => {
    const scanned = new Scanned(t, "ours", {
      web: { run: "#!/bin/sh\necho hello\nexit 1\n" },
      "web/log": { script: "t\n:stats=account\n./main\n" },
    });
    const site = await TestSite.start(t, [scanned.tree]);
    t.after(site.tree.watch(() => undefined));
    await until("a death", () => site.tree.deaths("web").length > 0);
    await until("its log", () => (site.tree.service("web")?.log?.lines ?? 0) > 0);
    const document = (await site.ask("/api/openapi.json")).json() as Document;
    const shapeOf = (path: string, method: string): Schema => {
      const [content] = Object.values(
        document.paths[path]?.[method]?.responses["200"].content ?? {},
      );
      return content?.schema ?? {};
    };
    const [death] = site.tree.deaths("web");
    assert.ok(death);
    const log = (await site.ask("/api/services/web/log?last=1")).text;
    const cases: [string, string, unknown][] = [
      ["/api/services", "get", (await site.ask("/api/services")).json()],
      ["/api/services/{name}", "get", (await site.ask("/api/services/web")).json()],
      ["/api/services/{name}/{action}", "post", (await site.post("/api/services/web/hup")).json()],
      ["/api/act", "post", (await site.post("/api/act", { names: ["web"], action: "hup" })).json()],
      ["/api/me", "get", (await site.ask("/api/me")).json()],
      ["/healthz", "get", (await site.ask("/healthz")).json()],
      ["/api/services/{name}/log", "get", JSON.parse(log)],
    ];
    for (const [path, method, value] of cases)
      assert.deepEqual(misfits(shapeOf(path, method), value, document), [], path);
  });

  test("numbers for monitoring: states, deaths by kind, logs", { timeout }, async (t) => {
    const line = (label: string, rest: string): string =>
      `@400000006b0009522${label}000000 ${rest}\n`;
    const site = await TestSite.start(t, [
      makeTree(t, {
        'we"b': {
          run: SLEEPER,
          "supervise/deaths": [
            line("0", "pid 1 exit 3 after 1.000"),
            line("1", "pid 2 exit 0 after 1.000"),
            line("2", "pid 3 signal SIGTERM after 1.000 asked"),
            line("3", "pid 4 signal SIGSEGV after 1.000 core given-up"),
            line("4", "unstarted EACCES"),
            line("5", "pid 5 unknown after 1.000"),
          ].join(""),
          "log/script": "./main\n",
          "log/main/current": "hello\n",
        },
      }),
    ]);
    await until("its log", () => site.tree.service('we"b')?.log?.bytes === 6);
    const answer = await site.ask("/metrics");
    assert.match(answer.headers["content-type"] ?? "", /^text\/plain; version=0\.0\.4/);
    const has = (text: string): void =>
      assert.ok(answer.text.includes(`\ntimberline_${text}\n`), text);
    has('services{state="unsupervised"} 1');
    for (const cause of ["failure", "success", "asked", "signal", "unstarted", "unknown"])
      has(`service_deaths_total{service="we\\"b",cause="${cause}"} 1`);
    has('service_restarts_total{service="we\\"b"} 3');
    has('log_bytes{service="we\\"b"} 6');
    // Asked again, nothing is counted twice.
    assert.equal((await site.ask("/metrics")).text, answer.text);
  });

  test("health is that the tree can be read", async (t) => {
    const tree = makeTree(t, { web: { run: SLEEPER } });
    const site = await TestSite.start(t, [tree]);
    assert.deepEqual((await site.ask("/healthz")).json(), { ok: true });
    fs.rmSync(tree, { recursive: true });
    assert.equal(await site.refusal("/healthz"), "503 no-tree");
  });
});

interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly $ref?: string;
}

interface Document {
  readonly paths: Record<
    string,
    Record<string, { responses: { "200": { content: Record<string, { schema: Schema }> } } }>
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Where a value is not as a schema has it. */
function misfits(schema: Schema, value: unknown, document: Document, at: string = ""): string[] {
  if (schema.$ref !== undefined)
    return misfits(
      document.components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {},
      value,
      document,
      at,
    );
  const types = schema.type === undefined ? [] : [schema.type].flat();
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  const isType =
    types.length === 0 || types.includes(type) || (type === "number" && types.includes("integer"));
  if (!isType || (schema.enum !== undefined && !schema.enum.includes(value)))
    return [`${at}: ${type} ${String(value)}`];
  if (Array.isArray(value) && schema.items !== undefined)
    return value.flatMap((item, n) => misfits(schema.items ?? {}, item, document, `${at}[${n}]`));
  if (type !== "object" || schema.properties === undefined) return [];
  const fields = value as Record<string, unknown>;
  return [
    ...(schema.required ?? [])
      .filter((name) => !(name in fields))
      .map((name) => `${at}.${name} is missing`),
    ...Object.entries(fields).flatMap(([name, one]) => {
      const part = schema.properties?.[name];
      return part === undefined
        ? [`${at}.${name} is not known`]
        : misfits(part, one, document, `${at}.${name}`);
    }),
  ];
}
