/**
 * The command tai64n: puts a TAI64N label in front of every line of standard input.
 *
 * Arguments are ignored, as in daemontools, except a sole --help or --version.
 */
// Not posix/index.ts: a filter starts 9 ms sooner with the few files that it needs.
import { readFile } from "../../posix/assets.ts";
import { clock } from "../../posix/clock.ts";
import { files } from "../../posix/files.ts";
import { readLaunch } from "../../posix/launch.ts";
import { ownProcess } from "../../posix/leave.ts";
import { joined } from "../../posix/message.ts";
import { pipes } from "../../posix/pipes.ts";
import { runCommand } from "../../tai64/command.ts";
import { localiseUrl, makeKernel } from "../../tai64/kernel.ts";
import { Stamper } from "../../tai64/stamper.ts";
import { version } from "./version.ts";

const HELP = `Usage: tai64n

Puts a TAI64N label and a blank in front of every line of standard input. Arguments are ignored,
unless there is just one of these:

  --help     say this
  --version  say which version this is
`;

/** Runs tai64n as this process. @param words  its arguments @returns the exit code */
export function tai64n(words: readonly Uint8Array[]): number {
  const alone = words.length === 1 ? joined(words).toString() : undefined;
  if (alone === "--help") {
    process.stdout.write(HELP);
  } else if (alone === "--version") {
    process.stdout.write(`${version()}\n`);
  } else {
    const stamper = new Stamper(makeKernel(readFile(localiseUrl)), () => clock.now());
    runCommand(stamper, { ...files, ...pipes }, readLaunch(), ownProcess);
  }
  return 0;
}
