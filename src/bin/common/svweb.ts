/** svweb: the tree of services for browsers, scripts and Supervisor's clients. */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import type { Resident, State } from "../../chain/chain.ts";
import {
  Fatal,
  ignoreAgain,
  joined,
  keepYoungSmall,
  namesAt,
  posix,
  SystemFailure,
  say,
  USAGE,
  unableTo,
  workingDirectory,
} from "../../posix/index.ts";
import { readEndpoint } from "../../syslog/index.ts";
import { changeLine, isLoopback, type Listen, LiveTree, serve } from "../../web/index.ts";
import { serviceDir } from "./service-names.ts";
import { passwd } from "./svweb-passwd.ts";
import { asResident, Usage } from "./tool.ts";
import { version } from "./version.ts";

const NAME = "svweb";
const DEFAULT_LISTEN = "127.0.0.1:9001";
// From dist/lib/bin/, where this file is a part of a bundle.
const page = new URL("../web/page/", import.meta.url);
const FOOT = `
       svweb passwd FILE NAME   gives a user of FILE a password: asked for twice, or a line of standard input

Shows the services of scan directories DIR ($SERVICE_DIR, else /service) in a browser, tells them what to do,
reads their logs; the same by HTTP for programs (docs/web.md) and for supervisorctl. It speaks to services
through their directories alone, whoever supervises them, and can be stopped and started at any time.

ADDRESS is 127.0.0.1:9001, [::1]:9001, localhost:9001 or *:9001. One that others can reach needs --users.

Signals: TERM ends it. Every change is said on standard error, with who made it.
Exit codes: 0 after TERM; 100 usage; 111 system trouble, address in use; 101 our own fault.
`;

interface Options {
  readonly listen?: Extract<Listen, { readonly host: string }>;
  readonly socket?: string;
  readonly users?: string;
  readonly host?: readonly string[];
  readonly readOnly?: true;
}

function makeCommand(): Command {
  return new Command(NAME)
    .usage("[OPTIONS] [DIR…]")
    .description("The services of a tree in a browser, by HTTP, and for supervisorctl.")
    .argument("[dir...]")
    .option(
      "--listen <address>",
      `where to listen; ${DEFAULT_LISTEN} where nothing is said`,
      endpoint,
    )
    .option("--socket <path>", "a unix socket, mode 600, in place of an address")
    .option("--users <file>", "ask for a user and a password of this file")
    .option(
      "--host <name>",
      "a name of this machine in the browser's address; can be repeated",
      gather,
    )
    .option("--read-only", "show everything, change nothing")
    .addHelpText("after", FOOT)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
}

function gather(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

function endpoint(text: string): Extract<Listen, { readonly host: string }> {
  const local = /^localhost:/i.test(text);
  const found = readEndpoint(local ? text.replace(/^localhost/i, "127.0.0.1") : text);
  if (found === undefined)
    throw new InvalidArgumentError(
      "Say it as 127.0.0.1:9001, [::1]:9001, localhost:9001 or *:9001.",
    );
  return { host: local ? "localhost" : found.address, port: found.port };
}

export const svweb: Resident = asResident({
  name: NAME,
  help: makeCommand().helpInformation() + FOOT,
  run: async (words, state) => {
    const [first, ...rest] = words;
    if (first?.toString() === "passwd") return passwd(rest);
    const { options, directories } = readWords(words, state);
    ignoreAgain();
    keepYoungSmall();
    const line = (text: string): void => say(NAME, [text]);
    const ended = new Promise<void>((resolve) => {
      for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => resolve());
    });
    const tree = new LiveTree(posix, {
      directories,
      readOnly: options.readOnly === true,
      record: (who, text) => line(changeLine(who, text)),
      warn: (text) => line(`warning: ${text}`),
    });
    const serving = await serve({
      posix,
      tree,
      listen: placeOf(options),
      users: options.users,
      hosts: options.host ?? [],
      version: version(),
      page,
      say: line,
    });
    line(`listening on ${serving.address}`);
    for (const directory of directories) lookInto(directory);
    await ended;
    await serving.close();
    tree.close();
    return 0;
  },
});

/** Says what is wrong with a scan directory; it may still come, or be mended. */
function lookInto(directory: string): void {
  try {
    namesAt(posix, directory);
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    say(NAME, ["warning: ", unableTo(["read directory ", directory], failure)]);
  }
}

function readWords(
  words: readonly Buffer[],
  { environment }: State,
): { readonly options: Options; readonly directories: string[] } {
  const command = makeCommand();
  try {
    command.parse(words.map(String), { from: "user" });
  } catch (failure) {
    if (!(failure instanceof CommanderError)) throw failure;
    throw new Usage(`${NAME}: ${failure.message}; ${NAME} --help says more`);
  }
  const options = command.opts<Options>();
  if (options.listen !== undefined && options.socket !== undefined)
    throw new Usage(`${NAME}: --listen and --socket are two places: give one of them`);
  const given = command.args.length > 0 ? command.args : [serviceDir(environment).toString()];
  return { options, directories: [...new Set(given.map(absolute))] };
}

function absolute(directory: string): string {
  const bare = directory.replace(/(?<=.)\/+$/, "");
  return bare.startsWith("/") ? bare : `${workingDirectory.path()}/${bare}`;
}

/** @throws Fatal where others could reach it, and nobody would be asked who they are */
function placeOf({ listen = endpoint(DEFAULT_LISTEN), socket, users }: Options): Listen {
  if (socket !== undefined) return { path: socket };
  if (users === undefined && !isLoopback(listen.host)) {
    const cure = "make a file of users with svweb passwd FILE NAME, and give --users FILE";
    const words = `others can reach ${listen.host}, and would be asked for no password: ${cure}`;
    throw new Fatal(USAGE, joined([words]));
  }
  return listen;
}
