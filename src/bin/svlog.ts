/** svlog: finds, follows and shows lines of logs. */
import type { Command } from "commander";
import { Output, ReaderGone } from "../inspect/output.ts";
import { runSvlog } from "../inspect/run.ts";
import { Targets } from "../inspect/targets.ts";
import { TimeError } from "../inspect/time-words.ts";
import {
  argumentBytes,
  environmentBytes,
  Fatal,
  leave,
  leaveAtOwnFault,
  OWN_FAULT,
  ownFault,
  posix,
  restoreEnvironment,
  SYSTEM_TROUBLE,
  SystemFailure,
  say,
  USAGE,
  unableTo,
} from "../posix/index.ts";
import { openPager } from "./common/pager.ts";
import { serviceDir } from "./common/service-names.ts";
import { makeCommand, type SvlogOptions } from "./common/svlog-options.ts";
import { wantedBy } from "./common/svlog-wanted.ts";
import { bytesOf, forCommander, type SortedWords, sortWords } from "./common/svlog-words.ts";

const NAME = "svlog";
const STDOUT = 1;
const FAULT = 1;

// The pager's, the time zone's and the services': the launcher has kept them from Node.
const environment = environmentBytes();
restoreEnvironment();
leaveAtOwnFault(NAME);
void main(argumentBytes()).then(leave);

async function main(words: readonly Buffer[]): Promise<number> {
  try {
    const command = makeCommand();
    command.parse(forCommander(words), { from: "user" });
    return await run(command, sortWords(command.args.map(bytesOf)));
  } catch (failure) {
    return explain(failure);
  }
}

function explain(failure: unknown): number {
  // As when the reader of a filter goes: there is nothing left to say to it.
  if (failure instanceof ReaderGone) return 0;
  if (failure instanceof Fatal) {
    say(NAME, ["fatal: ", failure.line]);
    return failure.exitCode;
  }
  if (failure instanceof TimeError) {
    say(NAME, ["fatal: ", failure.message]);
    return USAGE;
  }
  if (failure instanceof SystemFailure) {
    say(NAME, ["fatal: ", unableTo(["go on"], failure)]);
    return SYSTEM_TROUBLE;
  }
  say(NAME, ["fatal: ", ownFault(failure)]);
  return OWN_FAULT;
}

async function run(command: Command, words: SortedWords): Promise<number> {
  const options = command.opts<SvlogOptions>();
  const targets = new Targets(posix, serviceDir(environment));
  if (options.stats || options.verify) {
    const { examine } = await import("../inspect/examine.ts");
    const output = new Output(posix, STDOUT);
    const account = options.account === undefined ? undefined : bytesOf(options.account);
    const how = { ...options, account };
    return (await examine(posix, how, words.targets, targets, output, warn)) ? 0 : FAULT;
  }
  const pager = options.pager ? await openPager() : undefined;
  const output = new Output(posix, pager?.fd ?? STDOUT);
  try {
    const wanted = wantedBy(options, words, pager !== undefined);
    return (await runSvlog(posix, { ...wanted, say: warn }, targets, output)) ? 0 : FAULT;
  } finally {
    await pager?.close();
  }
}

function warn(text: string): void {
  say(NAME, ["warning: ", text]);
}
