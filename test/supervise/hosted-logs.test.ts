/** Logs that are written in threads of this process. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { posix, startThread, type Thread } from "../../src/posix/index.ts";
import type { Attendant, Means } from "../../src/supervise/attendant.ts";
import { HostedLogs } from "../../src/supervise/hosted-logs.ts";
import { Pipe } from "../support/pipe.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;

class Host {
  readonly said: string[] = [];
  readonly threads: Thread[] = [];
  readonly directory: string;
  private readonly logs: HostedLogs;

  constructor(scope: Scope) {
    this.directory = temporaryDirectory(scope);
    const means: Means = {
      posix,
      say: (program, kind, line) => void this.said.push(`${program}: ${kind}: ${line.toString()}`),
      environment: ["PATH=/usr/bin:/bin", "ODD_NAME=x"],
      ignoredSignals: 0n,
      blockedSignals: 0n,
    };
    this.logs = new HostedLogs(means, (...given) => {
      const thread = startThread(...given);
      this.threads.push(thread);
      return thread;
    });
    scope.after(() => {
      for (const thread of this.threads) thread.end();
    });
  }

  open(name: string, script: string, { readEnd }: Pipe): Attendant {
    const directory = join(this.directory, name);
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(join(directory, "script"), script);
    return this.logs.attend({ directory, descriptors: new Map([[0, readEnd]]) });
  }

  read(file: string): string {
    const path = join(this.directory, file);
    return fs.existsSync(path) ? fs.readFileSync(path, "latin1") : "";
  }
}

// One after the other: descriptors of this process are counted.
describe("a hosted log", { concurrency: 1 }, () => {
  test("is written where its script says, beside others in the same thread", {
    timeout,
  }, async (t) => {
    const host = new Host(t);
    const pipes = [new Pipe(t), new Pipe(t)];
    const logs = pipes.map((pipe, at) => host.open(`log${at}`, "# all of it\n\n./main\n", pipe));
    for (const [at, pipe] of pipes.entries()) await pipe.say(`line ${at}\n`);
    for (const pipe of pipes) pipe.end();
    await Promise.all(logs.map(({ ended }) => ended));
    assert.deepEqual(
      [0, 1].map((at) => host.read(`log${at}/main/current`)),
      ["line 0\n", "line 1\n"],
    );
    assert.deepEqual([host.threads.length, host.said], [1, []]);
  });

  test("has processors, started by the process with its environment", { timeout }, async (t) => {
    const host = new Host(t);
    const pipe = new Pipe(t, { large: true });
    const script = "s4096\n!env >>env; wc -c\n./main\n";
    const log = host.open("log", script, pipe);
    const before = children();
    await pipe.say(`${"x".repeat(99)}\n`.repeat(60));
    await until("an archive", () => archives(host).length > 0);
    assert.match(host.read(`log/main/${archives(host)[0]}`), /^\d+\n$/);
    assert.match(host.read("log/main/env"), /^ODD_NAME=x$/m);
    pipe.end();
    await log.ended;
    assert.deepEqual([children(), host.said], [before, []]);
  });

  test("told to stop, leaves what it has not read in the pipe", { timeout }, async (t) => {
    const host = new Host(t);
    const pipe = new Pipe(t);
    const log = host.open("log", "./main\n", pipe);
    await pipe.say("whole\n");
    await pipe.write("part");
    log.stop();
    log.kill();
    await log.ended;
    assert.deepEqual([host.read("log/main/current"), pipe.takeRest()], ["whole\n", "part"]);
  });

  test("whose thread is lost is opened again, with every line", { timeout }, async (t) => {
    const host = new Host(t);
    const pipe = new Pipe(t);
    const before = descriptors();
    const log = host.open("log", "./main\n", pipe);
    await pipe.say("one\n");
    host.threads[0]?.end();
    // It stands in a call that comes back with the next line.
    await pipe.write("two\n");
    await log.ended;
    assert.deepEqual(host.said, ["svscan: warning: a thread of 1 logs is lost: it was ended"]);
    // Those of the thread's waiter are not known to anybody.
    assert.ok(descriptors() <= before + 2);
    const again = host.open("log", "./main\n", pipe);
    await pipe.write("three\n");
    pipe.end();
    await again.ended;
    assert.equal(host.threads.length, 2);
    const files = fs.readdirSync(join(host.directory, "log/main")).sort();
    const kept = files.filter((name) => name.startsWith("@") || name === "current");
    const lines = kept.flatMap((name) => host.read(`log/main/${name}`).split("\n").slice(0, -1));
    assert.deepEqual([...new Set(lines)], ["one", "two", "three"]);
  });

  test("that cannot be opened says why", { timeout }, async (t) => {
    const host = new Host(t);
    const pipe = new Pipe(t);
    const good = host.open("good", "./main\n", pipe);
    const bad = host.open("good", "./main\n", new Pipe(t));
    await bad.ended;
    const told = "unable to lock directory ./main: temporary failure";
    assert.deepEqual(host.said, [`svscan: warning: ${host.directory}/good: ${told}`]);
    const fatal = /unable to read .*\/huge\/script: it is too long/;
    assert.throws(() => host.open("huge", "#".repeat(1 << 17), pipe), fatal);
    pipe.end();
    await good.ended;
  });
});

function archives(host: Host): string[] {
  return fs
    .readdirSync(join(host.directory, "log/main"))
    .filter((name) => name.startsWith("@") && name.endsWith(".s"));
}

function descriptors(): number {
  return fs.readdirSync("/proc/self/fd").length;
}

function children(): string {
  return fs.readFileSync(`/proc/self/task/${process.pid}/children`, "latin1");
}
