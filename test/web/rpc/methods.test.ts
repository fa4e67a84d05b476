/** Methods by themselves: arguments, faults, names; what waits, and what comes while it does. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { SystemFailure } from "../../../src/posix/index.ts";
import { fromUnixNanos } from "../../../src/tai64/index.ts";
import { Forbidden } from "../../../src/web/rpc/answer.ts";
import type { RpcStruct, RpcValue } from "../../../src/web/rpc/values.ts";
import { Gone } from "../../../src/web/rpc/waiting.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";
import { Asked } from "./asked.ts";
import { DOWN, FakeTree, viewOf } from "./fake-tree.ts";

const OK = { status: 80, description: "OK" };

/** A directory with a `run` that could be started. */
function startable(t: TestContext): { readonly directory: string } {
  const directory = temporaryDirectory(t);
  fs.writeFileSync(join(directory, "run"), "", { mode: 0o755 });
  return { directory };
}

function several(): FakeTree {
  return new FakeTree(
    viewOf("web"),
    viewOf("down", DOWN),
    viewOf("p1", { group: "grp" }),
    viewOf("p0", { group: "grp", pid: 200 }),
    viewOf("a:b"),
  );
}

const FAULTS: readonly (readonly [method: string, given: readonly RpcValue[], fault: string])[] = [
  ["supervisor.nope", [], "1 UNKNOWN_METHOD"],
  ["nope", [], "1 UNKNOWN_METHOD"],
  ["a.b.c", [], "1 UNKNOWN_METHOD"],
  ["supervisor._tree", [], "1 UNKNOWN_METHOD"],
  ["__proto__", [], "1 UNKNOWN_METHOD"],
  ["supervisor.getState", ["x"], "2 INCORRECT_PARAMETERS"],
  ["supervisor.startProcess", [], "2 INCORRECT_PARAMETERS"],
  ["supervisor.startProcess", [["web"]], "2 INCORRECT_PARAMETERS"],
  ["supervisor.startProcess", ["web", "yes"], "2 INCORRECT_PARAMETERS"],
  ["supervisor.startProcess", ["web", true, 1], "2 INCORRECT_PARAMETERS"],
  ["supervisor.readProcessLog", ["web", "0", 0], "2 INCORRECT_PARAMETERS"],
  ["supervisor.readProcessLog", ["web", 0.5, 0], "2 INCORRECT_PARAMETERS"],
  ["system.multicall", ["x"], "2 INCORRECT_PARAMETERS"],
  ["system.methodHelp", ["nope"], "4 SIGNATURE_UNSUPPORTED"],
  ["system.methodSignature", ["supervisor.nope"], "4 SIGNATURE_UNSUPPORTED"],
  ["supervisor.getProcessInfo", ["nope"], "10 BAD_NAME: nope"],
  ["supervisor.getProcessInfo", ["p0"], "10 BAD_NAME: p0"],
  ["supervisor.getProcessInfo", ["grp"], "10 BAD_NAME: grp"],
  ["supervisor.getProcessInfo", ["grp:*"], "10 BAD_NAME: grp:*"],
  ["supervisor.getProcessInfo", ["grp:p9"], "10 BAD_NAME: grp:p9"],
  ["supervisor.getProcessInfo", ["grp:p0:x"], "10 BAD_NAME: grp:p0:x"],
  ["supervisor.getProcessInfo", [""], "10 BAD_NAME: "],
  ["supervisor.getProcessInfo", [":"], "10 BAD_NAME: :"],
  ["supervisor.getProcessInfo", ["*"], "10 BAD_NAME: *"],
  ["supervisor.getProcessInfo", ["../web"], "10 BAD_NAME: ../web"],
  ["supervisor.startProcess", ["none:*"], "10 BAD_NAME: none:*"],
  ["supervisor.startProcess", [5], "10 BAD_NAME: 5"],
  ["supervisor.startProcess", ["web"], "20 NO_FILE: can't find command '/none/web/run'"],
  ["supervisor.startProcessGroup", ["none"], "10 BAD_NAME: none"],
  ["supervisor.stopProcess", ["down"], "70 NOT_RUNNING: down"],
  ["supervisor.stopProcess", ["nope"], "10 BAD_NAME: nope"],
  ["supervisor.signalProcess", ["web", "NOPE"], "11 BAD_SIGNAL: NOPE"],
  ["supervisor.signalProcess", ["web", "99"], "11 BAD_SIGNAL: 99"],
  ["supervisor.signalProcess", ["web", "SEGV"], "11 BAD_SIGNAL: SEGV"],
  ["supervisor.signalProcess", ["web", "constructor"], "11 BAD_SIGNAL: constructor"],
  ["supervisor.signalProcess", ["down", "HUP"], "70 NOT_RUNNING: down"],
  ["supervisor.readProcessStdoutLog", ["web", 0, 0], "20 NO_FILE: web"],
  ["supervisor.readLog", [0, 0], "20 NO_FILE"],
  ["supervisor.clearLog", [], "20 NO_FILE"],
  ["supervisor.clearProcessLogs", ["grp:*"], "10 BAD_NAME: grp:*"],
  ["supervisor.sendProcessStdin", ["web", "x"], "20 NO_FILE: web"],
  ["supervisor.sendProcessStdin", ["down", "x"], "70 NOT_RUNNING: down"],
  ["supervisor.sendProcessStdin", ["web", true], "2 INCORRECT_PARAMETERS"],
  ["supervisor.addProcessGroup", ["web"], "90 ALREADY_ADDED: web"],
  ["supervisor.addProcessGroup", ["nope"], "10 BAD_NAME: nope"],
  ["supervisor.removeProcessGroup", ["web"], "91 STILL_RUNNING: web"],
  ["supervisor.removeProcessGroup", ["nope"], "10 BAD_NAME: nope"],
];

