/** Programs along the caller's PATH. */
import type { State } from "../../chain/chain.ts";
import { searchPath } from "../../chain/path.ts";
import {
  Fatal,
  firstThatRuns,
  realPath,
  SystemFailure,
  unableTo,
  whyNotRun,
} from "../../posix/index.ts";
import { bin } from "./own-place.ts";

/**
 * The file that a program's name means, along the caller's PATH.
 *
 * @throws Fatal, exit code 111, when there is none that could be run
 */
export function findProgram(word: Buffer, { environment }: Pick<State, "environment">): Buffer {
  const { found, code } = search(word, environment);
  if (code === "") return found;
  const isNowhere = code === "ENOENT" && !word.includes("/");
  const cause = isNowhere
    ? new Error("there is no such program on the PATH")
    : new SystemFailure(code, "execve", word);
  throw new Fatal(111, unableTo(["run ", word], cause));
}

/** What stands in front of the names of our commands when they are typed: nothing where they are on the PATH. */
export function commandPrefix({ environment }: Pick<State, "environment">): string {
  const directory = bin() ?? "";
  const { found, code } = search(Buffer.from("svlog"), environment);
  const isOnPath = code === "" && realPath(found)?.toString() === `${directory}/svlog`;
  return isOnPath ? "" : `${directory}/`;
}

function search(
  word: Buffer,
  environment: State["environment"],
): { readonly found: Buffer; readonly code: string } {
  const paths = searchPath(word, environment);
  let found = word;
  const code = firstThatRuns(paths.length, (at) => {
    found = paths[at] ?? word;
    return whyNotRun(found);
  });
  return { found, code };
}
