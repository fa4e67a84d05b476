/** The command supervise: one service under one supervisor. */
import type { Resident } from "../../chain/chain.ts";
import { handedOn, posix, readLaunch, say, sweepOrphans } from "../../posix/index.ts";
import { signalBits } from "../../posix/signals.ts";
import { ESSENTIAL_OPTION } from "../../supervise/attend-apart.ts";
import { Supervisor } from "../../supervise/supervisor.ts";
import { hearSignals } from "./hear.ts";
import { asResident, type Tool, Usage } from "./tool.ts";

const NAME = "supervise";
const HELP = `Usage: supervise [--essential] DIR

Keeps the service of directory DIR running: starts DIR/run, and again when it ends, at most once a
second, unless there is a file DIR/down. svc controls it, svstat tells how it is; files beside
run that are read: docs/service-directory.md.

  --essential  if there is a file DIR/essential, end when run has ended without having been told to; for svscan --isolate

Signals: TERM, INT and HUP stop the service and end supervise; TSTP and CONT pause it and let it go on.
Exit codes: 0 after svc -x or a signal; 100 usage; 111 system trouble; 101 our own fault.
`;

const tool: Tool = {
  name: NAME,
  help: HELP,
  run: async (words, { environment }) => {
    const isEssential = words.length > 1 && words[0]?.toString() === ESSENTIAL_OPTION;
    const [directory, ...more] = isEssential ? words.slice(1) : words;
    if (directory === undefined || more.length > 0)
      throw new Usage("supervise: usage: supervise dir");
    const { ignoredSignals, blockedSignals } = readLaunch();
    const chld = signalBits(["SIGCHLD"]);
    // As in daemontools-encore, and before there is a service: no signal may end us and leave it alone, no ending may be missed. What
    // comes while it is being started is heard after that.
    process.on("SIGCHLD", () => sweepOrphans());
    const tell = (bytes: string) => (): void => supervisor.command(Buffer.from(bytes));
    hearSignals(ignoredSignals, {
      SIGTERM: tell("dx"),
      SIGINT: tell("dx"),
      SIGHUP: tell("dx"),
      SIGTSTP: tell("p"),
      SIGCONT: tell("c"),
    });
    const supervisor = new Supervisor(posix, {
      directory,
      descriptors: handedOn(),
      environment,
      ignoredSignals: ignoredSignals & ~chld,
      blockedSignals: blockedSignals & ~chld,
      say: (kind, line) => say(NAME, [`${kind}: `, line]),
      onEssentialDeath: isEssential ? tell("dx") : undefined,
    });
    await supervisor.ended;
    return 0;
  },
};

export const supervise: Resident = asResident(tool);