test("each mistake has its fault, and the text that Supervisor's has", async () => {
  const tree = several();
  tree.set("web", { directory: "/none/web" });
  const asked = new Asked(tree);
  for (const [method, given, fault] of FAULTS)
    assert.equal(await asked.ask(method, given), fault, `${method} ${JSON.stringify(given)}`);
  assert.deepEqual(tree.told, []);
});

test("a process is called by its name, or with that of its group", async () => {
  const asked = new Asked(several());
  const infoOf = async (name: string): Promise<RpcStruct> =>
    (await asked.ask("supervisor.getProcessInfo", [name])) as RpcStruct;
  for (const [name, group, pid] of [
    ["web", "web", 100],
    ["web:web", "web", 100],
    ["grp:p0", "grp", 200],
    ["a:b", "a:b", 100],
  ] as const) {
    const info = await infoOf(name);
    assert.deepEqual([info["group"], info["pid"], info["statename"]], [group, pid, "RUNNING"]);
  }
  const all = (await asked.ask("supervisor.getAllProcessInfo")) as {
    name: string;
    group: string;
  }[];
  const names = all.map(({ group, name }) => `${group} ${name}`);
  assert.deepEqual(names, ["a:b a:b", "down down", "grp p0", "grp p1", "web web"]);
});

test("a process has all of Supervisor's members, in Supervisor's order", async () => {
  const info = await new Asked(several()).ask("supervisor.getProcessInfo", ["web"]);
  const names =
    "name group start stop now state statename spawnerr exitstatus logfile stdout_logfile stderr_logfile pid description";
  assert.equal(Object.keys(info as RpcStruct).join(" "), names);
});

test("system.listMethods names all methods, each with help and a signature", async () => {
  const asked = new Asked(several());
  const names = (await asked.ask("system.listMethods")) as string[];
  assert.deepEqual(names, [...names].sort());
  assert.deepEqual(
    names.map((name) => name.replace(/^supervisor\./, "")),
    METHODS.split(/\s+/),
  );
  for (const name of names) {
    assert.match((await asked.ask("system.methodHelp", [name])) as string, /\.$/, name);
    const types = (await asked.ask("system.methodSignature", [name])) as string[];
    for (const type of types) assert.match(type, /^(string|int|boolean|array|struct)$/);
  }
  const start = await asked.ask("system.methodSignature", ["supervisor.startProcess"]);
  assert.deepEqual(start, ["boolean", "string", "boolean"]);
});

const METHODS = `addProcessGroup clearAllProcessLogs clearLog clearProcessLog clearProcessLogs getAPIVersion
getAllConfigInfo getAllProcessInfo getIdentification getPID getProcessInfo getState getSupervisorVersion getVersion readLog
readMainLog readProcessLog readProcessStderrLog readProcessStdoutLog reloadConfig removeProcessGroup restart
sendProcessStdin sendRemoteCommEvent shutdown signalAllProcesses signalProcess signalProcessGroup startAllProcesses
startProcess startProcessGroup stopAllProcesses stopProcess stopProcessGroup tailProcessLog tailProcessStderrLog
tailProcessStdoutLog system.listMethods system.methodHelp system.methodSignature system.multicall`;

