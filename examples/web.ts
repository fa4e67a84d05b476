/**
 * The web server under load: server, client, logger and view, begun and ended in order.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ending } from "./ending.ts";
import { Logger } from "./logger.ts";
import { makePlace, type Options, type Places, sayNotStarted } from "./places.ts";
import { compareAccounts, describeLogdir, lastLine } from "./report.ts";
import { Screen } from "./screen.ts";
import { View } from "./view.ts";

const PATIENCE_MS = 5000;
const SYSTEM_TROUBLE = 111;

interface Told {
  readonly asked: number;
  readonly answered: number;
}

export async function runWeb(options: Options, places: Places): Promise<number> {
  const place = makePlace(options.dir, "web");
  if (place === undefined) return SYSTEM_TROUBLE;
  const ending = new Ending(options.for);
  const screen = new Screen(() => ending.ask("nobody reads this any more"));
  const logger = new Logger({
    run: join(places.root, "examples", "web", "log", "run"),
    directory: place,
    commands: places.commands,
    onRestart: (how) =>
      screen.line(screen.in("red", `  · the logger died (${how}): the next one reads on`)),
  });
  if (!(await logger.start())) return sayNotStarted(place, places);

  const view = new View(screen, join(place, "all"));
  const server = startPart("server", [], [logger.input, "inherit"]);
  logger.noMoreWriters();
  const serverEnd = once(server, "exit");
  const first = await Promise.race([once(server, "message"), serverEnd.then(() => undefined)]);
  const port = (first?.[0] as { port: number } | undefined)?.port;
  let told: Told | undefined;
  let client: ChildProcess | undefined;
  let failed = port === undefined;
  if (port === undefined) console.error("npm start: the server did not begin");
  else {
    for (const line of introduction(screen, port, options, place, logger, places))
      screen.line(line);
    client = startPart("client", [String(port), String(options.rate)], ["ignore", "inherit"]);
    client.on("message", (message) => {
      told = message as Told;
    });
    const died = serverEnd.then(() => "the server died");
    const reason = await Promise.race([ending.asked, died]);
    failed = reason === "the server died";
    screen.line();
    screen.line(
      screen.in("bold", `Ending (${reason}): the server first, then its client, then the logger.`),
    );
  }
  ending.onImpatience = () => {
    for (const part of [server, client]) part?.kill("SIGKILL");
    logger.end();
  };
  await endPart(server);
  if (client !== undefined) await endPart(client);
  failed = (await logger.drained()) !== 0 || failed;
  ending.onImpatience = () => {};
  await view.end();
  const balanced = report(screen, place, logger, told, places);
  ending.over();
  return failed || !balanced ? SYSTEM_TROUBLE : 0;
}

/** Starts server or client: apart from the terminal, so that Ctrl-C reaches them through us, in order. */
function startPart(
  name: "server" | "client",
  words: readonly string[],
  [stdout, stderr]: ["ignore" | number, "inherit"],
): ChildProcess {
  const file = fileURLToPath(new URL(`web/${name}.js`, import.meta.url));
  return spawn(process.execPath, [file, ...words], {
    stdio: ["ignore", stdout, stderr, "ipc"],
    detached: true,
  });
}

/** Asks it to end, and insists after a while. */
async function endPart(part: ChildProcess): Promise<void> {
  if (part.exitCode !== null || part.signalCode !== null) return;
  const over = once(part, "exit");
  part.kill("SIGTERM");
  const insist = setTimeout(() => part.kill("SIGKILL"), PATIENCE_MS);
  await over;
  clearTimeout(insist);
}

function introduction(
  screen: Screen,
  port: number,
  options: Options,
  place: string,
  logger: Logger,
  places: Places,
): string[] {
  const dir = places.shown(place);
  const bin = places.shown(places.commands);
  const command = (text: string): string => screen.in("green", text);
  return [
    `${screen.in("bold", "A web server under load, and its log.")} Ctrl-C ends it all.`,
    "",
    `  server  http://127.0.0.1:${port}   its lines go through a pipe to the logger; try ${command(`curl http://127.0.0.1:${port}/error`)}`,
    `  client  ${options.rate} requests a second: most are good, some slow, some 404 and 500`,
    `  logger  multilog, process ${logger.pid}, as examples/web/log/run says:`,
    `            ${dir}/all         every line; a new file at 16 KB, five files in all`,
    `            ${dir}/errors      the answers 4xx and 5xx`,
    `            ${dir}/status      the last of these`,
    `            ${dir}/stats.json  the account: read, selected, rotated, stalled`,
    "",
    "While it runs, or afterwards, in another terminal:",
    `  ${command(`ls -l ${dir}/all`)}`,
    `  ${command(`${bin}/svlog ${dir}/errors`)}`,
    `  ${command(`${bin}/svlog -f --grep "GET /slow" ${dir}/all`)}`,
    `  ${command(`kill -9 ${logger.pid}`)}   the logger dies at once; the next one finds every line in the pipe`,
    "",
    `${screen.in("bold", "all/current")} as it grows, as svlog -f shows it:`,
    "",
  ];
}

/** @returns whether everything that was read is accounted for */
function report(
  screen: Screen,
  place: string,
  logger: Logger,
  told: Told | undefined,
  places: Places,
): boolean {
  const account = logger.account();
  if (account === undefined) return false;
  const dir = places.shown(place);
  const { balanced, text } = compareAccounts(logger.before, account);
  screen.line();
  screen.line(`${screen.in("bold", "What is left behind")} in ${dir}:`);
  for (const name of ["all", "errors"]) screen.line(`  ${describeLogdir(place, name)}`);
  const last = lastLine(join(place, "status"));
  if (last !== undefined) screen.line(`  status: ${last}`);
  screen.line("The account of this run:");
  for (const line of text) screen.line(`  ${line}`);
  if (told !== undefined)
    screen.line(`  the client: ${told.asked} requests, ${told.answered} answers`);
  if (logger.restarts > 0) {
    screen.line(
      `  the logger was started again ${logger.restarts} times; what it had not yet put into the account (one second at most) is in the log, not in these numbers`,
    );
  }
  const verdict = balanced ? "balanced" : "NOT balanced";
  screen.line(screen.in(balanced ? "green" : "red", `  ${verdict}`));
  return balanced;
}
