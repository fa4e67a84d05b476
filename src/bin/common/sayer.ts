/** Saying each line once, however often it comes. */
import { posix, say } from "../../posix/index.ts";
import type { Say } from "../../supervise/attendant.ts";
import { Repeats } from "../../supervise/repeats.ts";

/** @param as  the program that says them; each its own unless given */
export function sayer(as?: string): Say {
  const repeats = new Repeats();
  return (program, kind, line) => {
    const text = line.toString("latin1");
    if (repeats.isNews(`${program} ${text}`, posix.monotonicMs()))
      say(as ?? program, [`${kind}: `, line]);
  };
}
