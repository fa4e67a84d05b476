/** The files of a service directory in words: what each of them asks for. Values of variables are not shown. */
import {
  AT_CWD,
  causeText,
  type Fd,
  firstLine,
  namesAt,
  type Posix,
  readSmall,
  SystemFailure,
  unlessRefused,
} from "../../posix/index.ts";
import type { ServiceSettings } from "../../supervise/index.ts";
import { duration } from "../../supervise/why.ts";
import { nameText } from "../tree/names.ts";
import type { ServiceView, Tree } from "../tree/types.ts";

export interface FileWords {
  readonly name: string;
  readonly says: string;
}

interface Look {
  readonly settings: ServiceSettings;
  /** Its first line; "" where there is none. */
  readonly line: () => string;
  /** What stands in it, lines in a row. */
  readonly lines: () => string;
  /** The names in it. */
  readonly names: () => string;
}

const MOST_BYTES = 4096;
const MOST_FILES = 200;
const FAULT = "!";
const UNREAD: FileWords = { name: FAULT, says: "its directory cannot be read" };

const ms = (value: number | undefined): string =>
  value === undefined ? "never" : `after ${duration(value / 1000)}`;

const WORDS: Readonly<Record<string, (look: Look) => string>> = {
  run: () => "the program: started, and again whenever it ends",
  down: () => "it is not started until it is told to",
  after: ({ settings }) =>
    `it is started when these are up: ${settings.after.map(String).join(", ")}`,
  env: ({ names }) => `variables for run: ${names()}`,
  limits: ({ lines }) => `limits for run: ${lines()}`,
  user: ({ line }) => `run is a process of ${line()}`,
  start: () => "a program that runs before the first run",
  stop: () => "a program that runs when it has ended for good",
  finish: () => "a program that runs after every end of run",
  notify: () => "a program that is told of every start and end",
  "timeout-finish": ({ settings }) => `finish gets KILL: ${ms(settings.finishMs)}`,
  "down-signal": ({ settings }) => `it is asked to stop by ${settings.downSignal}`,
  "timeout-kill": ({ settings }) => `told to stop, it gets KILL: ${ms(settings.killAfterMs)}`,
  "notification-fd": ({ settings }) =>
    `it says on descriptor ${settings.notificationFd ?? "?"} that it is ready`,
  pidfile: ({ line }) => `it goes to the background, and writes its process id into ${line()}`,
  "lock-fd": ({ settings }) => `it holds a lock on descriptor ${settings.lockFd ?? "?"}`,
  backoff: ({ settings }) =>
    `while it keeps dying it waits before a start, up to ${duration((settings.backoffMs ?? 0) / 1000)}`,
  "max-deaths": ({ settings }) =>
    `after ${settings.mostDeaths ?? "?"} deaths in a row it is given up`,
  "start-seconds": ({ settings }) =>
    `one that ends within ${duration((settings.startMs ?? 0) / 1000)} has failed to start`,
  "start-retries": ({ settings }) =>
    `a start that failed is tried again ${settings.startRetries ?? "?"} times`,
  "exit-codes": ({ line }) =>
    `with exit code ${line()} it has done its work, and is not started again`,
  "kill-group": ({ settings }) =>
    settings.killGroup === "kill"
      ? "KILL goes to all processes of its group"
      : "what stops it goes to all processes of its group",
  group: ({ line }) => `it belongs to the group ${line()}`,
  "max-death-tally": ({ settings }) => `${settings.rememberedDeaths} deaths are kept`,
  essential: () => "when it ends by itself, svscan stops everything",
  log: () => "the logger of its standard output",
  "log-stderr": () => "the logger of its standard error",
  supervise: () => "what its supervisor keeps: state, control, deaths",
};

/** Those that have a meaning first, then the others by their names, then what cannot be used or read. */
export function filesInWords(posix: Posix, tree: Tree, view: ServiceView): FileWords[] {
  const settings = tree.settings(view.name);
  if (settings === undefined) return [UNREAD];
  return unlessRefused(() => filesOf(posix, view, settings)) ?? [UNREAD];
}

/** @throws SystemFailure */
function filesOf(posix: Posix, { directory }: ServiceView, settings: ServiceSettings): FileWords[] {
  const dir = posix.openAt(AT_CWD, directory, "directory");
  try {
    const names = posix.list(dir).map(nameText).sort();
    const known = Object.keys(WORDS).filter((one) => names.includes(one));
    const others = names.filter((one) => !Object.hasOwn(WORDS, one));
    return [
      ...known.map((one) => ({ name: one, says: says(posix, dir, directory, one, settings) })),
      ...others
        .slice(0, MOST_FILES)
        .map((one) => ({ name: one, says: "nothing to the supervisor" })),
      ...settings.faults.map((fault) => ({ name: FAULT, says: fault })),
    ];
  } finally {
    posix.close(dir);
  }
}

function says(
  posix: Posix,
  dir: Fd,
  directory: string,
  name: string,
  settings: ServiceSettings,
): string {
  const text = (): string => readSmall(posix, dir, name, MOST_BYTES)?.toString() ?? "";
  const look: Look = {
    settings,
    line: () => firstLine(text()),
    lines: () =>
      text()
        .trim()
        .split(/\s*\n\s*/)
        .join("; "),
    names: () => namesAt(posix, `${directory}/${name}`).map(nameText).sort().join(", "),
  };
  try {
    return WORDS[name]?.(look) ?? "";
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    return `it cannot be read: ${causeText(failure)}`;
  }
}
