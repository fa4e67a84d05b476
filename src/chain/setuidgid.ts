/** setuidgid: runs a program under an account's user and group ids (daemontools 0.76, setuidgid.c). */
import { readAccount } from "./account.ts";
import type { Link, Next, State, System, Words } from "./chain.ts";
import { orEnd } from "./end.ts";

const NAME = "setuidgid";
const HELP = `Usage: setuidgid [-s] ACCOUNT PROGRAM…

Runs PROGRAM with the user id and the group id of ACCOUNT, and with no other groups. Needs root.

  -s  with the supplementary groups of ACCOUNT as well
`;

export const setuidgid: Link = { kind: "link", name: NAME, help: HELP, run };

function run(words: Words, state: State, system: System): Next {
  const all = words[1]?.toString() === "-s";
  const { account, program } = readAccount(NAME, words.slice(all ? 2 : 1), system);
  orEnd(NAME, ["setgid"], () => {
    if (all) system.setAccountGroups(account.name, account.gid);
    else system.setGroups([account.gid]);
    system.setGroup(account.gid);
  });
  orEnd(NAME, ["setuid"], () => system.setUser(account.uid));
  return { words: program, state };
}
