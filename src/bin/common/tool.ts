/** What the commands of services have in common: how they are begun, how they end, what they say. */
import type { Resident, State, Words } from "../../chain/chain.ts";
import { isEnd } from "../../chain/end.ts";
import { Fatal, joined, OWN_FAULT, ownFault, put, say } from "../../posix/index.ts";

const STDOUT = 1;
const STDERR = 2;

/** What was wrong with the words: whole lines, said as they are; exit code 100. */
export class Usage extends Error {
  override readonly name = "Usage";
  readonly lines: readonly string[];

  constructor(...lines: string[]) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}

export interface Tool {
  readonly name: string;
  readonly help: string;
  /** @param words  without the command's name. @throws Fatal, Usage */
  run(words: Words, state: State): Promise<number> | number;
}

/** A command as the house starts it (house.ts), which also answers `--help` and `--version`. */
export function asResident(tool: Tool): Resident {
  const { name, help } = tool;
  return { kind: "resident", name, help, run: (words, state) => runTool(tool, words, state) };
}

async function runTool(tool: Tool, [, ...words]: Words, state: State): Promise<number> {
  try {
    return await tool.run(words, state);
  } catch (failure) {
    // Of the readers of options; the chain says it.
    if (isEnd(failure)) throw failure;
    if (failure instanceof Usage) {
      put(STDERR, joined(failure.lines.map((line) => `${line}\n`)));
      return 100;
    }
    if (failure instanceof Fatal) {
      say(tool.name, ["fatal: ", failure.line]);
      return failure.exitCode;
    }
    if (isEnd(failure)) throw failure;
    say(tool.name, ["fatal: ", ownFault(failure)]);
    return OWN_FAULT;
  }
}

/** Writes to standard output. */
export function print(bytes: Buffer): void {
  put(STDOUT, bytes);
}
