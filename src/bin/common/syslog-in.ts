/** syslog-in: what programs and machines say by syslog, as lines on standard output. */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import type { Resident } from "../../chain/chain.ts";
import {
  become,
  type Endpoint,
  Fatal,
  findAccount,
  ignoreAgain,
  joined,
  orFatal,
  posix,
  say,
  sockets,
} from "../../posix/index.ts";
import { Intake, readEndpoint } from "../../syslog/index.ts";
import { asResident, Usage } from "./tool.ts";

const NAME = "syslog-in";
const STDOUT = 1;
const USAGE = 100;
const SYSTEM_TROUBLE = 111;
const DEFAULT_PATH = "/dev/log";
const DEFAULT_CONNECTIONS = 256;
const MOST_CONNECTIONS = 10_000;
const FOOT = `
Lines: FACILITY.SEVERITY HOST TAG[PID]: TEXT, as in
  daemon.info web1 sshd[812]: Server listening on 0.0.0.0 port 22.

ADDRESS is 127.0.0.1:514, [::1]:514 or *:514. Messages are read as RFC 3164 or RFC 5424 has them, on TCP
counted or line by line; the sender's time is left out. A reader that is slow holds senders back, but
for those of UDP: what the kernel drops there is counted, and said in a line.

Signals: TERM ends it when what stands in the sockets is written.
Exit codes: 0 after TERM; 100 usage, socket in use; 111 system trouble; 101 our own fault.
`;

interface Options {
  readonly socket?: readonly string[];
  readonly udp?: readonly Endpoint[];
  readonly tcp?: readonly Endpoint[];
  readonly connections: number;
  readonly trustHost?: true;
  readonly uid?: true;
  readonly user?: string;
}

function makeCommand(): Command {
  const gather = <T>(read: (text: string) => T) => {
    return (text: string, before: readonly T[] = []): T[] => [...before, read(text)];
  };
  return new Command(NAME)
    .usage("[--socket PATH] [--udp ADDRESS] [--tcp ADDRESS] [OPTIONS]")
    .description("Turns what is sent by syslog into lines on standard output, for a logger.")
    .option(
      "--socket <path>",
      `a unix socket; ${DEFAULT_PATH} where none of these three is given`,
      gather(String),
    )
    .option(
      "--udp <address>",
      "receive datagrams; can be given again, as the others",
      gather(address),
    )
    .option("--tcp <address>", "receive streams", gather(address))
    .option("--connections <n>", "so many at the most, more wait", count, DEFAULT_CONNECTIONS)
    .option("--trust-host", "HOST is whom a message names, not the address that it came from")
    .option("--uid", "the sender's user id in the brackets: [PID uid UID]")
    .option("--user <account>", "become that user when the sockets are open")
    .addHelpText("after", FOOT)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
}

function address(text: string): Endpoint {
  const endpoint = readEndpoint(text);
  if (endpoint === undefined)
    throw new InvalidArgumentError("Say it as 127.0.0.1:514, [::1]:514 or *:514.");
  return endpoint;
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > MOST_CONNECTIONS)
    throw new InvalidArgumentError(`It is a number from 1 to ${MOST_CONNECTIONS}.`);
  return number;
}

export const syslogIn: Resident = asResident({
  name: NAME,
  help: makeCommand().helpInformation() + FOOT,
  run: async (words) => {
    const { socket = [], udp = [], tcp = [], user, ...options } = readOptions(words);
    ignoreAgain();
    const isGiven = socket.length + udp.length + tcp.length > 0;
    const account = user === undefined ? undefined : accountOf(user);
    // Before there is a socket that somebody could see.
    process.on("SIGTERM", () => intake.close());
    const intake = new Intake(posix, sockets, {
      paths: isGiven ? socket : [DEFAULT_PATH],
      udp,
      tcp,
      mostConnections: options.connections,
      trustsHost: options.trustHost === true,
      showsUser: options.uid === true,
      output: STDOUT,
      warn: (text) => say(NAME, ["warning: ", text]),
    });
    if (account !== undefined)
      orFatal(["become user ", account.name], () => become(account.uid, account.gid));
    if (await intake.run()) return 0;
    say(NAME, ["fatal: ", "unable to write everything: standard output has no reader"]);
    return SYSTEM_TROUBLE;
  },
});

function readOptions(words: readonly Buffer[]): Options {
  const command = makeCommand();
  try {
    command.parse(words.map(String), { from: "user" });
    return command.opts<Options>();
  } catch (failure) {
    if (!(failure instanceof CommanderError)) throw failure;
    throw new Usage(`${NAME}: ${failure.message}; ${NAME} --help says more`);
  }
}

function accountOf(name: string): { name: string; uid: number; gid: number } {
  const account = findAccount(name);
  if (account === undefined) throw new Fatal(USAGE, joined(["there is no user ", name]));
  return account;
}
