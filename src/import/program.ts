/** A section [program:x] as processes: one for each of its numbers. */
import { signalName, signalNumber } from "../posix/signals.ts";
import { expand } from "./expand.ts";
import { inPlace, Mistake, type Section } from "./ini.ts";
import {
  type Autorestart,
  type LogPlace,
  readAutorestart,
  readBoolean,
  readBytes,
  readExitCodes,
  readInteger,
  readLogPlace,
  readName,
  readOctal,
} from "./values.ts";
import { splitCommand, splitEnvironment } from "./words.ts";

export interface LogSettings {
  readonly place: LogPlace;
  /** 0: never rotated. */
  readonly mostBytes: number;
  readonly backups: number;
  readonly toSyslog: boolean;
}

export interface Program {
  /** As in the file: `program:web`. */
  readonly section: string;
  readonly group: string;
  readonly name: string;
  readonly command: readonly string[];
  readonly directory: string | undefined;
  readonly umask: number | undefined;
  readonly priority: number;
  readonly autostart: boolean;
  readonly autorestart: Autorestart;
  readonly startSeconds: number;
  readonly startRetries: number;
  readonly exitCodes: readonly number[];
  /** As in `TERM`. */
  readonly stopSignal: string;
  readonly stopSeconds: number;
  readonly stopAsGroup: boolean;
  readonly killAsGroup: boolean;
  readonly user: string | undefined;
  readonly redirectStderr: boolean;
  readonly stdout: LogSettings;
  readonly stderr: LogSettings;
  readonly environment: ReadonlyMap<string, string>;
  /** Keys that are set and mean nothing here, with their values. */
  readonly unmatched: ReadonlyMap<string, string>;
}

/** Only for events and for Supervisor's own web server. */
const NO_COUNTERPART = [
  "stdout_capture_maxbytes",
  "stdout_events_enabled",
  "stderr_capture_maxbytes",
  "stderr_events_enabled",
  "serverurl",
];

/**
 * @param known  what values can refer to, whatever the program is
 * @throws Mistake
 */
export function readPrograms(
  sectionName: string,
  section: Section,
  group: string,
  known: ReadonlyMap<string, string | number>,
): Program[] {
  const names = new Map(known);
  names.set("program_name", readName(sectionName.slice(sectionName.indexOf(":") + 1)));
  names.set("group_name", group);
  const options = new Options(sectionName, section, names);
  const count = options.read("numprocs", "1", readInteger);
  const first = options.read("numprocs_start", "0", readInteger);
  const common = readCommon(options);
  if (count > 1 && !options.raw("process_name").includes("%(process_num)"))
    throw options.mistake(
      "process_name",
      "has to have %(process_num)d in it where numprocs is more than 1",
    );
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    names.set("process_num", first + index);
    names.set("numprocs", count);
    return { section: sectionName, group, ...common, ...readNumbered(options, names) };
  });
}

type Numbered = "name" | "command" | "directory" | "stdout" | "stderr" | "environment";

/** What is evaluated once for all numbers. */
function readCommon(options: Options): Omit<Program, Numbered | "section" | "group"> {
  const stopAsGroup = options.read("stopasgroup", "false", readBoolean);
  const killAsGroup = options.read("killasgroup", String(stopAsGroup), readBoolean);
  if (stopAsGroup && !killAsGroup)
    throw options.mistake("killasgroup", "cannot be false where stopasgroup is true");
  return {
    umask: options.maybe("umask", readOctal),
    priority: options.read("priority", "999", readInteger),
    autostart: options.read("autostart", "true", readBoolean),
    autorestart: options.read("autorestart", "unexpected", readAutorestart),
    startSeconds: options.read("startsecs", "1", readInteger),
    startRetries: options.read("startretries", "3", readInteger),
    exitCodes: options.read("exitcodes", "0", readExitCodes),
    stopSignal: options.read("stopsignal", "TERM", readSignal),
    stopSeconds: options.read("stopwaitsecs", "10", readInteger),
    stopAsGroup,
    killAsGroup,
    user: options.maybe("user", String),
    redirectStderr: options.read("redirect_stderr", "false", readBoolean),
    unmatched: options.given(NO_COUNTERPART),
  };
}

/** What each number has for itself; the environment first, which the rest can refer to. */
function readNumbered(
  options: Options,
  names: Map<string, string | number>,
): Pick<Program, Numbered> {
  const environment = options.read("environment", "", splitEnvironment);
  for (const [name, value] of environment) names.set(`ENV_${name}`, value);
  const command = options.maybe("command", splitCommand);
  if (command === undefined || command.length === 0)
    throw options.mistake("command", "is missing: there is nothing to run");
  return {
    environment,
    directory: options.maybe("directory", String),
    stdout: readLog(options, "stdout"),
    stderr: readLog(options, "stderr"),
    command,
    name: readName(options.text("process_name") ?? String(names.get("program_name"))),
  };
}

function readLog(options: Options, stream: string): LogSettings {
  const place = options.readTwice(`${stream}_logfile`, "AUTO", readLogPlace);
  return {
    place,
    mostBytes: options.read(`${stream}_logfile_maxbytes`, "50MB", readBytes),
    backups: options.read(`${stream}_logfile_backups`, "10", readInteger),
    toSyslog: options.read(`${stream}_syslog`, "false", readBoolean) || place.kind === "syslog",
  };
}

function readSignal(text: string): string {
  const word = text.trim().toUpperCase();
  const name = /^[0-9]+$/.test(word)
    ? signalName(Number(word))
    : word.startsWith("SIG")
      ? word
      : `SIG${word}`;
  if (name === undefined || signalNumber(name) === 0) throw new Mistake(`${text} is no signal`);
  return name.slice("SIG".length);
}

/** The options of one section; mistakes say which it is. */
class Options {
  private readonly name: string;
  private readonly section: Section;
  private readonly names: Map<string, string | number>;

  constructor(name: string, section: Section, names: Map<string, string | number>) {
    this.name = name;
    this.section = section;
    this.names = names;
  }

  raw(key: string): string {
    return this.section.get(key)?.value ?? "";
  }

  text(key: string): string | undefined {
    const entry = this.section.get(key);
    return entry && expand(inPlace(entry), this.names, `${key} of [${this.name}]`);
  }

  maybe<T>(key: string, read: (text: string) => T): T | undefined {
    const text = this.text(key);
    return text === undefined ? undefined : this.attempt(key, text, read);
  }

  read<T>(key: string, usual: string, read: (text: string) => T): T {
    return this.attempt(key, this.text(key) ?? usual, read);
  }

  /** Of a path of a log Supervisor expands what it has expanded. */
  readTwice<T>(key: string, usual: string, read: (text: string) => T): T {
    const text = expand(this.text(key) ?? usual, this.names, `${key} of [${this.name}]`);
    return this.attempt(key, text, read);
  }

  private attempt<T>(key: string, text: string, read: (text: string) => T): T {
    try {
      return read(text);
    } catch (failure) {
      if (failure instanceof Mistake) throw this.mistake(key, `: ${failure.message}`);
      throw failure;
    }
  }

  given(keys: readonly string[]): Map<string, string> {
    const found = keys.filter((key) => this.section.has(key));
    return new Map(found.map((key) => [key, this.raw(key)]));
  }

  mistake(key: string, why: string): Mistake {
    return new Mistake(`${key} of [${this.name}]${why.startsWith(":") ? "" : " "}${why}`);
  }
}
