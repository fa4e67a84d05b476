/**
 * svc's command line: letters as in 0.76 and daemontools-encore, or a word for people.
 *
 * @see daemontools 0.76, svc.c and getopt; daemontools-encore 1.11, svc.c
 */
import type { Goal } from "./awaiting.ts";
import { LETTERS, MODIFIERS } from "./commands.ts";

const DASH = 0x2d;

/** What was asked for by letters. */
export interface Letters {
  /** What goes into `control`, in the order in which it was given. */
  readonly bytes: Buffer;
  readonly directories: readonly Buffer[];
  /** A letter that is none; then nothing is to be done. */
  readonly illegal: string | undefined;
}

/** Reads `-LETTERS… DIR…` as getopt does: bundled or apart, up to the first word that is no option, or `--`. */
export function readLetters(words: readonly Buffer[]): Letters {
  const known = MODIFIERS + LETTERS;
  const bytes: number[] = [];
  for (const [at, word] of words.entries()) {
    if (word[0] !== DASH || word.length === 1)
      return { bytes: Buffer.from(bytes), directories: words.slice(at), illegal: undefined };
    if (word.length === 2 && word[1] === DASH)
      return { bytes: Buffer.from(bytes), directories: words.slice(at + 1), illegal: undefined };
    for (const byte of word.subarray(1)) {
      const letter = String.fromCharCode(byte);
      if (!known.includes(letter))
        return { bytes: Buffer.alloc(0), directories: [], illegal: letter };
      bytes.push(byte);
    }
  }
  return { bytes: Buffer.from(bytes), directories: [], illegal: undefined };
}

export interface Verb {
  readonly bytes: string;
  /** What `--wait` waits for. */
  readonly goal?: Goal;
  readonly help: string;
}

/** The words, and what each writes. */
export const VERBS: Readonly<Record<string, Verb>> = {
  start: { bytes: "u", goal: "ready", help: "start it, and again whenever it ends" },
  stop: { bytes: "d", goal: "finished", help: "stop it, and do not start it again" },
  restart: { bytes: "du", goal: "restarted and ready", help: "stop it, and start it again" },
  once: { bytes: "o", help: "start it; when it ends, it is not started again" },
  exit: { bytes: "x", goal: "gone", help: "end its supervisor as soon as it is down" },
  pause: { bytes: "p", help: "send STOP" },
  continue: { bytes: "c", help: "send CONT" },
  hup: { bytes: "h", help: "send HUP" },
  alarm: { bytes: "a", help: "send ALRM" },
  interrupt: { bytes: "i", help: "send INT" },
  term: { bytes: "t", help: "send TERM" },
  kill: { bytes: "k", help: "send KILL" },
  quit: { bytes: "q", help: "send QUIT" },
  usr1: { bytes: "1", help: "send USR1" },
  usr2: { bytes: "2", help: "send USR2" },
  winch: { bytes: "w", help: "send WINCH" },
};
