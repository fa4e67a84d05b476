/** setuser: runs a program as an account's owner would after logging in (daemontools-encore, setuser.c). */
import { readAccount } from "./account.ts";
import type { Link, Next, State, System, Words } from "./chain.ts";
import { orEnd } from "./end.ts";
import { change, setting } from "./environment.ts";

const NAME = "setuser";
const HELP = `Usage: setuser ACCOUNT PROGRAM…

Runs PROGRAM in the home directory of ACCOUNT, with its user id, its group id and its supplementary groups, and
with the variables HOME, SHELL, USER, GID and UID set. Needs root.
`;

export const setuser: Link = { kind: "link", name: NAME, help: HELP, run };

function run(words: Words, state: State, system: System): Next {
  const { account, program } = readAccount(NAME, words.slice(1), system);
  const { name, uid, gid, home, shell } = account;
  orEnd(NAME, ["chdir to ", home], () => system.enter(home));
  orEnd(NAME, ["setgid"], () => system.setGroup(gid));
  orEnd(NAME, ["initgroups"], () => system.setAccountGroups(name, gid));
  orEnd(NAME, ["setuid"], () => system.setUser(uid));
  const values = { HOME: home, SHELL: shell, USER: name, GID: String(gid), UID: String(uid) };
  const changes = Object.entries(values).map(([variable, value]) => setting(variable, value));
  return { words: program, state: { ...state, environment: change(state.environment, changes) } };
}
