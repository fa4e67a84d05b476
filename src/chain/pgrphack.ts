/** pgrphack: runs a program in a session of its own (daemontools 0.76, pgrphack.c). */
import { ignoring } from "../posix/failure.ts";
import type { Link, Next, State, System, Words } from "./chain.ts";
import { usage } from "./end.ts";

const NAME = "pgrphack";
const HELP = `Usage: pgrphack PROGRAM…

Runs PROGRAM as the leader of a new session and process group; where this process leads a group already, all
stays as it is.
`;

export const pgrphack: Link = { kind: "link", name: NAME, help: HELP, run };

function run(words: Words, state: State, system: System): Next {
  if (words.length < 2) throw usage(NAME, "pgrphack child");
  ignoring(["EPERM"], () => system.newSession());
  return { words: words.slice(1), state };
}
