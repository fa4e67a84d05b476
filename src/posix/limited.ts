/**
 * Starting a program under limits that this process could not live under, not even for the moment of a
 * posix_spawn, which needs memory and counts our threads.
 *
 * Such a program is started by way of another Node (limited-start.ts), which takes the limits upon
 * itself as its last act but one: 30 ms, in a case that is rare. So is one that is to be another
 * user's, as posix_spawn knows of no account.
 */
import { fileURLToPath } from "node:url";
import { workingDirectory } from "./directory.ts";
import { SystemFailure } from "./failure.ts";
import { AT_CWD, files } from "./files.ts";
import { type Launch, recordWords } from "./launch.ts";
import { ownProgram } from "./own-program.ts";
import { firstThatRuns, whyNotRun } from "./search.ts";
import type { Account, Fd, Image, Name, SoftLimits } from "./types.ts";

const SLASH = 0x2f;
const helper = fileURLToPath(ownProgram("limited-start", import.meta.url));

/** The limits among `held` that keep a process from being started here. */
export function hinderingLimits(held: SoftLimits): SoftLimits {
  return new Map([...held].filter(([resource]) => resource !== "openFiles"));
}

/** What the other Node does as its last acts. */
export interface LastActs {
  readonly limits: SoftLimits;
  readonly account: Account | undefined;
}

/**
 * What is started in place of a program so that it gets the limits and the account.
 *
 * @param launch  as the program is to find it
 * @param directory  where the program is to run, when that is not the working directory
 * @throws SystemFailure when no file of the program can be run, as far as can be seen from here
 */
export function limited(
  { paths, argv, environment }: Image,
  { limits, account }: LastActs,
  launch: Launch,
  directory: Fd | undefined,
): Image {
  const found =
    directory === undefined || paths.every(isAbsolute)
      ? findAmong(paths)
      : within(directory, () => findAmong(paths));
  const { word, variables } = recordWords(launch, environment);
  const list = [...limits].map(([resource, soft]) => `${resource}=${soft}`).join(",");
  return {
    paths: [process.execPath],
    argv: [process.execPath, helper, word, list, accountWord(account), found ?? "", ...argv],
    environment: variables,
  };
}

/** `UID:GID:NAME`; nothing for no account. */
function accountWord(account: Account | undefined): string {
  return account === undefined ? "" : `${account.uid}:${account.gid}:${account.name}`;
}

const isAbsolute = (path: Name): boolean => Buffer.from(path)[0] === SLASH;

/** Runs `action` in a directory, and goes back. */
function within<T>(directory: Fd, action: () => T): T {
  const before = files.openAt(AT_CWD, ".", "directory");
  try {
    workingDirectory.enterOpen(directory);
    return action();
  } finally {
    workingDirectory.enterOpen(before);
    files.close(before);
  }
}

function findAmong(paths: readonly Name[]): Name | undefined {
  let last: Name | undefined;
  const code = firstThatRuns(paths.length, (at) => {
    last = paths[at];
    return whyNotRun(last ?? "");
  });
  if (code !== "") throw new SystemFailure(code, "posix_spawn", last);
  return last;
}
