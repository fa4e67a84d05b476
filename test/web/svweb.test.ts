/** The command svweb. */
// Not tested: an address of a network other than this machine's own.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { SLEEPER } from "../supervise/against-c/scanned.ts";
import { ours } from "../support/commands.ts";
import { Running } from "../support/running.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { makeTree } from "./site.ts";

const timeout = 60_000;
const CLEAN = { code: 0, signal: null };

class Web {
  readonly running: Running;

  constructor(scope: Scope, words: readonly string[], cwd: string = temporaryDirectory(scope)) {
    this.running = new Running(scope, ours("svweb"), words, { cwd });
  }

  /** Where it listens. */
  async address(): Promise<string> {
    await this.running.says(/listening on .*\n/);
    return /listening on (.*)\n/.exec(this.running.stderr)?.[1] ?? "";
  }
}

async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(url, { headers });
  await response.arrayBuffer();
  return response.status;
}

function run(args: readonly string[], input: string = ""): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(ours("svweb"), args, {
    input,
    encoding: "utf8",
    timeout,
    env: { PATH: "/usr/bin:/bin" },
  });
  return { code: status, said: stdout + stderr };
}

describe("svweb", { concurrency: 2 }, () => {
  test("serves scan directories until TERM, which ends streams too", { timeout }, async (t) => {
    const tree = makeTree(t, {
      web: { run: SLEEPER, "log/script": "./main\n", "log/main/current": "hello\n" },
    });
    const web = new Web(t, ["--listen", "127.0.0.1:0", tree]);
    const address = await web.address();
    assert.match(address, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
    const listed = (await (await fetch(`${address}/api/services`)).json()) as {
      services: { name: string }[];
    };
    assert.deepEqual(
      listed.services.map(({ name }) => name),
      ["web"],
    );
    assert.equal(
      await (await fetch(`${address}/api/services/web/log?grep=hel&format=text`)).text(),
      "hello\n",
    );
    const streams = ["/api/events", "/api/services/web/log?follow=1&format=sse"].map((path) =>
      fetch(address + path),
    );
    const bodies = (await Promise.all(streams)).map((stream) => stream.text());
    assert.deepEqual(await web.running.stop("SIGTERM"), CLEAN);
    for (const text of await Promise.all(bodies))
      assert.ok(text.endsWith("event: end\ndata: {}\n\n"), text.slice(-100));
    assert.equal(web.running.stderr, `svweb: listening on ${address}\n`);
  });

  test("says who changed what, and that a second one is too many", { timeout }, async (t) => {
    const tree = makeTree(t, { web: { run: SLEEPER } });
    const web = new Web(t, ["--listen", "localhost:0", tree]);
    const address = await web.address();
    await fetch(`${address}/api/services/web/start`, {
      method: "POST",
      headers: { "x-timberline": "1" },
    });
    await web.running.says(
      "svweb: change by 127.0.0.1: start web: unable to control web: file does not exist\n",
    );
    const second = run(["--listen", `127.0.0.1:${new URL(address).port}`, tree]);
    assert.deepEqual(
      [second.code, second.said],
      [
        111,
        `svweb: fatal: 127.0.0.1:${new URL(address).port} is in use: another svweb may run there: stop it, or choose another place with --listen or --socket\n`,
      ],
    );
  });

  test("a scan directory that is not there is said, and found when it comes", {
    timeout,
  }, async (t) => {
    const tree = join(temporaryDirectory(t), "late");
    const web = new Web(t, ["--listen", "127.0.0.1:0", tree]);
    const address = await web.address();
    await web.running.says(
      `svweb: warning: unable to read directory ${tree}: file does not exist\n`,
    );
    assert.equal(await statusOf(`${address}/healthz`), 503);
    fs.mkdirSync(join(tree, "web"), { recursive: true });
    await until("the service", async () => (await statusOf(`${address}/api/services/web`)) === 200);
    assert.equal(await statusOf(`${address}/healthz`), 200);
  });

  test("a unix socket is in use as long as it is, and goes with its server", {
    timeout,
  }, async (t) => {
    const place = temporaryDirectory(t);
    const path = join(place, "web.sock");
    const tree = makeTree(t, {});
    const web = new Web(t, ["--socket", path, tree]);
    assert.equal(await web.address(), path);
    assert.equal(fs.statSync(path).mode & 0o777, 0o600);
    const status = await new Promise((resolve) =>
      http.get({ socketPath: path, path: "/healthz" }, (response) => resolve(response.statusCode)),
    );
    assert.equal(status, 200);
    const second = run(["--socket", path, tree]);
    assert.deepEqual([second.code, second.said.includes("is in use")], [111, true]);
    // Killed, it leaves the socket; the next one takes its place.
    web.running.signal("SIGKILL");
    await web.running.ended;
    const next = new Web(t, ["--socket", path, tree]);
    await next.address();
    assert.deepEqual(await next.running.stop("SIGTERM"), CLEAN);
    assert.equal(fs.existsSync(path), false);
  });

  test("a failure that nobody caught is said, and is the end", { timeout }, async (t) => {
    const place = temporaryDirectory(t);
    const bomb = join(place, "bomb.cjs");
    fs.writeFileSync(
      bomb,
      `process.on("SIGUSR2", () => { throw new Error("boom"); });
       process.on("SIGWINCH", () => void Promise.reject(new Error("promised")));`,
    );
    const main = join(ours("svweb"), "../../lib/bin/svweb.cjs");
    const cases = [
      ["SIGUSR2", "boom"],
      ["SIGWINCH", "promised"],
    ] as const;
    for (const [signal, words] of cases) {
      const args = ["--require", bomb, main, "--listen", "127.0.0.1:0", makeTree(t, {})];
      const running = new Running(t, process.execPath, args, { cwd: place });
      await running.says(/listening on .*\n/);
      assert.deepEqual(await running.stop(signal), { code: 101, signal: null });
      assert.match(
        running.stderr,
        new RegExp(`svweb: fatal: our own fault, please report it: Error: ${words}\n`),
      );
    }
  });

  test("no more connect than half of the descriptors are for", { timeout }, async (t) => {
    const limited = ["-c", 'ulimit -n 200; exec "$0" "$@"', ours("svweb")];
    const words = [...limited, "--listen", "127.0.0.1:0", makeTree(t, {})];
    const running = new Running(t, "/bin/sh", words, { cwd: temporaryDirectory(t) });
    await running.says(/listening on .*\n/);
    const { port } = new URL(/listening on (.*)\n/.exec(running.stderr)?.[1] ?? "");
    const sockets = Array.from({ length: 150 }, () => net.connect(Number(port), "127.0.0.1"));
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    let refused = 0;
    for (const socket of sockets) {
      socket.on("error", () => undefined);
      socket.on("close", () => refused++);
    }
    await until("those that are too many", () => refused === 50);
    const served = sockets.filter((socket) => !socket.destroyed);
    served[99]?.end("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    const [answer] = (await once(served[99] as net.Socket, "data")) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 200 /);
    assert.deepEqual(await running.stop("SIGTERM"), CLEAN);
  });

  test("an address that others can reach needs users", { timeout }, async (t) => {
    const tree = makeTree(t, {});
    for (const address of ["*:0", "0.0.0.0:0", "[::]:0"]) {
      const refused = run(["--listen", address, tree]);
      assert.equal(refused.code, 100);
      assert.match(
        refused.said,
        /^svweb: fatal: others can reach .*: make a file of users with svweb passwd FILE NAME, and give --users FILE\n$/,
      );
    }
    const users = join(temporaryDirectory(t), "users");
    assert.equal(
      run(["passwd", users, "admin"], "correct horse\n").said,
      `${users}: admin added\n`,
    );
    assert.equal(fs.statSync(users).mode & 0o777, 0o600);
    const web = new Web(t, [
      "--listen",
      "0.0.0.0:0",
      "--users",
      users,
      "--host",
      "box.example",
      tree,
    ]);
    const address = (await web.address()).replace("0.0.0.0", "127.0.0.1");
    assert.equal(await statusOf(`${address}/api/me`), 401);
    const authorization = `Basic ${Buffer.from("admin:correct horse").toString("base64")}`;
    assert.equal(await statusOf(`${address}/api/me`, { authorization }), 200);
  });

  test("passwords come from a line, or twice from a terminal that shows nothing", {
    timeout,
  }, async (t) => {
    const place = temporaryDirectory(t);
    const users = join(place, "users");
    assert.equal(
      run(["passwd", users, "one"], "correct horse\nmore\n").said,
      `${users}: one added\n`,
    );
    assert.equal(run(["passwd", users, "two"], "another horse").said, `${users}: two added\n`);
    const before = fs.readFileSync(users, "utf8");
    assert.equal(run(["passwd", users, "one"], "battery staple\n").said, `${users}: one changed\n`);
    const after = fs.readFileSync(users, "utf8");
    assert.deepEqual(
      [after.split("\n").length, after.includes(before.split("\n")[1] ?? "?"), after === before],
      [3, true, false],
    );
    assert.doesNotMatch(after, /horse|staple/);
    const cases: [string[], string, RegExp][] = [
      [["passwd", users, "one"], "short\n", /from 8 to 256 characters/],
      [["passwd", users, "one"], "", /from 8 to 256 characters/],
      [["passwd", users, "a:b"], "correct horse\n", /has no colon/],
      [["passwd", users], "", /usage: svweb passwd FILE NAME/],
      [["passwd", join(place, "no/users"), "one"], "correct horse\n", /unable to/],
    ];
    for (const [args, input, expected] of cases) {
      const { code, said } = run(args, input);
      assert.match(said, expected);
      assert.ok(code === 100 || code === 111);
    }
    assert.equal(fs.readFileSync(users, "utf8"), after);
    fs.chmodSync(users, 0o640);
    assert.match(
      run(["passwd", users, "one"], "correct horse\n").said,
      /others may read or write it: chmod 600 it/,
    );
  });

  test("on a terminal nothing that is typed is shown", {
    timeout,
    skip: fs.existsSync("/usr/bin/script")
      ? false
      : "script(1) is not installed: there is no terminal to be had",
  }, async (t) => {
    const users = join(temporaryDirectory(t), "users");
    const command = `${ours("svweb")} passwd ${users} admin`;
    const child = spawn("/usr/bin/script", ["-qec", command, "/dev/null"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    t.after(() => child.kill("SIGKILL"));
    let seen = "";
    child.stdout.on("data", (part) => {
      seen += String(part);
    });
    await until("the question", () => seen.includes("password for admin: "));
    child.stdin.write("correct horsX\u007fe\r");
    await until("the second", () => seen.includes("once more: "));
    child.stdin.write("correct horse\r");
    await until("the end", () => seen.includes("admin added"));
    assert.doesNotMatch(seen, /correct|horse/);
  });

  test("is clear about words that it does not know", async () => {
    const cases: [string[], RegExp][] = [
      [["--nix"], /^svweb: error: unknown option '--nix'; svweb --help says more\n$/],
      [["--listen", "nowhere"], /Say it as 127\.0\.0\.1:9001/],
      [["--listen", "127.0.0.1:1", "--socket", "/x"], /are two places: give one of them/],
      [["--users", "/no-such-directory/users"], /there is no such file: make it with svweb passwd/],
    ];
    for (const [args, expected] of cases) {
      const { code, said } = run(args);
      assert.match(said, expected);
      assert.equal(code, 100);
    }
    const help = run(["--help"]);
    assert.equal(help.code, 0);
    for (const option of ["--listen", "--socket", "--users", "--host", "--read-only", "passwd"])
      assert.ok(help.said.includes(option), option);
  });
});
