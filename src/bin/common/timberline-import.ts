/** timberline import: a configuration of Supervisor's as service directories. */
import type { Resident, State, Words } from "../../chain/chain.ts";
import {
  Mistake,
  planImport,
  report,
  type Surroundings,
  writeService,
} from "../../import/index.ts";
import {
  AT_CWD,
  Fatal,
  joined,
  orFatal,
  posix,
  say,
  sockets,
  USAGE,
  workingDirectory,
} from "../../posix/index.ts";
import { makeUnlessThere } from "../../supervise/service-files.ts";
import { asResident, print, type Tool, Usage } from "./tool.ts";

const NAME = "timberline import";
const HELP = `Usage: timberline import [--dry-run] FILE DIR

Reads FILE, a supervisord.conf, with the files that it includes, and makes a service directory in DIR for each
process of its programs. Says what each option became; behind a ! stands what has no counterpart, or is
good to know. What is in DIR already is left alone. Variables %(ENV_X)s are those of this command.

  --dry-run  says it all, and changes nothing

Exit codes: 0; 1 something was there already; 100 usage, a mistake in FILE; 111 system trouble; 101 our own fault.
`;

export const importTool: Tool = {
  name: NAME,
  help: HELP,
  run: (words, { environment }) => {
    const { file, directory, isDry } = readWords(words);
    try {
      const plan = planImport(file, surroundings(environment));
      print(Buffer.from(report(plan, directory)));
      if (isDry) return 0;
      orFatal(["make ", directory], () => makeUnlessThere(posix, AT_CWD, directory, 0o755));
      const left = plan.services.filter((service) => !writeService(posix, directory, service));
      for (const { name } of left)
        say(NAME, ["warning: ", directory, "/", name, " is there already: it was left alone"]);
      return left.length === 0 ? 0 : 1;
    } catch (failure) {
      if (!(failure instanceof Mistake)) throw failure;
      throw new Fatal(USAGE, joined([failure.message]));
    }
  },
};

/** By a name of its own. */
export const timberlineImport: Resident = { ...asResident(importTool), name: "timberline-import" };

function readWords(words: Words): { file: string; directory: string; isDry: boolean } {
  const given = words.map(String);
  const isDry = given.includes("--dry-run");
  const rest = given.filter((word) => word !== "--dry-run" && word !== "--");
  const [file, directory] = rest;
  const unknown = rest.find((word) => word.startsWith("-"));
  if (unknown !== undefined) throw new Usage(`${NAME}: there is no option ${unknown}`);
  if (file === undefined || directory === undefined || rest.length > 2)
    throw new Usage(`${NAME}: usage: ${NAME} [--dry-run] FILE DIR`);
  return { file, directory: directory.replace(/(?<=.)\/+$/, ""), isDry };
}

function surroundings(environment: State["environment"]): Surroundings {
  const pairs = environment.map((string) => {
    const text = string.toString();
    const at = text.indexOf("=");
    return [text.slice(0, Math.max(0, at)), text.slice(at + 1)] as const;
  });
  return {
    posix,
    hostName: sockets.hostName(),
    environment: new Map(pairs),
    workingDirectory: workingDirectory.path(),
  };
}
