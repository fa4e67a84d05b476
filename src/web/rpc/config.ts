/** A service directory in the words of Supervisor's configuration. */
import { parseScript } from "../../multilog/script.ts";
import {
  AT_CWD,
  Fatal,
  findAccount,
  firstLine,
  type Posix,
  readSmall,
  unlessRefused,
} from "../../posix/index.ts";
import { signalNumber } from "../../posix/signals.ts";
import type { ServiceSettings } from "../../supervise/index.ts";
import type { LogStream } from "../tree/log-place.ts";
import { USUAL_START_MS } from "./state.ts";
import type { RpcStruct, RpcValue } from "./values.ts";

const MS_PER_SECOND = 1000;
/** Where nothing is said of it. */
const NONE = "none";
/** Supervisor's own, as all services are alike here. */
const USUAL_PRIORITY = 999;
/** A start is tried for ever. */
const NO_END = 2 ** 31 - 1;

export interface Configured {
  readonly name: string;
  readonly group: string;
  readonly directory: string;
  readonly isInUse: boolean;
  readonly isNormallyUp: boolean;
  readonly settings: ServiceSettings;
  /** Its `current`, or nothing. */
  readonly logFiles: Readonly<Record<LogStream, string>>;
  readonly logScripts: Readonly<Record<LogStream, readonly Buffer[]>>;
}

export function configInfo(posix: Posix, one: Configured): RpcStruct {
  const { settings } = one;
  const { exitCodes } = settings;
  return {
    autostart: one.isNormallyUp,
    directory: one.directory,
    uid: userOf(posix, one.directory),
    command: `${one.directory}/run`,
    exitcodes: exitCodes === undefined || exitCodes === "any" ? [] : [...exitCodes],
    group: one.group,
    group_prio: USUAL_PRIORITY,
    inuse: one.isInUse,
    killasgroup: settings.killGroup !== undefined,
    name: one.name,
    process_prio: USUAL_PRIORITY,
    redirect_stderr: one.logFiles.stderr === "",
    startretries: settings.startRetries ?? NO_END,
    startsecs: Math.ceil((settings.startMs ?? USUAL_START_MS) / MS_PER_SECOND),
    ...logInfo("stdout", one),
    stopsignal: signalNumber(settings.downSignal),
    stopwaitsecs: Math.ceil((settings.killAfterMs ?? 0) / MS_PER_SECOND),
    ...logInfo("stderr", one),
    serverurl: NONE,
  };
}

/** Of the first log directory, as its logging script keeps it; zeros where that is not known. */
function logInfo(stream: LogStream, { logFiles, logScripts }: Configured): RpcStruct {
  const { files, bytes } = keptBy(logScripts[stream]);
  return {
    [`${stream}_capture_maxbytes`]: 0,
    [`${stream}_events_enabled`]: false,
    [`${stream}_logfile`]: logFiles[stream] || NONE,
    [`${stream}_logfile_backups`]: files,
    [`${stream}_logfile_maxbytes`]: bytes,
    [`${stream}_syslog`]: false,
  };
}

function keptBy(script: readonly Buffer[]): { readonly files: number; readonly bytes: number } {
  try {
    const logdir = parseScript(script).actions.find((action) => action.kind === "logdir");
    if (logdir?.kind !== "logdir") return { files: 0, bytes: 0 };
    return { files: logdir.settings.files - 1, bytes: logdir.settings.sizeBytes };
  } catch (failure) {
    if (!(failure instanceof Fatal)) throw failure;
    return { files: 0, bytes: 0 };
  }
}

/** The id of the account in the file `user`. */
function userOf(posix: Posix, directory: string): RpcValue {
  const uid = unlessRefused(() => {
    const name = firstLine(readSmall(posix, AT_CWD, `${directory}/user`)?.toString() ?? "");
    return name === "" ? undefined : findAccount(name)?.uid;
  });
  return uid ?? NONE;
}
