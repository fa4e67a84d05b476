/**
 * A command of the user's instead of the web server: what it writes to standard output and standard
 * error is captured and shown, and its exit code is passed on.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { Ending } from "./ending.ts";
import { Logger } from "./logger.ts";
import { makePlace, type Options, type Places, sayNotStarted } from "./places.ts";
import { compareAccounts, describeLogdir } from "./report.ts";
import { Screen } from "./screen.ts";
import { View } from "./view.ts";

const SYSTEM_TROUBLE = 111;

export async function runCommand(
  words: readonly string[],
  options: Options,
  places: Places,
): Promise<number> {
  const place = makePlace(options.dir, "command");
  if (place === undefined) return SYSTEM_TROUBLE;
  const ending = new Ending(options.for);
  const screen = new Screen(() => ending.ask("nobody reads this any more"));
  const logger = new Logger({
    run: join(places.root, "examples", "command", "log", "run"),
    directory: place,
    commands: places.commands,
    onRestart: (how) =>
      screen.line(screen.in("red", `  · the logger died (${how}): the next one reads on`)),
  });
  if (!(await logger.start())) return sayNotStarted(place, places);
  const main = join(place, "main");
  screen.line(screen.in("dim", `  · capturing ${words.join(" ")} into ${places.shown(main)}`));

  const view = new View(screen, main);
  const [program = "", ...args] = words;
  // In our own process group and on our own terminal: Ctrl-C and input are the command's.
  const child = spawn(program, args, {
    cwd: process.env["INIT_CWD"],
    stdio: ["inherit", logger.input, logger.input],
  });
  logger.noMoreWriters();
  void passOn(child, ending);
  const code = await exitCode(child, program);
  // As in a pipeline of the shell: what the command left running may write still.
  ending.onImpatience = () => logger.end();
  const drained = await logger.drained();
  await view.end();
  report(screen, place, logger, places);
  ending.over();
  return code === 0 && drained !== 0 ? SYSTEM_TROUBLE : code;
}

/** The end is asked for: the terminal has told the command itself of a Ctrl-C, but of nothing else. */
async function passOn(child: ChildProcess, ending: Ending): Promise<void> {
  ending.onImpatience = () => child.kill("SIGTERM");
  const reason = await ending.asked;
  if (reason !== "SIGINT") child.kill("SIGTERM");
  else if (!process.stdin.isTTY) child.kill("SIGINT");
}

/** @returns the command's exit code; as in a shell, 128 and the signal's number when one ended it */
function exitCode(child: ChildProcess, program: string): Promise<number> {
  return new Promise((resolve) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      const cause =
        error.code === "ENOENT"
          ? "there is no such command"
          : error.code === "EACCES"
            ? "it may not be executed"
            : error.message;
      console.error(`npm start: unable to run ${program}: ${cause}`);
      resolve(SYSTEM_TROUBLE);
    });
    child.on("exit", (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

function report(screen: Screen, place: string, logger: Logger, places: Places): void {
  const account = logger.account();
  if (account === undefined) return;
  const { balanced, text } = compareAccounts(logger.before, account);
  screen.line(screen.in("dim", `  · ${places.shown(place)}/${describeLogdir(place, "main")}`));
  const verdict = balanced ? "balanced" : "NOT balanced";
  for (const line of text) screen.line(screen.in("dim", `  · ${line}: ${verdict}`));
}
