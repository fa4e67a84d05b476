/** timberline: every command under one name, and the ways in. */
import type { Resident, State, Words } from "../../chain/chain.ts";
import { execute, orFatal, whyNotRun } from "../../posix/index.ts";
import { COMMANDS, type Group, listed, OWN } from "./catalog.ts";
import { bin } from "./own-place.ts";
import { asResident, print, type Tool, Usage } from "./tool.ts";

const NAME = "timberline";
const HELP = `Usage: timberline COMMAND …
       timberline help [COMMAND]

Lossless log capture and service supervision. Each command behind the first ones can be called by its name alone
as well, and answers --help.

${listed([OWN, ...COMMANDS])}

  timberline run -- node server.js     keep it running, its log in ./log/node
  timberline new web -- node server.js make it a service, for svscan
`;

/** What is loaded only when it is asked for. */
const TOOLS: Readonly<Record<string, () => Promise<Tool>>> = {
  run: async () => (await import("./timberline-run.ts")).run,
  new: async () => (await import("./timberline-new.ts")).make,
  completion: async () => (await import("./timberline-completion.ts")).completion,
};

export const timberline: Resident = asResident({
  name: NAME,
  help: HELP,
  run: async (words, state) => {
    const [first, ...rest] = words;
    const name = String(first ?? "");
    if (name === "help")
      return rest[0] === undefined ? help() : asked([rest[0], HELP_OPTION], state);
    return asked(words, state);
  },
});

const HELP_OPTION = Buffer.from("--help");

async function asked(words: Words, state: State): Promise<number> {
  const [first, ...rest] = words;
  const name = String(first ?? "");
  const tool = Object.hasOwn(TOOLS, name) ? await TOOLS[name]?.() : undefined;
  if (tool !== undefined) {
    if (String(rest[0]) !== "--help") return asResident(tool).run(words, state);
    print(Buffer.from(tool.help));
    return 0;
  }
  return become(name, words, state);
}

/** In a chain; the launcher (scripts/launcher.sh) goes to a command by itself. */
function become(name: string, words: Words, { environment }: State): never {
  const file = `${bin() ?? ""}/${fileOf(name) ?? ""}`;
  if (fileOf(name) === undefined || whyNotRun(file) !== undefined) throw unknown(name);
  return orFatal(["run ", file], () => execute({ paths: [file], argv: words, environment }));
}

function fileOf(name: string): string | undefined {
  const isIn = ({ entries }: Group): boolean => entries.some((one) => one.name === name);
  if (COMMANDS.some(isIn)) return name;
  return isIn(OWN) ? `${NAME}-${name}` : undefined;
}

function unknown(name: string): Usage {
  if (name === "")
    return new Usage(`${NAME}: usage: timberline COMMAND …; timberline --help lists them`);
  return new Usage(`${NAME}: fatal: there is no command ${name}: timberline --help lists them`);
}

function help(): number {
  print(Buffer.from(HELP));
  return 0;
}
