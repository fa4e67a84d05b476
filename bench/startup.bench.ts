/**
 * How long does a command take to begin?
 *
 * A logger: from exec until a line that stood in its pipe beforehand stands in `current`, and until it
 * is gone again. A filter: a whole run on one line.
 */
import fs from "node:fs";
import { join } from "node:path";
import {
  expectSuccess,
  makePipe,
  type Program,
  reap,
  runThrough,
  startOnNothing,
} from "./child.ts";
import { sleep } from "./feed.ts";
import { Bench, OURS } from "./harness.ts";
import { type Logger, logdirsOf, oursAnd } from "./loggers.ts";
import { builtCommand, findProgram } from "./machine.ts";
import { C_MULTILOG, S6_LOG, SVLOGD } from "./names.ts";

const FIRST = "ms to the first line";
const WHOLE = "ms of the whole run";
const MOST_MS = 90;
const LOOK_EVERY_MS = 0.2;
const GIVE_UP_MS = 10_000;
const LINE = "@4000000067890abc075bcd15 a line\n";

const bench = new Bench("startup", "How long does a command take to begin?");
const rounds = bench.pick(25, 3);
bench.headlines.push(FIRST);
bench.input["every command"] = "one line";
const task = { stamp: true, logdirs: 1 } as const;
const directory = join(bench.directory, "logs");
const input = join(bench.directory, "input");
const output = join(bench.directory, "output");
fs.writeFileSync(input, LINE);

const loggers = oursAnd(bench, [C_MULTILOG, S6_LOG, SVLOGD]);
await bench.rounds("multilog t ./main", rounds, loggers, beginLogging);
for (const name of ["tai64n", "tai64nlocal"])
  await bench.rounds(name, rounds, filters(name), filter);
const nothing = { name: "node -e 0", program: { command: process.execPath, args: ["-e", "0"] } };
await bench.rounds("Node itself", rounds, [nothing], filter);
bench.targetValue("multilog t ./main", FIRST, { atMost: MOST_MS }, OURS);
bench.finish();

function beginLogging(logger: Logger): Record<string, number> {
  bench.clear(directory);
  fs.mkdirSync(directory);
  const program = logger.prepare(task, directory);
  const [log = directory] = logdirsOf(task, directory);
  const [readEnd, writeEnd] = makePipe();
  fs.writeSync(writeEnd, LINE);
  const begun = performance.now();
  const pid = startOnNothing(program, [readEnd, undefined, 2]);
  awaitBytes(join(log, "current"));
  const first = performance.now() - begun;
  for (const fd of [readEnd, writeEnd]) fs.closeSync(fd);
  expectSuccess(program, reap(pid));
  return { [FIRST]: first, [WHOLE]: performance.now() - begun };
}

function awaitBytes(path: string): void {
  const giveUp = performance.now() + GIVE_UP_MS;
  for (;;) {
    const status = fs.statSync(path, { throwIfNoEntry: false });
    if (status !== undefined && status.size > 0) return;
    if (performance.now() > giveUp) throw new Error(`nothing appears in ${path}`);
    sleep(LOOK_EVERY_MS);
  }
}

function filters(name: string): { name: string; program: Program }[] {
  const mine = { name: OURS, program: { command: builtCommand(name), args: [] } };
  const peers = [name, `s6-${name}`].flatMap((peer) => {
    const command = findProgram(peer);
    if (command === undefined) return [];
    return [{ name: peer === name ? `C ${name}` : peer, program: { command, args: [] } }];
  });
  return [mine, ...peers];
}

function filter({ program }: { readonly program: Program }): Record<string, number> {
  return { [WHOLE]: runThrough(program, input, output).wallSeconds * 1000 };
}