test("system.multicall answers bare values, and a struct for each fault", async () => {
  const calls = [
    { methodName: "supervisor.getVersion" },
    { methodName: "supervisor.getProcessInfo", params: ["nope"] },
    { methodName: "system.multicall", params: [[]] },
    {},
    { methodName: "supervisor.getVersion", params: "x" },
    "x",
    { methodName: "system.methodSignature", params: ["supervisor.getPID"] },
  ];
  const answers = await new Asked(several()).ask("system.multicall", [calls]);
  assert.deepEqual(answers, [
    "3.0",
    { faultCode: 10, faultString: "BAD_NAME: nope" },
    {
      faultCode: 2,
      faultString: "INCORRECT_PARAMETERS: Recursive system.multicall forbidden",
    },
    { faultCode: 2, faultString: "INCORRECT_PARAMETERS: No methodName" },
    { faultCode: 2, faultString: "INCORRECT_PARAMETERS: No methodName" },
    { faultCode: 2, faultString: "INCORRECT_PARAMETERS: No methodName" },
    ["int"],
  ]);
});

/** A service with a log of as many bytes as one call may read. */
function logged(t: TestContext): FakeTree {
  const directory = temporaryDirectory(t);
  fs.writeFileSync(join(directory, "current"), "x".repeat(1 << 20));
  const counted = {
    bytes: null,
    lines: null,
    linesPerSecond: null,
    rotations: null,
    processorFailures: null,
  };
  const stalled = { stalledSeconds: null, stalledWhy: null };
  const log = { kind: "run", directories: [directory], ...counted, ...stalled } as const;
  return new FakeTree(viewOf("web", { log }));
}

test("a log is read up to a megabyte at a time", async (t) => {
  const tree = logged(t);
  const asked = new Asked(tree);
  const read = async (): Promise<string> => {
    const answer = await asked.ask("supervisor.readProcessLog", ["web", 0, 0]);
    return typeof answer === "string" ? answer : "";
  };
  assert.equal((await read()).length, 1 << 20);
  const [directory = ""] = tree.service("web")?.log?.directories ?? [];
  fs.appendFileSync(join(directory, "current"), "x");
  assert.match(await read(), /^30 FAILED: more than 1048576 bytes at a time/);
});

test("system.multicall makes so many calls and no more, and none when it has much to answer", async (t) => {
  const asked = new Asked(logged(t));
  const calls = (count: number, methodName: string, ...params: RpcValue[]): RpcStruct[] =>
    Array.from({ length: count }, () => ({ methodName, params }));
  const version = await asked.ask("system.multicall", [calls(100, "supervisor.getVersion")]);
  assert.equal((version as RpcValue[]).length, 100);
  assert.equal(
    await asked.ask("system.multicall", [calls(101, "supervisor.getVersion")]),
    "3 BAD_ARGUMENTS: more than 100 calls at a time: make fewer",
  );
  const reads = calls(20, "supervisor.readProcessLog", "web", 0, 0);
  const answers = (await asked.ask("system.multicall", [reads])) as RpcValue[];
  assert.deepEqual(
    answers.map((one) => typeof one === "string"),
    [...Array.from({ length: 8 }, () => true), ...Array.from({ length: 12 }, () => false)],
  );
  assert.deepEqual(answers[8], {
    faultCode: 30,
    faultString: "FAILED: not called: the answers before it are long enough",
  });
});

