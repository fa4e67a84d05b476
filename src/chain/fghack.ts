/**
 * fghack: keeps a program in the foreground that puts itself into the background (daemontools 0.76,
 * fghack.c): it waits until nobody has the pipe any more that the program was given.
 */

import { ended } from "../posix/children.ts";
import { SystemFailure } from "../posix/failure.ts";
import { files } from "../posix/files.ts";
import { readLaunch } from "../posix/launch.ts";
import { POLL_IN, pipes } from "../posix/pipes.ts";
import type { Ending, Fd } from "../posix/types.ts";
import { watch } from "../posix/waiter.ts";
import { freeNumbers, handedOn, notStarted, startNext } from "./beside.ts";
import type { Resident, State, Words } from "./chain.ts";
import { fatal, orEnd, usage } from "./end.ts";

const NAME = "fghack";
const HELP = `Usage: fghack PROGRAM…

Runs PROGRAM, and ends when it and all that it has started in the background have ended. A daemon that
closes all its descriptors is not waited for; see background-watch.
`;
/** The pipe's writing end, and 30 copies of it. */
const COPIES = 31;
const SOME_BYTES = 4096;

export const fghack: Resident = { kind: "resident", name: NAME, help: HELP, run };

async function run([, ...program]: Words, state: State): Promise<number> {
  if (program.length === 0) throw usage(NAME, "fghack child");
  const descriptors = handedOn(state);
  const copies = numbersOfCopies(descriptors);
  const [readEnd, writeEnd] = orEnd(NAME, ["create pipe"], () => {
    // Its two ends would not fit under the limit that the caller has set.
    if (copies.length < 2) throw new SystemFailure("EMFILE", "pipe");
    return pipes.pipe();
  });
  for (const copy of copies) descriptors.set(copy, writeEnd);
  const pid = startOrEnd(program, state, descriptors);
  files.close(writeEnd);
  await endOf(readEnd);
  return codeOf(await waitFor(pid));
}

function startOrEnd(program: Words, state: State, descriptors: ReadonlyMap<Fd, Fd>): number {
  try {
    return startNext(program, state, { descriptors });
  } catch (failure) {
    throw notStarted(NAME, program, failure);
  }
}

/** The numbers that dup(2) would give one copy after the other, under the caller's limit. */
function numbersOfCopies(taken: ReadonlyMap<Fd, Fd>): Fd[] {
  const { heldLimits, descriptorLimit } = readLaunch();
  const limit = heldLimits.get("openFiles") ?? Number(descriptorLimit);
  const numbers: Fd[] = [];
  for (const fd of freeNumbers(taken)) {
    if (numbers.length === COPIES || fd >= limit) break;
    numbers.push(fd);
  }
  return numbers;
}

/** Resolves when nobody has the pipe's other end any more; what is written into it is thrown away. */
async function endOf(readEnd: Fd): Promise<void> {
  const bytes = Buffer.alloc(SOME_BYTES);
  const watching = watch(readEnd);
  for (;;) {
    while (pipes.poll(readEnd, POLL_IN, 0) !== 0) {
      if (files.read(readEnd, bytes, 0, bytes.length) === 0) {
        watching?.stop();
        return;
      }
    }
    await watching?.next();
  }
}

async function waitFor(pid: number): Promise<Ending> {
  try {
    return await ended(pid);
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    throw fatal(NAME, ["wait failed: ", failure.text]);
  }
}

function codeOf({ code }: Ending): number {
  if (code === undefined) throw fatal(NAME, ["child crashed"]);
  return code;
}
