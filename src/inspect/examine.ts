/** `svlog --stats` and `svlog --verify`. */
import { type Account, type LogdirAccount, parseAccount } from "../multilog/account.ts";
import { plural } from "../multilog/units.ts";
import {
  AT_CWD,
  Fatal,
  orFatal,
  type Posix,
  readSmall,
  SYSTEM_TROUBLE,
  SystemFailure,
  USAGE,
  unableTo,
} from "../posix/index.ts";
import { terminalColumns } from "../posix/terminal.ts";
import { LocalClock, universalTime } from "../tai64/local-time.ts";
import { daemontoolsStyle, isoStyle } from "../tai64/styles.ts";
import type { Key } from "./label-key.ts";
import { troubleText } from "./line-source.ts";
import type { Output } from "./output.ts";
import type { Producer } from "./producer.ts";
import { Stats } from "./stats.ts";
import { type Log, lastPart, type Targets, UnknownTarget } from "./targets.ts";
import { Verify } from "./verify.ts";
import { walkLog } from "./walk.ts";

export interface ExamineOptions {
  readonly verify?: boolean;
  readonly utc?: boolean;
  readonly iso?: boolean;
  readonly producer: string;
  readonly account?: Buffer | undefined;
}

type Say = (text: string) => void;

const STDOUT = 1;
const MOST_BYTES = 16 * 2 ** 20;

/** @returns whether all could be read, and no fault was found */
export async function examine(
  posix: Posix,
  options: ExamineOptions,
  words: readonly Buffer[],
  targets: Targets,
  output: Output,
  say: Say,
): Promise<boolean> {
  let clean = true;
  const logs = (words.length === 0 ? [[]] : words.map((word) => [word])).flatMap((one) => {
    try {
      return targets.find(one);
    } catch (failure) {
      if (!(failure instanceof UnknownTarget)) throw failure;
      say(failure.message);
      clean = false;
      return [];
    }
  });
  for (const log of logs) {
    try {
      const good = options.verify
        ? await verify(posix, log, options, output)
        : await showStats(posix, log, options, output, say);
      clean &&= good;
    } catch (failure) {
      if (!(failure instanceof SystemFailure)) throw failure;
      say(unableTo(["read ", log.path], failure).toString());
      clean = false;
    }
    output.flush();
  }
  return clean;
}

async function showStats(
  posix: Posix,
  log: Log,
  { producer, utc = false, iso }: ExamineOptions,
  output: Output,
  say: Say,
): Promise<boolean> {
  let clean = true;
  const stats = new Stats((path, failure) => {
    clean = false;
    say(`unable to read ${path}: ${troubleText(failure)}`);
  });
  await walkLog(posix, log, producer as Producer, stats);
  const clock = new LocalClock(utc ? universalTime : (at) => posix.localTime(at));
  const style = iso ? isoStyle(utc) : daemontoolsStyle;
  const show = ({ seconds, nanos }: Key): string => {
    const unixSeconds = BigInt(seconds);
    const local = clock.at(unixSeconds);
    return local === undefined ? "" : style.render({ unixSeconds, nanos, local });
  };
  for (const line of stats.report(log.name, terminalColumns(STDOUT), show)) output.put(`${line}\n`);
  return clean;
}

async function verify(
  posix: Posix,
  log: Log,
  { producer, account }: ExamineOptions,
  output: Output,
): Promise<boolean> {
  const verdict = new Verify(posix, log.path.toString());
  // The account first: what the logger writes meanwhile is in the log, and not in what was read of it.
  const known = account === undefined ? undefined : readAccount(posix, account, log);
  await walkLog(posix, log, producer as Producer, verdict);
  verdict.finish();
  if (known !== undefined && account !== undefined)
    verdict.compare(known.account, known.logdir, account.toString());
  for (const note of verdict.notes) output.put(`${log.name}: note: ${note}\n`);
  const what = `${plural(verdict.files, "file")}, ${plural(verdict.lines, "line")}`;
  const { fault } = verdict;
  output.put(
    `${log.name}: ${what}: ${fault === undefined ? "whole and in order" : `FAULT: ${fault}`}\n`,
  );
  return fault === undefined;
}

/** @throws Fatal when there is none for the log */
function readAccount(
  posix: Posix,
  path: Buffer,
  log: Log,
): { account: Account; logdir: LogdirAccount } {
  const account = parseAccount(readText(posix, path));
  if (account === undefined)
    throw new Fatal(USAGE, unableTo(["understand ", path, ": it is no account of multilog"]));
  const own = lastPart(log.path).toString();
  const logdir =
    account.logdirs.length === 1
      ? account.logdirs[0]
      : account.logdirs.find((one) => lastPart(Buffer.from(one.path)).toString() === own);
  if (logdir === undefined)
    throw new Fatal(
      USAGE,
      unableTo(["find ", own, " in ", path, ": it tells of other directories"]),
    );
  return { account, logdir };
}

function readText(posix: Posix, path: Buffer): string {
  const bytes = orFatal(["read ", path], () => readSmall(posix, AT_CWD, path, MOST_BYTES));
  if (bytes === undefined)
    throw new Fatal(SYSTEM_TROUBLE, unableTo(["read ", path, ": file does not exist"]));
  return bytes.toString();
}
