/** What may be done to services: words for people, and who asks before it is done. */
import type { Action } from "../tree/shapes.ts";
import { RESTART, START, STOP } from "./icons.ts";

export interface Deed {
  readonly action: Action;
  /** As on a button. */
  readonly label: string;
  /** What it does, in a few words. */
  readonly says: string;
  readonly icon?: string;
  /** The key in the table. */
  readonly key?: string;
  /** It cannot be taken back by its opposite: it is asked first. */
  readonly isGrave?: boolean;
}

export const DEEDS: readonly Deed[] = [
  {
    action: "start",
    label: "Start",
    says: "run it, and again whenever it ends",
    icon: START,
    key: "S",
  },
  { action: "stop", label: "Stop", says: "end it, and leave it down", icon: STOP, key: "X" },
  {
    action: "restart",
    label: "Restart",
    says: "end it, and run it again",
    icon: RESTART,
    key: "R",
  },
  { action: "once", label: "Once", says: "run it, and not again when it ends", key: "O" },
  { action: "rotate", label: "Rotate log", says: "begin a new log file now", key: "T" },
];

export const FURTHER: readonly Deed[] = [
  { action: "pause", label: "Pause", says: "signal STOP: hold it where it is" },
  { action: "continue", label: "Continue", says: "signal CONT: go on" },
  { action: "hup", label: "HUP", says: "most programs read their files again" },
  { action: "alarm", label: "ALRM", says: "an alarm clock" },
  { action: "interrupt", label: "INT", says: "as by Ctrl-C" },
  { action: "quit", label: "QUIT", says: "end, with a memory dump" },
  { action: "term", label: "TERM", says: "asks it to end; it is run again if it is to be up" },
  { action: "kill", label: "KILL", says: "ends it at once, whatever it does", isGrave: true },
  { action: "usr1", label: "USR1", says: "what the program makes of it" },
  { action: "usr2", label: "USR2", says: "what the program makes of it" },
  { action: "winch", label: "WINCH", says: "what the program makes of it" },
  { action: "exit", label: "Exit", says: "its supervisor ends with it", isGrave: true },
];

/** The sentence that asks; undefined: it is done without. */
export function questionOf(deed: Deed, count: number, all: number): string | undefined {
  if (count > 1 && count === all) return `${deed.label}: all ${all} services?`;
  if (deed.isGrave !== true) return undefined;
  return count === 1 ? `${deed.label}: ${deed.says}?` : `${deed.label}: ${count} services?`;
}
