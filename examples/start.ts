/**
 * `npm start`: a small tree of services under svscan, with their logs, watched. `npm start -- COMMAND`: a
 * command of yours, by `timberline run`.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join, relative, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { parseDuration } from "../src/multilog/units.ts";
import { Ending } from "./ending.ts";
import type { Options, Places } from "./places.ts";
import { runTree } from "./tree.ts";

const SYSTEM_TROUBLE = 111;
const KILLED = 128;

/**
 * @param words  the arguments of `npm start --`
 * @returns the exit code
 */
export async function main(words: readonly string[], root: string): Promise<number> {
  // npm goes to the project's directory first; INIT_CWD is where its user stands.
  const here = process.env["INIT_CWD"] ?? process.cwd();
  const program = new Command("npm start --")
    .description(
      "Without a command: a web server under load, a service that keeps dying and a worker, under svscan,\n" +
        "with their logs, watched. With one: that command and its log, by timberline run --once.",
    )
    .argument("[command...]", "what to run instead")
    .option("--for <time>", "end by itself after 5s, 2m, …", duration)
    .option("--rate <n>", "requests a second", rate, 25)
    .option("--dir <dir>", "where services and logs are", "demo")
    .helpOption("--help", "say this")
    .passThroughOptions()
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, "npm start: ")),
    })
    .exitOverride((cause) => process.exit(cause.exitCode === 0 ? 0 : 100));
  program.parse([...words], { from: "user" });
  const options = program.opts<Options>();
  // The place that is git-ignored unless another is named.
  const base = program.getOptionValueSource("dir") === "default" ? root : here;
  const places: Places = {
    root,
    dir: resolve(base, options.dir),
    commands: join(root, "dist", "bin"),
    shown: (path) => relative(here, path) || ".",
  };
  if (program.args.length > 0) return runCommand(program.args, options, places, here);
  return runTree(options, places);
}

/** A command of the user's. What it says is captured and shown, and its exit code is passed on. */
function runCommand(
  words: readonly string[],
  options: Options,
  { commands, dir }: Places,
  here: string,
): Promise<number> {
  const ending = new Ending(options.for);
  const asked = ["run", "--once", "--follow", "--dir", join(dir, "log"), "--", ...words];
  const child = spawn(join(commands, "timberline"), asked, {
    cwd: here,
    stdio: "inherit",
  });
  // A Ctrl-C has reached it already; what comes so soon behind it is the same to it.
  void ending.asked.then(() => child.kill("SIGTERM"));
  ending.onImpatience = () => child.kill("SIGTERM");
  return new Promise((done) => {
    child.on("error", (error) => {
      console.error(`npm start: unable to run ${join(commands, "timberline")}: ${error.message}`);
      done(SYSTEM_TROUBLE);
    });
    child.on("exit", (code, signal) => {
      ending.over();
      done(code ?? KILLED + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError("It is a time such as 5s or 2m.");
  return seconds * 1000;
}

function rate(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 10_000))
    throw new InvalidArgumentError("It is a number from 1 to 10000.");
  return value;
}
