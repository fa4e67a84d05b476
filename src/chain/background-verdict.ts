/** What is said of a program that puts itself into the background, and background-watch's exit code (those of s6). */
import { joined, unableTo, type Words } from "../posix/message.ts";
import { signalNumber } from "../posix/signals.ts";
import type { Ending } from "../posix/types.ts";
import type { BackgroundEnd } from "./background.ts";
import { SYSTEM_TROUBLE } from "./end.ts";

/** The pid file cannot be used. */
const NO_PID = 104;
const KILLED = 128;

export interface Verdict {
  readonly exitCode: number;
  /** Why it ended, where its own ending does not say it. */
  readonly why?: Words;
}

/** @param program  as it was named; @param file  the pid file, as it was named */
export function verdict(end: BackgroundEnd, program: Uint8Array, file: Uint8Array): Verdict {
  const fatal = (exitCode: number, ...words: Words): Verdict => ({
    exitCode,
    why: words,
  });
  switch (end.cause) {
    case "daemon":
      return { exitCode: codeFor(end.ending) };
    case "daemon of another":
      return fatal(
        SYSTEM_TROUBLE,
        `process ${end.pid} ended, but how is known only to its own parent, another process than `,
        program,
      );
    case "parent":
      return fatal(codeFor(end.ending), program, ` ${howItEnded(end.ending)}`);
    case "pid file":
      switch (end.reading.kind) {
        case "missing":
          return fatal(NO_PID, program, " exited without writing pid file ", file);
        case "empty":
          return fatal(NO_PID, program, " exited and left pid file ", file, " empty");
        case "garbage":
          return fatal(NO_PID, "pid file ", file, " does not contain a process id");
        case "unreadable":
          return fatal(
            SYSTEM_TROUBLE,
            joined([unableTo(["read pid file ", file], end.reading.cause)]),
          );
      }
    // Every reading has returned.
    case "not running": {
      const what = `process ${end.pid}, which does not exist`;
      return fatal(SYSTEM_TROUBLE, "pid file ", file, ` names ${what}`, age(end.isOld, program));
    }
    case "not ours": {
      const what = `process ${end.pid}, which is none that `;
      return fatal(
        NO_PID,
        "pid file ",
        file,
        ` names ${what}`,
        program,
        " started",
        age(end.isOld, program),
      );
    }
  }
}

function age(isOld: boolean, program: Uint8Array): Uint8Array {
  return isOld ? joined(["; it is older than this start of ", program]) : joined([]);
}

/** The exit code, or 128 and the number of the signal. */
export function codeFor({ code, signal = "" }: Ending): number {
  return code ?? KILLED + signalNumber(signal);
}

function howItEnded({ code, signal }: Ending): string {
  return code === undefined ? `was killed by ${signal}` : `exited with code ${code}`;
}
