/** timberline run: a program under a supervisor, and its log, at once. */
import {
  AT_CWD,
  enlargePool,
  type Fd,
  handedOn,
  joined,
  orFatal,
  posix,
  readLaunch,
  SYSTEM_TROUBLE,
  say,
  sweepOrphans,
} from "../../posix/index.ts";
import { signalBits, signalNumber } from "../../posix/signals.ts";
import { isTerminal } from "../../posix/terminal.ts";
import type { Say } from "../../supervise/attendant.ts";
import { POOL_THREADS } from "../../supervise/hosted-logs.ts";
import { LoneService } from "../../supervise/lone-service.ts";
import {
  DEFAULT_ACTIONS,
  makeUnlessThere,
  type ServiceFile,
  scriptFile,
  writeNew,
} from "../../supervise/service-files.ts";
import { showLog } from "./follow-log.ts";
import { hearSignals } from "./hear.ts";
import { commandPrefix, findProgram } from "./program.ts";
import { RunTeller } from "./run-teller.ts";
import { HELP, NAME, type RunOrder, readRunWords } from "./run-words.ts";
import { sayer } from "./sayer.ts";
import type { Tool } from "./tool.ts";

const STDIN = 0;
const KILLED = 128;
/** npm passes a Ctrl-C on that the terminal has told us already: within this time it is the same. */
const SAME_MS = 1000;
const LONGEST_DELAY_MS = 60_000;

export const run: Tool = {
  name: NAME,
  help: HELP,
  run: async (words, state) => {
    const order = readRunWords(words);
    const command = {
      paths: [findProgram(order.program[0] as Buffer, state)],
      argv: order.program,
    };
    enlargePool(POOL_THREADS);
    process.on("SIGCHLD", () => sweepOrphans());
    const place = makePlace(order);
    const teller = new RunTeller(NAME, order.name, place, commandPrefix(state));
    const since = posix.now();
    const { ignoredSignals, blockedSignals } = readLaunch();
    const service = new LoneService({
      means: {
        posix,
        say: withCure(sayer(NAME)),
        environment: state.environment,
        ignoredSignals: ignoredSignals & ~CHILD,
        blockedSignals: blockedSignals & ~CHILD,
      },
      place,
      command,
      descriptors: descriptors(),
      once: order.once,
      onNews: (news) => teller.hear(news),
    });
    if (!service.hasFailed) teller.introduce();
    const stop = stopper(service, teller);
    for (const signal of STOPPING) hearSignals(ignoredSignals, { [signal]: () => stop(signal) });
    const isWell = await watched(service, order, place, since, stop);
    if (!isWell) return SYSTEM_TROUBLE;
    teller.left();
    return order.once ? codeOf(service) : 0;
  },
};

const CHILD = signalBits(["SIGCHLD"]);
const STOPPING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Makes what is not there yet. @throws Fatal */
function makePlace({ dir, name }: RunOrder): Buffer {
  const place = joined([dir, "/", name]);
  orFatal(["make ", place], () => {
    makeUnlessThere(posix, AT_CWD, dir, 0o755);
    makeUnlessThere(posix, AT_CWD, place, 0o755);
    const fd = posix.openAt(AT_CWD, place, "directory");
    try {
      for (const file of FILES)
        if (posix.statusAt(fd, file.name) === undefined) writeNew(posix, fd, file);
    } finally {
      posix.close(fd);
    }
  });
  return place;
}

const FILES: readonly ServiceFile[] = [
  scriptFile("script", DEFAULT_ACTIONS),
  { name: "backoff", mode: 0o644, text: Buffer.from(`${LONGEST_DELAY_MS}\n`) },
];

/** The caller's; but a terminal is not handed on, as its Ctrl-C is ours. */
function descriptors(): Map<Fd, Fd> {
  const given = handedOn();
  if (isTerminal(STDIN)) given.set(STDIN, posix.openAt(AT_CWD, "/dev/null", "read"));
  return given;
}

function stopper(service: LoneService, teller: RunTeller): (reason: string) => void {
  let toldAt: number | undefined;
  return (reason) => {
    const now = posix.monotonicMs();
    if (toldAt !== undefined && now - toldAt < SAME_MS) return;
    if (toldAt === undefined) teller.stopping(reason);
    else teller.hurrying();
    toldAt = now;
    service.stop();
  };
}

function withCure(tell: Say): Say {
  return (program, kind, line) => {
    tell(program, kind, line);
    if (line.includes("/supervise/lock: temporary failure"))
      say(NAME, ["another timberline run has this place: --name NAME gives this one another"]);
  };
}

/** Until it has ended, and its lines have been shown. */
async function watched(
  service: LoneService,
  { follow }: RunOrder,
  place: Buffer,
  since: bigint,
  stop: (reason: string) => void,
): Promise<boolean> {
  if (!follow) return service.ended;
  const over = new AbortController();
  const shown = showLog(`${place.toString()}/main`, { since, signal: over.signal });
  void shown.then((isRead) => isRead || stop("nobody reads its lines"));
  const isWell = await service.ended;
  over.abort();
  await shown;
  return isWell;
}

function codeOf({ lastEnding }: LoneService): number {
  if (lastEnding === undefined) return SYSTEM_TROUBLE;
  return lastEnding.code ?? KILLED + signalNumber(lastEnding.signal ?? "");
}