test("what waits to be answered to all callers of system.multicall has a bound, too", async (t) => {
  const tree = logged(t);
  const asked = new Asked(tree);
  let release: () => void = () => undefined;
  const isReleased = new Promise<void>((resolve) => {
    release = resolve;
  });
  let held = 0;
  tree.act = async (name) => {
    held++;
    await isReleased;
    return { name, ok: true, words: "", reached: null };
  };
  const read = { methodName: "supervisor.readProcessLog", params: ["web", 0, 0] };
  const signal = { methodName: "supervisor.signalProcess", params: ["web", "HUP"] };
  const reads = (count: number): RpcStruct[] => Array.from({ length: count }, () => read);
  const answered = async (): Promise<number> => {
    const answers = await asked.ask("system.multicall", [reads(10)]);
    return (answers as RpcValue[]).filter((one) => typeof one === "string").length;
  };
  // Seven megabytes each, and none of them is done.
  const waiting = Array.from({ length: 4 }, () =>
    asked.ask("system.multicall", [[...reads(7), signal]]),
  );
  await until("all to wait", () => held === waiting.length);
  assert.equal(await answered(), 4);
  release();
  for (const answers of await Promise.all(waiting)) assert.equal((answers as RpcValue[])[7], true);
  assert.equal(await answered(), 8);
});

test("others have their turn between the calls of system.multicall, and who goes is seen", async () => {
  const tree = several();
  const gone = new AbortController();
  tree.onAct = () => {
    // As the end of a connection is heard of: in a turn of its own.
    setImmediate(() => gone.abort());
    return undefined;
  };
  const call = { methodName: "supervisor.signalProcess", params: ["web", "HUP"] };
  const calls = Array.from({ length: 50 }, () => call);
  await assert.rejects(new Asked(tree).ask("system.multicall", [calls], gone.signal), Gone);
  assert.ok(tree.told.length <= 2, `${tree.told.length} were made`);
  // Also where many call at once: one call of all in each turn.
  let turns = 0;
  const count = (): void => {
    turns++;
    turning = setImmediate(count);
  };
  let turning = setImmediate(count);
  const version = [Array.from({ length: 5 }, () => ({ methodName: "supervisor.getVersion" }))];
  const asked = new Asked(tree);
  await Promise.all(Array.from({ length: 10 }, () => asked.ask("system.multicall", version)));
  clearImmediate(turning);
  assert.ok(turns >= 45, `${turns} turns for 50 calls`);
});

test("signals go by what svc calls them, names and numbers alike; 0 goes nowhere", async () => {
  const tree = several();
  const asked = new Asked(tree);
  for (const signal of ["HUP", "sigusr1", "15", 9, "0", "STOP"])
    assert.equal(await asked.ask("supervisor.signalProcess", ["web", signal]), true);
  assert.deepEqual(tree.told, ["hup web", "usr1 web", "term web", "kill web", "pause web"]);
  const results = await asked.ask("supervisor.signalProcessGroup", ["grp", "NOPE"]);
  const bad = { status: 11, description: "BAD_SIGNAL: NOPE" };
  assert.deepEqual(results, [
    { name: "p0", group: "grp", ...bad },
    { name: "p1", group: "grp", ...bad },
  ]);
});

test("of a group and of all those have their turn that are eligible, and no other is answered for", async () => {
  const tree = several();
  const asked = new Asked(tree);
  assert.deepEqual(await asked.ask("supervisor.startProcess", ["grp:*"]), []);
  assert.deepEqual(await asked.ask("supervisor.stopProcess", ["grp:", false]), [
    { name: "p0", group: "grp", ...OK },
    { name: "p1", group: "grp", ...OK },
  ]);
  const all = (await asked.ask("supervisor.stopAllProcesses", [false])) as RpcStruct[];
  assert.deepEqual(
    all.map(({ name }) => name),
    ["a:b", "p0", "p1", "web"],
  );
  assert.equal(tree.told.length, 6);
});

test("this server, where it is one of the services, is left out when all are stopped", async () => {
  const tree = several();
  tree.set("control", { pid: process.pid });
  const asked = new Asked(tree);
  await asked.ask("supervisor.stopAllProcesses", [false]);
  assert.ok(!tree.told.includes("stop control"));
  assert.equal(await asked.ask("supervisor.stopProcess", ["control", false]), true);
});

test("a stop is answered when the process has stopped, and others are answered meanwhile", async () => {
  const tree = several();
  const asked = new Asked(tree);
  let isOver = false;
  const stopping = asked.ask("supervisor.stopProcess", ["web"]).finally(() => (isOver = true));
  await until("the stop", () => tree.told.includes("stop web"));
  tree.set("web", { state: "stopping", want: "down" });
  assert.equal(await asked.ask("supervisor.stopProcess", ["web"]), "70 NOT_RUNNING: web");
  assert.equal(await asked.ask("supervisor.getVersion"), "3.0");
  assert.equal(isOver, false);
  tree.set("web", DOWN);
  assert.equal(await stopping, true);
  assert.equal(tree.listening, 0);
});

