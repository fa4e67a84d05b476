/** envuidgid: runs a program with an account's ids in UID and GID (daemontools 0.76, envuidgid.c). */
import { readAccount } from "./account.ts";
import type { Link, Next, State, System, Words } from "./chain.ts";
import { change, setting } from "./environment.ts";

const NAME = "envuidgid";
const HELP = `Usage: envuidgid ACCOUNT PROGRAM…

Runs PROGRAM with the variables GID and UID set to the ids of ACCOUNT. Changes no ids.
`;

export const envuidgid: Link = { kind: "link", name: NAME, help: HELP, run };

function run(words: Words, state: State, system: System): Next {
  const { account, program } = readAccount(NAME, words.slice(1), system);
  const changes = [setting("GID", String(account.gid)), setting("UID", String(account.uid))];
  return { words: program, state: { ...state, environment: change(state.environment, changes) } };
}
