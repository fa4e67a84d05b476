/**
 * What does a chain of commands cost?
 *
 * From exec until the program at its end, true(1), has ended; beside Node that does nothing, which is
 * what each of our commands costs at least when it is started by itself.
 */
import fs from "node:fs";
import { join } from "node:path";
import { type Program, runThrough } from "./child.ts";
import { Bench, OURS } from "./harness.ts";
import { builtCommand, findProgram } from "./machine.ts";

const WHOLE = "ms of the whole run";
const NODE = "node -e 0";
const C = "C daemontools";
const ONE_AT_MOST = 1.35;
const FOUR_AT_MOST = 1.5;
const ONE = "softlimit, true";
const FOUR = "envdir, setlock, softlimit, pgrphack, true";

const bench = new Bench("chain", "What does a chain of commands cost?");
const rounds = bench.pick(25, 3);
bench.headlines.push(WHOLE);
bench.input["at its end"] = "true(1)";
const variables = join(bench.directory, "variables");
fs.mkdirSync(variables);
fs.writeFileSync(join(variables, "NAME"), "value\n");

const one = (find: Finder): string[] => [find("softlimit"), "-o100", "true"];
const four = (find: Finder): string[] => {
  const lock = [find("setlock"), "-n", join(bench.directory, "lock")];
  return [find("envdir"), variables, ...lock, find("softlimit"), "-o100", find("pgrphack"), "true"];
};
await bench.rounds(ONE, rounds, contenders(one), whole);
await bench.rounds(FOUR, rounds, contenders(four), whole);
bench.targetRatio(ONE, WHOLE, OURS, NODE, { atMost: ONE_AT_MOST });
bench.targetRatio(FOUR, WHOLE, OURS, NODE, { atMost: FOUR_AT_MOST });
bench.finish();

type Finder = (name: string) => string;

/** @param chain  the words of a chain whose commands are found by `find` */
function contenders(chain: (find: Finder) => string[]): { name: string; program: Program }[] {
  const asProgram = ([command = "", ...args]: readonly string[]): Program => ({ command, args });
  const mine = { name: OURS, program: asProgram(chain(builtCommand)) };
  const nothing = { name: NODE, program: asProgram([process.execPath, "-e", "0"]) };
  if (findProgram("softlimit") === undefined) return [mine, nothing];
  const originals = chain((name) => findProgram(name) ?? name);
  return [mine, { name: C, program: asProgram(originals) }, nothing];
}

function whole({ program }: { readonly program: Program }): Record<string, number> {
  return { [WHOLE]: runThrough(program, "/dev/null", "/dev/null").wallSeconds * 1000 };
}
