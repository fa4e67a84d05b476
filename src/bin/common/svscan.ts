/** The command svscan: a tree of services and their logs. */
import type { Resident, Words } from "../../chain/chain.ts";
import {
  enlargePool,
  handedOn,
  orFatal,
  posix,
  readLaunch,
  startSpawner,
  sweepOrphans,
  workingDirectory,
} from "../../posix/index.ts";
import { signalBits } from "../../posix/signals.ts";
import { attendApart } from "../../supervise/attend-apart.ts";
import { attendHere } from "../../supervise/attend-here.ts";
import type { Means } from "../../supervise/attendant.ts";
import { HostedLogs, POOL_THREADS } from "../../supervise/hosted-logs.ts";
import { Tree } from "../../supervise/tree.ts";
import { hearSignals } from "./hear.ts";
import { bin } from "./own-place.ts";
import { sayer } from "./sayer.ts";
import { asResident } from "./tool.ts";

const HELP = `Usage: svscan [--isolate] [DIR]

Keeps the services of scan directory DIR running, or those of the working directory: each directory in it
whose name does not begin with a dot is one, and NAME/log is the logger of NAME. What is added is
found within a second, what is removed is let go.

  --isolate  a supervise process of its own for each service

Signals: TERM and INT stop the services, then their loggers when they have read everything, then svscan;
again, and it does not wait for the slow ones. HUP looks at the directory now.
Exit codes: 0; that of an essential service that has ended; 111 system trouble; 101 our own fault.
`;

export const svscan: Resident = asResident({
  name: "svscan",
  help: HELP,
  run: async (words, { environment }) => {
    const { isolate, directory } = readWords(words);
    enlargePool(POOL_THREADS);
    const { ignoredSignals, blockedSignals } = readLaunch();
    const chld = signalBits(["SIGCHLD"]);
    // As it found them, and before there is a service: none may be ended unheard.
    process.on("SIGCHLD", () => sweepOrphans());
    sweepOrphans();
    hearSignals(ignoredSignals, {
      SIGTERM: () => tree.stop(),
      SIGINT: () => tree.stop(),
      SIGHUP: () => tree.rescan(),
    });
    if (directory !== undefined)
      orFatal(["chdir to ", directory], () => workingDirectory.enter(directory));
    const means: Means = {
      posix,
      say: sayer(),
      environment,
      ignoredSignals: ignoredSignals & ~chld,
      blockedSignals: blockedSignals & ~chld,
    };
    const attend = isolate ? attendApart([`${bin() ?? ""}/supervise`], means) : attendHere(means);
    const host = new HostedLogs(means).attend;
    const tree = new Tree({
      ...means,
      attend,
      host,
      descriptors: handedOn(),
      onMany: startSpawner,
    });
    return tree.run();
  },
});

/** Words behind the directory are ignored, as in 0.76; `-x` is a directory. */
function readWords(words: Words): { isolate: boolean; directory: Buffer | undefined } {
  const isolate = words[0]?.toString() === "--isolate";
  return { isolate, directory: words[isolate ? 1 : 0] };
}
