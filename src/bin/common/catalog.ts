/** What there is: every command, what it is for, and what may stand behind its name. */
import { VERBS } from "../../supervise/svc-words.ts";

/** What the words of a command are that are no options; `name+program`: a word more before the program. */
export type Operands = "services" | "logs" | "program" | "name+program" | "paths" | "none";

export interface Entry {
  readonly name: string;
  readonly purpose: string;
  readonly operands: Operands;
  /** In a row; a `=` behind those that take the next word. */
  readonly options?: string;
  /** What the first word can be, in a row. */
  readonly words?: string;
}

export interface Group {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** What timberline does itself, or by a command timberline-NAME. */
export const OWN: Group = {
  title: "Begin here",
  entries: [
    {
      name: "run",
      purpose: "keeps a program and its log running, at once and right here",
      operands: "program",
      options: "-n= --name= -d= --dir= -1 --once -f --follow",
    },
    {
      name: "new",
      purpose: "writes the service directory of a program",
      operands: "name+program",
      options: "-d= --dir= -u= --user= -e= --env= -s= --script=",
    },
    {
      name: "import",
      purpose: "makes services of a supervisord.conf",
      operands: "paths",
      options: "--dry-run",
    },
    {
      name: "bench",
      purpose: "tries a logging script on this machine: speed, waiting, kills",
      operands: "paths",
      options: "--dir= --lines= --seconds=",
    },
    {
      name: "completion",
      purpose: "has bash, zsh or fish complete all this",
      operands: "none",
      words: "bash zsh fish",
    },
  ],
};

const SVLOG_OPTIONS = [
  "-n= --lines= --all -f --follow --since= --until= --at= --cursor= --cursor-file= --grep=",
  "-i --ignore-case -v --invert-match -A= --after= -B= --before= -C= --context= --utc --iso --raw",
  "--json --color --no-color --pager --producer= --stats --verify --account=",
].join(" ");
const DAEMONIZE_OPTIONS = [
  "-d= --directory= -m= --umask= -p= --pidfile= -0= --stdin= -1= --stdout= -2= --stderr=",
  "-k= --keep= -i --ignore-terminal",
].join(" ");
/** The commands, each of which stands by itself as well. */
export const COMMANDS: readonly Group[] = [
  {
    title: "Keep services running",
    entries: [
      {
        name: "svscan",
        purpose: "a whole tree of services and their logs",
        operands: "paths",
        options: "--isolate",
      },
      { name: "svscanboot", purpose: "starts svscan at boot", operands: "none" },
      { name: "supervise", purpose: "one service", operands: "services", options: "--essential" },
    ],
  },
  {
    title: "Look after them",
    entries: [
      {
        name: "svc",
        purpose: "starts, stops and signals services",
        operands: "services",
        options: "--wait=",
        words: Object.keys(VERBS).join(" "),
      },
      {
        name: "svstat",
        purpose: "says how services are, and why",
        operands: "services",
        options: "--table --json --why",
      },
      {
        name: "svup",
        purpose: "is a service up?",
        operands: "services",
        options: "-l -L",
      },
      {
        name: "svwait",
        purpose: "waits until services are up, ready or down",
        operands: "services",
        options: "-u -U -d -D -r -R -a -o -t=",
      },
      {
        name: "svweb",
        purpose: "shows and steers services from a browser, by HTTP, and by supervisorctl",
        operands: "paths",
        options: "--listen= --socket= --users= --host= --read-only",
        words: "passwd",
      },
      { name: "svok", purpose: "is a service supervised?", operands: "services" },
      {
        name: "svlog",
        purpose: "finds, follows and shows lines of logs",
        operands: "logs",
        options: SVLOG_OPTIONS,
      },
    ],
  },
  {
    title: "Capture logs",
    entries: [
      {
        name: "multilog",
        purpose: "captures lines into log directories",
        operands: "paths",
        options: "--check",
      },
      {
        name: "syslog-in",
        purpose: "turns what is sent by syslog into lines for a logger",
        operands: "none",
        options: "--socket= --udp= --tcp= --connections= --trust-host --uid --user=",
      },
      { name: "tai64n", purpose: "puts the time in front of each line", operands: "none" },
      {
        name: "tai64nlocal",
        purpose: "turns such times into local time",
        operands: "none",
        options: "--utc --iso --format= --anywhere",
      },
      { name: "readproctitle", purpose: "shows the last words of a log in ps", operands: "none" },
    ],
  },
  {
    title: "Change one thing, then run a program",
    entries: [
      {
        name: "envdir",
        purpose: "variables, from the files of a directory",
        operands: "name+program",
        options: "-p=",
      },
      {
        name: "envini",
        purpose: "variables, from a file with sections",
        operands: "name+program",
        options: "-p=",
      },
      {
        name: "envuidgid",
        purpose: "variables, with the ids of an account",
        operands: "name+program",
      },
      { name: "setuidgid", purpose: "the user", operands: "name+program", options: "-s" },
      { name: "setuser", purpose: "the user, as after a login", operands: "name+program" },
      {
        name: "softlimit",
        purpose: "the limits",
        operands: "program",
        options: "-a= -c= -d= -f= -l= -m= -o= -p= -r= -s= -t=",
      },
      {
        name: "setlock",
        purpose: "a lock is held",
        operands: "name+program",
        options: "-n -N -x -X",
      },
      { name: "pgrphack", purpose: "a session of its own", operands: "program" },
      {
        name: "fghack",
        purpose: "it stays in the foreground, whatever it does",
        operands: "program",
      },
      {
        name: "background-watch",
        purpose: "a daemon is watched by its pid file",
        operands: "name+program",
        options: "-t= --timeout-ready= -d= --notification-fd=",
      },
      {
        name: "daemonize",
        purpose: "it goes into the background",
        operands: "program",
        options: DAEMONIZE_OPTIONS,
      },
    ],
  },
];

/** `  NAME  PURPOSE` for each, below the titles. */
export function listed(groups: readonly Group[]): string {
  const names = groups.flatMap(({ entries }) => entries.map(({ name }) => name.length));
  const width = Math.max(...names);
  return groups
    .map(({ title, entries }) =>
      [
        `${title}:`,
        ...entries.map(({ name, purpose }) => `  ${name.padEnd(width)}  ${purpose}`),
      ].join("\n"),
    )
    .join("\n\n");
}
