/**
 * How soon does svlog find and search in logs as loggers write them?
 *
 * Each logger writes the same lines, as fast as it takes them; `--logs DIR` adds the log directory DIR,
 * whoever wrote it. Asked for is a thousandth of the log, from its middle on, and a word that is rare.
 */
import fs from "node:fs";
import { join } from "node:path";
import { runThrough } from "./child.ts";
import { Bench, OURS } from "./harness.ts";
import { writeLines } from "./lines.ts";
import { logdirsOf, oursAnd, runLogger } from "./loggers.ts";
import { builtCommand, findProgram } from "./machine.ts";
import { C_MULTILOG, S6_LOG, SVLOGD } from "./names.ts";

const WALL = "ms of the whole command";
const SPEED = "MB/s";
const LABEL = /^@[0-9a-f]{24}/;
const RARE = "xylophone quartz";
const PARTS = 1000;

const bench = new Bench("svlog-real", "How soon does svlog find in what real loggers wrote?", 3e9);
bench.headlines.push(WALL, SPEED);
const svlog = builtCommand("svlog");
const env = { TZ: "UTC" };
const output = join(bench.directory, "output");

/** The files of a log in order. */
function filesOf(log: string): string[] {
  const names = fs.readdirSync(log).filter((name) => name === "current" || name.startsWith("@"));
  return names
    .sort((a, b) => Number(a === "current") - Number(b === "current") || (a < b ? -1 : 1))
    .map((name) => join(log, name));
}

/** The labels between which a thousandth of the lines stands, and those lines. */
function stretchOf(log: string): { since: string; until: string; lines: string } | undefined {
  const labelled: string[] = [];
  for (const file of filesOf(log))
    for (const line of fs.readFileSync(file, "latin1").split("\n"))
      if (LABEL.test(line)) labelled.push(line);
  const middle = Math.floor(labelled.length / 2);
  const [since, until] = [middle, middle + Math.floor(labelled.length / PARTS)].map((at) =>
    labelled[at]?.slice(0, 25),
  );
  if (since === undefined || until === undefined) return undefined;
  const isIn = (line: string): boolean => line.slice(0, 25) >= since && line.slice(0, 25) <= until;
  return {
    since,
    until,
    lines: labelled
      .filter(isIn)
      .map((line) => `${line}\n`)
      .join(""),
  };
}

async function find(name: string, log: string): Promise<void> {
  const stretch = stretchOf(log);
  if (stretch === undefined) return bench.leave(name, OURS, "its lines have no labels");
  const { since, until, lines } = stretch;
  const args = ["--raw", "--since", since, "--until", until, log];
  runThrough({ command: svlog, args, env }, "/dev/null", output);
  if (fs.readFileSync(output, "latin1") !== lines)
    throw new Error(`${name}: other lines were found`);
  const bytes = sizeOf(log);
  bench.input[name] =
    `${(bytes / 1e6).toFixed(0)} MB in ${filesOf(log).length} files, ${lines.split("\n").length - 1} lines found`;
  await bench.rounds(name, bench.pick(9, 2), [{ name: OURS }], () => {
    const { wallSeconds } = runThrough({ command: svlog, args, env }, "/dev/null", output);
    return { [WALL]: 1000 * wallSeconds };
  });
  bench.targetValue(name, WALL, { atMost: 150 });
}

async function search(name: string, log: string): Promise<void> {
  const grep = findProgram("grep");
  const bytes = sizeOf(log);
  const contenders = [
    { name: OURS, command: svlog, args: ["--raw", "--grep", RARE, log] },
    ...(grep ? [{ name: "grep -a", command: grep, args: ["-ah", RARE, ...filesOf(log)] }] : []),
  ];
  bench.input[name] = `${(bytes / 1e6).toFixed(0)} MB`;
  await bench.rounds(name, bench.pick(7, 2), contenders, (one) => {
    const { wallSeconds } = runThrough({ ...one, env }, "/dev/null", output);
    return { [SPEED]: bytes / wallSeconds / 1e6 };
  });
}

function sizeOf(log: string): number {
  return filesOf(log).reduce((sum, file) => sum + fs.statSync(file).size, 0);
}

const task = { stamp: true, logdirs: 1 };
const input = join(bench.directory, "input");
writeLines(input, bench.pick(256e6, 16e6), "services");
fs.appendFileSync(input, `the ${RARE} of it\n`);
for (const logger of oursAnd(bench, [C_MULTILOG, S6_LOG, SVLOGD])) {
  const directory = join(bench.directory, "logs");
  runLogger(logger, task, input, directory);
  const [log = directory] = logdirsOf(task, directory);
  await find(`a thousandth of a log of ${logger.name}`, log);
  await search(`a rare word in a log of ${logger.name}`, log);
  bench.clear(directory);
}
if (bench.logs !== undefined) await find("a thousandth of a log that was given", bench.logs);
bench.finish();
