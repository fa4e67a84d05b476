/**
 * Where a service's log is: its log directories, and the account that its logger keeps (`:stats`).
 *
 * Of a log that svscan writes, the script tells. A logger of its own is a program: what it writes is found by
 * looking below its directory, and an account by the word `:stats=FILE` in its `run`.
 */
import { UnknownTarget } from "../../inspect/index.ts";
import { Targets } from "../../inspect/targets.ts";
import { parseScript } from "../../multilog/script.ts";
import { AT_CWD, Fatal, joined, type Posix, readSmall } from "../../posix/index.ts";
import { loggerAt } from "../../supervise/hosted-log.ts";
import { actionsOf, MOST_SCRIPT_BYTES } from "../../supervise/log-script.ts";
import { lastNameOf } from "../../supervise/state-news.ts";
import { unlessUnseen } from "./unseen.ts";

export type LogStream = "stdout" | "stderr";

/** Where the loggers are, below a service. */
export const LOG_FOLDER: Readonly<Record<LogStream, string>> = {
  stdout: "log",
  stderr: "log-stderr",
};

export interface LogPlace {
  readonly kind: "hosted" | "run";
  readonly directories: readonly Buffer[];
  /** The account; undefined: none is known of. */
  readonly stats: Buffer | undefined;
}

const SLASH = 0x2f;
/** In a `run`: a name that the shell would not change. */
const STATS_WORD = /(?:^|\s)(["']?):stats=([\w./@%+=:,-]+)\1(?=\s|$)/;

/**
 * @returns undefined where a service has no logger there, or nobody may look
 * @throws SystemFailure of a shortage
 */
export function findLog(posix: Posix, service: Buffer, stream: LogStream): LogPlace | undefined {
  const folder = LOG_FOLDER[stream];
  const directory = joined([service, `/${folder}`]);
  return unlessUnseen(() => {
    const kind = loggerAt(posix, service, folder);
    if (kind === "hosted") return hostedPlace(posix, directory);
    return kind === "supervised" ? runPlace(posix, directory) : undefined;
  });
}

/** What a log directory is called where its path is nobody's business. */
export function logName(directory: Buffer): string {
  return lastNameOf(directory).toString();
}

/** The words of `log/script`. @throws SystemFailure */
export function scriptWords(posix: Posix, directory: Buffer): Buffer[] {
  const text = readSmall(posix, AT_CWD, joined([directory, "/script"]), MOST_SCRIPT_BYTES);
  return text === undefined ? [] : actionsOf(text);
}

function hostedPlace(posix: Posix, directory: Buffer): LogPlace {
  try {
    const { actions, statsFile } = parseScript(scriptWords(posix, directory));
    const paths = actions.flatMap((action) => (action.kind === "logdir" ? [action.path] : []));
    return {
      kind: "hosted",
      directories: paths.map((path) => below(directory, path)),
      stats: statsFile && below(directory, statsFile),
    };
  } catch (failure) {
    // A script that svscan refuses as well.
    if (!(failure instanceof Fatal)) throw failure;
    return { kind: "hosted", directories: [], stats: undefined };
  }
}

function runPlace(posix: Posix, directory: Buffer): LogPlace {
  const run = readSmall(posix, AT_CWD, joined([directory, "/run"]), MOST_SCRIPT_BYTES);
  const stats = STATS_WORD.exec(run?.toString("latin1") ?? "")?.[2];
  return {
    kind: "run",
    directories: logsBelow(posix, directory),
    stats: stats === undefined ? undefined : below(directory, Buffer.from(stats, "latin1")),
  };
}

function logsBelow(posix: Posix, directory: Buffer): Buffer[] {
  try {
    return unlessUnseen(() => new Targets(posix).find([directory]).map(({ path }) => path)) ?? [];
  } catch (failure) {
    if (failure instanceof UnknownTarget) return [];
    throw failure;
  }
}

function below(directory: Buffer, path: Uint8Array): Buffer {
  if (path[0] === SLASH) return Buffer.from(path);
  const bare = path[0] === 0x2e && path[1] === SLASH ? path.subarray(2) : path;
  return joined([directory, "/", bare]);
}
