/**
 * The demonstration: the services of examples/service, copied to where they may write, under svscan.
 *
 * Everything that is started here is ended here, in order: on Ctrl-C, TERM, a closed terminal, or when nobody
 * reads what is said. Should this process be killed, svscan's input is at its end, the service lifeline
 * notices that and ends, and as it is essential, svscan ends all others.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, dirname, extname, join } from "node:path";
import { createInterface } from "node:readline";
import { type Account, parseAccount } from "../src/multilog/account.ts";
import { Ending } from "./ending.ts";
import type { Options, Places } from "./places.ts";
import { compareAccounts, describeLogdir, lastLine } from "./report.ts";
import { Screen } from "./screen.ts";
import { Watch } from "./watch.ts";

const SYSTEM_TROUBLE = 111;
/** The services that are shown, with the logs of each. */
const LOGS = ["web/log/all", "load/log/main", "flaky/log/main", "worker/log/main", "page/log/main"];
const SHOWN = ["web", "load", "flaky", "worker", "worker/log", "page"];
/** Where svweb is where nobody says otherwise. */
const PAGE_PORT = 9001;

export async function runTree(options: Options, places: Places): Promise<number> {
  const tree = join(places.dir, "service");
  const environment = {
    ...process.env,
    PATH: [places.commands, dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter),
    SERVICE_DIR: tree,
  };
  const port = await freePort(PAGE_PORT);
  if (!layOut(tree, port, options, places)) return SYSTEM_TROUBLE;
  const before = accountOf(tree);
  const ending = new Ending(options.for);
  const screen = new Screen(() => ending.ask("nobody reads this any more"));
  for (const line of introduction(screen, port, options, places)) screen.line(line);
  const svscan = spawn(join(places.commands, "svscan"), [tree], {
    env: environment,
    stdio: ["pipe", "inherit", "pipe"],
    // Ctrl-C reaches it through us.
    detached: true,
  });
  const watch = new Watch({ screen, places, tree, environment, logs: LOGS, shown: SHOWN });
  const died = endOf(svscan, watch);
  const reason = await Promise.race([ending.asked, died.then(() => "svscan has ended")]);
  await watch.note(`Ending (${reason}): services first, then their logs, then svscan.`);
  ending.onImpatience = () => svscan.kill("SIGTERM");
  svscan.kill("SIGTERM");
  const isWell = (await died) === 0 && reason !== "svscan has ended";
  await watch.end();
  const isBalanced = report(screen, tree, places, before);
  ending.over();
  return isWell && isBalanced ? 0 : SYSTEM_TROUBLE;
}

/** Copies the services to where they run; what they have logged there stays. */
function layOut(
  tree: string,
  port: number,
  { rate }: Options,
  { root, commands, shown }: Places,
): boolean {
  const isTaken = spawnSync(join(commands, "svok"), [join(tree, "web")]).status === 0;
  if (isTaken) {
    console.error(
      `npm start: ${shown(tree)} is in use by another npm start: end that one, or give this one\n` +
        "a place of its own: npm start -- --dir demo-2",
    );
    return false;
  }
  try {
    const source = (path: string): boolean => extname(path) !== ".mts";
    cpSync(join(root, "examples/service"), tree, { recursive: true, filter: source });
    for (const program of ["web/server.mjs", "load/client.mjs"])
      cpSync(join(root, "build/examples/service", program), join(tree, program));
    writeFileSync(join(tree, "load/env/RATE"), `${rate}\n`);
    mkdirSync(join(tree, "page/env"), { recursive: true });
    writeFileSync(join(tree, "page/env/PORT"), `${port}\n`);
    return true;
  } catch (error) {
    console.error(`npm start: unable to make ${tree}: ${(error as Error).message}`);
    return false;
  }
}

/** A port of this machine that nobody has: that one, or another. */
async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  try {
    server.listen(wanted, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    return typeof address === "object" ? (address?.port ?? wanted) : wanted;
  } catch (error) {
    if (wanted === 0) throw error;
    return await freePort(0);
  } finally {
    server.close();
  }
}

/** What svscan says is shown. @returns its exit code */
async function endOf(svscan: ChildProcess, watch: Watch): Promise<number | null> {
  if (svscan.stderr !== null)
    createInterface(svscan.stderr).on("line", (line) => void watch.note(line));
  const [code] = (await once(svscan, "close")) as [number | null];
  return code;
}

function introduction(screen: Screen, port: number, options: Options, places: Places): string[] {
  const dir = places.shown(join(places.dir, "service"));
  const bin = places.shown(places.commands);
  const command = (text: string): string => screen.in("green", text);
  return [
    `${screen.in("bold", "A tree of services under svscan, in one process with their logs.")} Ctrl-C ends it all.`,
    "",
    `  web     an HTTP server; log/script has svscan write its log: all lines, errors apart`,
    `  load    ${options.rate} requests a second to it: most are good, some slow, some 404 and 500`,
    "  flaky   dies again and again: flapping, and started later and later",
    "  worker  a shell script, with a logger of its own: multilog, by log/run",
    "  page    svweb: all of this in a browser, to look at and to steer",
    `  They are in ${dir}, as examples/service has them; their logs are in NAME/log.`,
    "",
    `While it runs, in a browser: ${screen.in("bold", `http://127.0.0.1:${port}/`)}`,
    "",
    "And in another terminal:",
    `  ${command(`export SERVICE_DIR=$PWD/${dir} PATH=$PWD/${bin}:$PATH`)}`,
    `  ${command("svstat --why flaky")}             why does it not stay up?`,
    `  ${command("svlog -f --grep ' 500 GET' web")} its failing requests; or svlog web, svlog --since 1m --grep slow`,
    `  ${command("svc restart --wait 10 web")}      comes back when it is ready again; svc stop load, svc start load`,
    `  ${command("kill -9 PID")}                    worker/log's, of the table: the next logger finds every line`,
    `  ${command("curl http://127.0.0.1:$(cat $SERVICE_DIR/web/port)/error")}`,
    "",
  ];
}

function accountOf(tree: string): Account | undefined {
  const file = join(tree, "web/log/stats.json");
  return existsSync(file) ? parseAccount(readFileSync(file, "utf8")) : undefined;
}

/** What is left behind. @returns whether every line of the web server is accounted for */
function report(
  screen: Screen,
  tree: string,
  { shown }: Places,
  before: Account | undefined,
): boolean {
  const after = accountOf(tree);
  screen.line();
  screen.line(`${screen.in("bold", "What is left behind")} in ${shown(tree)}:`);
  for (const log of [...LOGS, "web/log/errors"].sort())
    if (existsSync(join(tree, log, "current"))) screen.line(`  ${describeLogdir(tree, log)}`);
  const last = lastLine(join(tree, "web/log/status"));
  if (last !== undefined) screen.line(`  web/log/status: ${last}`);
  if (after === undefined) return false;
  const { balanced, text } = compareAccounts(before, after);
  screen.line("The account of web's log in this run (web/log/stats.json):");
  for (const line of text) screen.line(`  ${line}`);
  screen.line(screen.in(balanced ? "green" : "red", `  ${balanced ? "balanced" : "NOT balanced"}`));
  return balanced;
}
