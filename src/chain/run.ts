/** The chain from its first command to the program at its end (see chain.ts). */
import { execute, ignoreAgain } from "../posix/exec.ts";
import { OWN_FAULT } from "../posix/exit-codes.ts";
import { SystemFailure } from "../posix/failure.ts";
import { argumentBytes, environmentBytes } from "../posix/launch.ts";
import { leave, leaveAtOwnFault } from "../posix/leave.ts";
import { unableTo } from "../posix/message.ts";
import { ownFault, put, say } from "../posix/say.ts";
import { firstThatRuns, realPath, whyNotRun } from "../posix/search.ts";
import { settle } from "../posix/settle.ts";
import type { Command, House, Link, Next, State, Words } from "./chain.ts";
import { fatal, isEnd } from "./end.ts";
import { searchPath } from "./path.ts";
import { realSystem } from "./system.ts";

const STDOUT = 1;
const STDERR = 2;

/** Runs the command that this process was started as; comes back never. */
export async function runChain(first: Command, house: House): Promise<never> {
  try {
    ignoreAgain();
    const words = [Buffer.from(first.name), ...argumentBytes()];
    return leave(await goOn(first, words, house));
  } catch (failure) {
    return endWith(failure, first.name);
  }
}

async function goOn(first: Command, firstWords: Words, house: House): Promise<number> {
  let command = first;
  let words = firstWords;
  let state: State = {
    environment: environmentBytes(),
    softLimits: new Map(),
    descriptors: new Map(),
  };
  for (;;) {
    if (answersAlone(command, words, house)) return 0;
    if (command.kind === "resident") {
      if (command !== first) settle({ argv: words, ...state });
      leaveAtOwnFault(command.name);
      return command.run(words, state);
    }
    const next = command.run(words, state, realSystem());
    const paths = searchPath(next.words[0] as Buffer, state.environment);
    const own = await findOwn(paths, house);
    if (own === undefined) become(command, next, paths);
    ({ words, state } = next);
    command = own;
  }
}

/** `--help` and `--version`, where they are all that the command is given. */
function answersAlone(command: Command, words: Words, house: House): boolean {
  const word = words.length === 2 ? words[1]?.toString() : undefined;
  if (command.help === undefined) return false;
  if (word === "--help") put(STDOUT, Buffer.from(command.help));
  else if (word === "--version") put(STDOUT, Buffer.from(`${house.version()}\n`));
  else return false;
  return true;
}

/** The command of ours that the search would run. */
async function findOwn(paths: readonly Buffer[], house: House): Promise<Command | undefined> {
  let found: Buffer | undefined;
  const code = firstThatRuns(paths.length, (at) => {
    found = paths[at];
    return whyNotRun(found as Buffer);
  });
  if (code !== "" || found === undefined) return undefined;
  const file = realPath(found)?.toString() ?? "";
  const slash = file.lastIndexOf("/");
  if (slash === -1 || file.slice(0, slash) !== house.bin()) return undefined;
  return house.findCommand(file.slice(slash + 1));
}

function become(link: Link, { words, state }: Next, paths: readonly Buffer[]): never {
  try {
    execute({ paths, argv: words, ...state });
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    throw fatal(link.name, [unableTo(["run ", words[0] as Buffer], failure)]);
  }
}

function endWith(failure: unknown, name: string): never {
  if (isEnd(failure)) {
    put(STDERR, failure.said);
    leave(failure.exitCode);
  }
  say(name, ["fatal: ", ownFault(failure)]);
  leave(OWN_FAULT);
}