test("a service that goes while it is stopped has stopped; one that goes while it is started has no name", async (t) => {
  const tree = several();
  const asked = new Asked(tree);
  const stopping = asked.ask("supervisor.stopProcess", ["web"]);
  await until("the stop", () => tree.told.includes("stop web"));
  tree.remove("web");
  assert.equal(await stopping, true);
  tree.set("down", startable(t));
  const starting = asked.ask("supervisor.startProcess", ["down"]);
  await until("the start", () => tree.told.includes("start down"));
  tree.remove("down");
  assert.equal(await starting, "10 BAD_NAME: down");
});

test("one that goes between a look and a command has no name", async () => {
  const tree = several();
  tree.onAct = (name) => {
    tree.remove(name);
    return { name, ok: false, words: "there is no such service", reached: null };
  };
  const answer = await new Asked(tree).ask("supervisor.stopProcess", ["web"]);
  assert.equal(answer, "10 BAD_NAME: web (there is no such service)");
});

test("nobody is waited for when the client has gone", async () => {
  const tree = several();
  const asked = new Asked(tree);
  const client = new AbortController();
  const stopping = asked.ask("supervisor.stopProcess", ["web"], client.signal);
  await until("the stop", () => tree.told.includes("stop web"));
  client.abort();
  await assert.rejects(stopping, Gone);
  assert.equal(tree.listening, 0);
});

/** What becomes of a service after `start`, and what the client is told. */
const STARTS: readonly (readonly [string, (tree: FakeTree) => void, RpcValue])[] = [
  ["it runs", (tree) => tree.set("down", RUNNING), true],
  ["it has run long enough, and ended", (tree) => dies(tree, { uptimeMs: 5000 }), true],
  ["it ends at once", (tree) => dies(tree, { uptimeMs: 10 }), "50 SPAWN_ERROR: down"],
  [
    "it is told to stop before it runs",
    (tree) => dies(tree, { uptimeMs: 10, asked: true }),
    "40 ABNORMAL_TERMINATION: down",
  ],
  [
    "its run is missing",
    (tree) => {
      tree.deathsOf.set("down", [{ at: now(), unstarted: "ENOENT" }]);
      tree.set("down", { state: "down", want: "up" });
    },
    "50 SPAWN_ERROR: down",
  ],
  [
    "it is given up",
    (tree) => tree.set("down", { ...DOWN, state: "failed" }),
    "50 SPAWN_ERROR: down",
  ],
  [
    "its supervisor ends",
    (tree) => tree.set("down", { state: "unsupervised" }),
    "40 ABNORMAL_TERMINATION: down",
  ],
];

const RUNNING = { ...viewOf("down"), since: new Date(Date.now() - 60_000).toISOString() };
const now = (): ReturnType<typeof fromUnixNanos> => fromUnixNanos(BigInt(Date.now()) * 1_000_000n);

function dies(tree: FakeTree, how: { readonly uptimeMs: number; readonly asked?: boolean }): void {
  const usual = { at: now(), pid: 7, cause: 1, core: false, asked: false, givenUp: false };
  tree.deathsOf.set("down", [{ ...usual, ...how }]);
  tree.set("down", { state: "down", want: "up", since: new Date().toISOString() });
}

test("a start is answered when it is known what has become of it", async (t) => {
  const { directory } = startable(t);
  for (const [what, happens, answer] of STARTS) {
    const tree = new FakeTree(viewOf("down", { ...DOWN, directory }));
    const starting = new Asked(tree).ask("supervisor.startProcess", ["down"]);
    await until("the start", () => tree.told.includes("start down"));
    // About to be started: nothing is known yet.
    tree.set("down", { directory, state: "down", want: "up" });
    happens(tree);
    tree.set("down", { directory });
    assert.deepEqual(await starting, answer, what);
  }
});

