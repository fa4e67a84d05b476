/**
 * `npm start`: a web server under load whose lines go through a pipe into multilog, and the log as
 * it grows; `npm start -- COMMAND`: the same with a command of yours.
 *
 * Everything that is started here is ended here: on Ctrl-C, TERM, a closed terminal, or when nobody
 * reads what is said. Should this process be killed, the server and the client see that their
 * channel is gone, and the logger that its pipe has no writer.
 */
import { join, relative, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { parseDuration } from "../src/multilog/units.ts";
import { runCommand } from "./command.ts";
import type { Options, Places } from "./places.ts";
import { runWeb } from "./web.ts";

/**
 * @param words  the arguments of `npm start --`
 * @returns the exit code
 */
export async function main(words: readonly string[], root: string): Promise<number> {
  // npm goes to the project's directory first; INIT_CWD is where its user stands.
  const here = process.env["INIT_CWD"] ?? process.cwd();
  const program = new Command("npm start --")
    .description(
      "Without a command: a web server under load, its log captured, rotated and shown.\n" +
        "With one: that command's output, captured and shown; its exit code is passed on.",
    )
    .argument("[command...]", "what to capture instead of the web server")
    .option("--for <time>", "end by itself after 5s, 2m, …", duration)
    .option("--rate <n>", "requests a second", rate, 25)
    .option("--dir <dir>", "where the logs go", "demo-log")
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
  const dir = resolve(base, options.dir);
  const places: Places = {
    root,
    commands: join(root, "dist", "bin"),
    shown: (path) => relative(here, path) || ".",
  };
  const chosen = { ...options, dir };
  if (program.args.length > 0) return runCommand(program.args, chosen, places);
  return runWeb(chosen, places);
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
