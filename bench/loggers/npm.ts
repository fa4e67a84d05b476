/** Logging libraries of npm, each in a process that logs every line of its standard input. */
import fs from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PINO, PINO_BEST, PINO_ROLL, SONIC_BOOM, WINSTON, WINSTON_BEST } from "../names.ts";
import { isOneLog, type Logger, logdirsOf, sizeOf } from "./logger.ts";

const folder: URL = new URL("../../../bench/", import.meta.url);
const program: string = fileURLToPath(new URL("npm/log-lines.mjs", folder));

interface Library {
  readonly packages: readonly string[];
  readonly settings: string;
  readonly rotates: boolean;
  /** The property of its JSON in which the line stands; undefined where the line stands alone. */
  readonly property: string | undefined;
}

const libraries: Readonly<Record<string, Library>> = {
  [SONIC_BOOM]: {
    packages: ["sonic-boom"],
    settings: "as its benchmark has it: asynchronous, 4096 bytes gathered; no log format at all",
    rotates: false,
    property: undefined,
  },
  [PINO]: {
    packages: ["pino"],
    settings: "as it comes: JSON, each line written at once",
    rotates: false,
    property: "msg",
  },
  [PINO_BEST]: {
    packages: ["pino"],
    settings: "its best: sync: false, minLength: 4096, as its page on asynchronous logging has it",
    rotates: false,
    property: "msg",
  },
  [PINO_ROLL]: {
    packages: ["pino", "pino-roll"],
    settings: "as it comes: a transport in a thread of its own",
    rotates: true,
    property: "msg",
  },
  [WINSTON]: {
    packages: ["winston", "winston-daily-rotate-file"],
    settings: "as it comes: JSON through winston-daily-rotate-file",
    rotates: true,
    property: "message",
  },
  [WINSTON_BEST]: {
    packages: ["winston", "winston-daily-rotate-file"],
    settings: "its best: format.printf, which writes the line alone",
    rotates: true,
    property: undefined,
  },
};

/** @returns the library of that name, the package that is missing for it, or undefined: it is none */
export function npmLogger(name: string): Logger | { readonly missing: string } | undefined {
  const library = libraries[name];
  if (library === undefined) return undefined;
  const missing = library.packages.find((one) => !isInstalled(one));
  return missing === undefined ? asLogger(name, library) : { missing };
}

function isInstalled(name: string): boolean {
  return fs.existsSync(new URL(`node_modules/${name}/package.json`, folder));
}

function asLogger(name: string, { settings, rotates, property }: Library): Logger {
  return {
    name,
    settings,
    canDo: (task) => isOneLog(task) && !task.stamp && (rotates || task.sizeBytes === undefined),
    prepare: (task, directory) => {
      const logdir = logdirsOf(task, directory)[0] ?? directory;
      const size = String(sizeOf(task));
      return { command: process.execPath, args: [program, name, join(logdir, "log"), size] };
    },
    wayIn: "pipe",
    form: {
      stampBytes: 0,
      cutsLines: name === PINO_ROLL,
      ...(property === undefined ? {} : { textOf: (line) => propertyOf(line, property) }),
    },
  };
}

/** What is no JSON is a line that was torn. */
function propertyOf(line: string, property: string): string {
  try {
    return String((JSON.parse(line) as Record<string, unknown>)[property]);
  } catch (error) {
    if (error instanceof SyntaxError) return line;
    throw error;
  }
}