test("one that had failed before has not failed again before it is started", async (t) => {
  const tree = new FakeTree(viewOf("down", { ...DOWN, ...startable(t), state: "failed" }));
  const usual = { pid: 7, cause: 1, uptimeMs: 1, core: false, asked: false, givenUp: true };
  tree.deathsOf.set("down", [{ at: now(), ...usual }]);
  const starting = new Asked(tree).ask("supervisor.startProcess", ["down"]);
  await until("the start", () => tree.told.includes("start down"));
  // It waits for the second since its last start to pass, as one does that has just died.
  tree.set("down", { state: "down", want: "up" });
  await new Promise((resolve) => setImmediate(resolve));
  tree.set("down", { state: "up", pid: 8, since: new Date().toISOString() });
  await new Promise((resolve) => setImmediate(resolve));
  tree.set("down", { since: new Date(Date.now() - 60_000).toISOString() });
  assert.equal(await starting, true);
});

test("a start without waiting is answered at once; what runs already is not started", async (t) => {
  const tree = several();
  const asked = new Asked(tree);
  tree.set("down", startable(t));
  assert.equal(await asked.ask("supervisor.startProcess", ["down", false]), true);
  assert.deepEqual(tree.told, ["start down"]);
  tree.set("web", startable(t));
  assert.equal(await asked.ask("supervisor.startProcess", ["web"]), "60 ALREADY_STARTED: web");
  tree.set("web", { state: "stopping", want: "down" });
  assert.equal(await asked.ask("supervisor.startProcess", ["web", 0]), true);
  assert.equal(await asked.ask("supervisor.startProcess", ["web"]), "40 ABNORMAL_TERMINATION: web");
  assert.deepEqual(tree.told, ["start down"]);
});

test("while all services are being stopped every method is refused, and then none", async () => {
  const tree = several();
  const asked = new Asked(tree);
  assert.equal(await asked.ask("supervisor.shutdown"), true);
  assert.equal(await asked.ask("supervisor.getVersion"), "6 SHUTDOWN_STATE");
  assert.equal(await asked.ask("supervisor.shutdown"), "6 SHUTDOWN_STATE");
  assert.equal(((await asked.ask("system.listMethods")) as string[]).length, 41);
  await until("the stops", () => tree.told.length === 4);
  for (const { name } of tree.services()) tree.set(name, DOWN);
  await until("the end", async () => (await asked.ask("supervisor.getVersion")) === "3.0");
  assert.deepEqual(asked.said, ["somebody: shutdown: all services"]);
});

test("a restart that cannot look or act is warned of, and over", async () => {
  const tree = new FakeTree(viewOf("web"));
  tree.onAct = (_, action) => {
    if (action === "stop") tree.set("web", DOWN);
    throw new SystemFailure("EMFILE", "open");
  };
  const asked = new Asked(tree);
  assert.equal(await asked.ask("supervisor.restart"), true);
  await until("it to be over", () => asked.said.length === 3);
  assert.deepEqual(asked.said.slice(1), [
    "restarting: process cannot open more files",
    "restart: process cannot open more files",
  ]);
  assert.deepEqual(await asked.ask("supervisor.getState"), {
    statecode: 1,
    statename: "RUNNING",
  });
});

test("a restart starts what is normally up, when all has stopped", async () => {
  const tree = several();
  tree.set("p1", { normally: "down" });
  const asked = new Asked(tree);
  await asked.ask("supervisor.restart");
  await until("the stops", () => tree.told.length === 4);
  for (const { name } of tree.services()) tree.set(name, DOWN);
  await until("the starts", () => tree.told.length === 8);
  assert.deepEqual(tree.told.slice(4), ["start a:b", "start down", "start p0", "start web"]);
});

test("a server that is read-only answers, and changes nothing", async () => {
  const tree = several();
  const asked = new Asked(tree, { readOnly: true });
  const names = (await asked.ask("system.listMethods")) as string[];
  const changing = names.filter((name) =>
    /\.(start|stop|signal|clear|shutdown|restart|add|remove|sendProcess)/.test(name),
  );
  for (const name of changing) {
    const given = ((await asked.ask("system.methodSignature", [name])) as string[])
      .slice(1)
      .map((type) => (type === "boolean" ? true : "web"));
    await assert.rejects(asked.ask(name, given), Forbidden, name);
    const [answer] = (await asked.ask("system.multicall", [
      [{ methodName: name, params: given }],
    ])) as RpcStruct[];
    assert.equal(answer?.["faultCode"], 30, name);
  }
  assert.equal(changing.length, 18);
  assert.equal(await asked.ask("supervisor.getVersion"), "3.0");
  assert.deepEqual([tree.told, asked.said], [[], []]);
});
