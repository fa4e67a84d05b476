/** The cases of throughput.bench.ts: which lines, which script, against whom, and what is aimed at. */
import type { Task } from "./loggers.ts";
import * as names from "./names.ts";

/** What a mail system's ten-pattern script leaves out of ./alert; behind it, =status is kept. */
const MAIL_CHATTER = [
  "new msg",
  "info msg",
  "end msg",
  "starting delivery",
  "delivery",
  "status:",
  "bounce msg",
  "triple bounce:",
  "running",
  "exiting",
];

export interface Case {
  readonly name: string;
  readonly megabytes: number;
  readonly lines: "services" | "mail" | number;
  readonly task: Task;
  readonly peers: readonly string[];
  /** By peer: how many times as fast we are to be, at least. */
  readonly aims: Readonly<Record<string, number>>;
}

const plain: Task = { stamp: false, logdirs: 1 };
const stamped: Task = { stamp: true, logdirs: 1 };
const mailScript: Task = { stamp: true, logdirs: 1, dropped: MAIL_CHATTER };
const several = (logdirs: number): Task => ({ stamp: true, logdirs });
const full: Readonly<Record<string, number>> = { [names.C_MULTILOG]: 8, [names.S6_LOG]: 5 };
const six: Readonly<Record<string, number>> = { [names.C_MULTILOG]: 6 };
/** Two datagrams or messages in five seconds for every ten of ours are too many. */
const overSyslog: Readonly<Record<string, number>> = Object.fromEntries(
  names.SYSLOGS.map((name) => [name, 5]),
);

function main(name: string, task: Task, aims: Case["aims"]): Case {
  return { name, megabytes: 800, lines: "services", task, peers: names.EVERYONE, aims };
}

function side(name: string, megabytes: number, lines: Case["lines"], task: Task): Case {
  return { name, megabytes, lines, task, peers: names.MULTILOGS, aims: lines === 20 ? six : full };
}

/** Without and with a stamp. */
function ofLength(bytes: number): Case[] {
  const long = bytes > 1000 ? { lineBytes: 2 * bytes } : {};
  const name = `${bytes}-byte lines`;
  return [
    side(name, 400, bytes, { ...plain, ...long }),
    side(`${name}, t`, 400, bytes, { ...stamped, ...long }),
  ];
}

export const cases: readonly Case[] = [
  main("real lines", plain, { ...full, ...overSyslog }),
  main("real lines, t", stamped, { ...full, ...overSyslog }),
  { ...side("real lines, t, mail script", 400, "services", mailScript), aims: six },
  // Not s6-log: its regular expressions take half a minute for what the others do in two seconds.
  {
    ...side("mail lines, t, mail script", 400, "mail", mailScript),
    peers: [names.C_MULTILOG],
    aims: six,
  },
  ...[20, 100, 300, 2000].flatMap(ofLength),
  { ...side("real lines, t, 4 directories", 128, "services", several(4)), aims: six },
  { ...side("real lines, t, 16 directories", 32, "services", several(16)), aims: six },
];
