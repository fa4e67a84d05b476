/**
 * The commands of `supervise/control`: one byte each, those of 0.76 and of daemontools-encore.
 *
 * @see daemontools 0.76, supervise.c, doit(); daemontools-encore 1.11, svc.c
 */
import type { COMMANDS } from "./service.ts";

/** What a letter asks, in the words of svc's messages. */
interface Letter {
  readonly event: (typeof COMMANDS)[number];
  readonly signal?: NodeJS.Signals;
  /** Its process is meant to end of it: what follows is no death by itself. */
  readonly ends?: boolean;
}

const SIGNALLING: Readonly<Record<string, NodeJS.Signals>> = {
  h: "SIGHUP",
  a: "SIGALRM",
  i: "SIGINT",
  t: "SIGTERM",
  k: "SIGKILL",
  q: "SIGQUIT",
  "1": "SIGUSR1",
  "2": "SIGUSR2",
  w: "SIGWINCH",
};
const ENDING = "dtkiq";
const PLAIN = ["u", "d", "o", "p", "c", "x"] as const;

/** The letters that a supervisor knows, in the order in which encore's svc lists them. */
export const LETTERS = "udopchaitkxq12w";
/** `+` and `=`: following signals go to the process group, to the process; `L`, `l`: to the logger, to the service. */
export const MODIFIERS = "+=Ll";

export interface Command extends Letter {
  /** The signal goes to the process group that `run` leads, where it leads one. */
  readonly toGroup: boolean;
  /** It is the logger's. */
  readonly toLog: boolean;
}

const BY_BYTE: ReadonlyMap<string, Letter> = new Map<string, Letter>([
  ...PLAIN.map((event) => [event, { event, ends: ENDING.includes(event) }] as const),
  ...Object.entries(SIGNALLING).map(
    ([letter, signal]) =>
      [letter, { event: "signal", signal, ends: ENDING.includes(letter) }] as const,
  ),
]);

/**
 * The commands in what stood in the FIFO. Modifiers hold for one such batch; a byte that means nothing
 * is passed over.
 */
export function readCommands(bytes: Uint8Array): Command[] {
  const commands: Command[] = [];
  let toGroup = false;
  let toLog = false;
  for (const byte of bytes) {
    const letter = String.fromCharCode(byte);
    if (letter === "+" || letter === "=") toGroup = letter === "+";
    else if (letter === "L" || letter === "l") toLog = letter === "L";
    else {
      const found = BY_BYTE.get(letter);
      if (found !== undefined) commands.push({ ...found, toGroup, toLog });
    }
  }
  return commands;
}
