/** All our commands; those that stay are loaded when a chain comes to them. */
import type { Command, Link, Resident, Words } from "../../chain/chain.ts";
import { envdir } from "../../chain/envdir.ts";
import { envini } from "../../chain/envini.ts";
import { envuidgid } from "../../chain/envuidgid.ts";
import { pgrphack } from "../../chain/pgrphack.ts";
import { runChain } from "../../chain/run.ts";
import { setlock } from "../../chain/setlock.ts";
import { setuidgid } from "../../chain/setuidgid.ts";
import { setuser } from "../../chain/setuser.ts";
import { softlimit } from "../../chain/softlimit.ts";
import { bin } from "./own-place.ts";
import { version } from "./version.ts";

/** All of the small ones together: a file more to be found costs more than what is in them. */
const links: readonly Link[] = [
  envdir,
  envini,
  envuidgid,
  pgrphack,
  setlock,
  setuidgid,
  setuser,
  softlimit,
];

const residents: Readonly<Record<string, () => Promise<Resident>>> = {
  "background-watch": async () => (await import("../../chain/background-watch.ts")).backgroundWatch,
  daemonize: async () => (await import("../../chain/daemonize.ts")).daemonize,
  fghack: async () => (await import("../../chain/fghack.ts")).fghack,
  multilog: async () => resident("multilog", (await import("./multilog.ts")).multilog),
  readproctitle: async () => (await import("../../chain/readproctitle.ts")).readproctitle,
  supervise: async () => (await import("./supervise.ts")).supervise,
  svc: async () => (await import("./svc.ts")).svc,
  svok: async () => (await import("./svok.ts")).svok,
  svscan: async () => (await import("./svscan.ts")).svscan,
  svstat: async () => (await import("./svstat.ts")).svstat,
  svup: async () => (await import("./svup.ts")).svup,
  svwait: async () => (await import("./svwait.ts")).svwait,
  svweb: async () => (await import("./svweb.ts")).svweb,
  "syslog-in": async () => (await import("./syslog-in.ts")).syslogIn,
  tai64n: async () => resident("tai64n", (await import("./tai64n.ts")).tai64n),
  tai64nlocal: async () => resident("tai64nlocal", (await import("./tai64nlocal.ts")).tai64nlocal),
  timberline: async () => (await import("./timberline.ts")).timberline,
  "timberline-bench": async () => (await import("./timberline-bench.ts")).timberlineBench,
  "timberline-import": async () => (await import("./timberline-import.ts")).timberlineImport,
};

async function findCommand(name: string): Promise<Command | undefined> {
  const link = links.find((one) => one.name === name);
  return link ?? (Object.hasOwn(residents, name) ? residents[name]?.() : undefined);
}

/** A command of another room that stays, and answers `--help` itself. */
function resident(name: string, run: (words: Words) => Promise<number> | number): Resident {
  return { kind: "resident", name, help: undefined, run: async (words) => run(words.slice(1)) };
}

/** Runs a command as this process. */
export async function start(name: string): Promise<never> {
  const command = await findCommand(name);
  if (command === undefined) throw new Error(`${name} is no command of this house`);
  return runChain(command, { bin, findCommand, version });
}
