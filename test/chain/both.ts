/**
 * Running a chain twice: of our commands and of the C programs, under the same conditions, and
 * looking at what the program at its end finds.
 */
import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ours, peer } from "../support/commands.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";

const TIMEOUT_MS = 30_000;
/** nobody: a user who may do nothing. */
export const USER = 65_534;
export const isRoot: boolean = process.getuid?.() === 0;
const PROBE = fileURLToPath(new URL("../../../test/chain/programs/probe.pl", import.meta.url));
const NAMES = [
  "setuidgid",
  "envuidgid",
  "envdir",
  "softlimit",
  "setlock",
  "pgrphack",
  "fghack",
] as const;

/** Why tests that compare are skipped. */
export const skip: string | false =
  NAMES.map((name) => peer(name).skip).find((reason) => reason !== false) ??
  (fs.existsSync("/usr/bin/perl") ? false : "no perl: nothing to look around with");

/** How commands are named in the words of a chain: `@envdir` is ours or the C program. */
export type House = "ours" | "C";

export function named(word: string, house: House): string {
  const name = NAMES.find((known) => word === `@${known}`);
  if (name === undefined) return word;
  return house === "ours" ? ours(name) : peer(name).path;
}

export interface Conditions {
  /** What a shell does first: `trap '' HUP;`. */
  readonly state?: string;
  /** Runs as USER; else as whoever runs the tests. */
  readonly asUser?: boolean;
  /** Variables; PATH alone unless given. */
  readonly env?: Readonly<Record<string, string>>;
}

export class Place {
  readonly directory: string;
  private readonly probe: string;
  private readonly out: string;

  /** A directory of the test's own that everybody may look into. */
  constructor(scope: Scope) {
    // Before it is removed: who is not root may not remove what is in a closed directory.
    scope.after(() => isRoot || spawnSync("chmod", ["-R", "u+rwx", this.directory]));
    this.directory = temporaryDirectory(scope);
    fs.chmodSync(this.directory, 0o755);
    this.probe = join(this.directory, "probe");
    fs.copyFileSync(PROBE, this.probe);
    fs.chmodSync(this.probe, 0o755);
    fs.mkdirSync(join(this.directory, "open"));
    fs.chmodSync(join(this.directory, "open"), 0o777);
    fs.writeFileSync(join(this.directory, "open/lock"), "");
    fs.chmodSync(join(this.directory, "open/lock"), 0o666);
    // Below, everything has the same names as here.
    fs.mkdirSync(join(this.directory, "below"));
    for (const name of ["open", "variables"]) {
      fs.symlinkSync(`../${name}`, join(this.directory, "below", name));
    }
    this.out = join(this.directory, "open", "found");
    this.write("variables", { A: "one", HOME: "", "B-C": " two \t\n three", D: "x\0y\0" });
  }

  /** Makes a directory of files. */
  write(name: string, files: Readonly<Record<string, string>>): string {
    const directory = join(this.directory, name);
    fs.mkdirSync(directory, { recursive: true });
    for (const [file, text] of Object.entries(files)) {
      fs.writeFileSync(join(directory, file), text, "latin1");
    }
    return directory;
  }

  /** Runs words, `@NAME` standing for the command of a house, to their end. */
  run(
    words: readonly string[],
    house: House,
    { state = "", asUser = false, env = {} }: Conditions = {},
  ): SpawnSyncReturns<string> {
    const given = words.map((word) => named(word, house));
    return spawnSync("/bin/sh", ["-c", `${state} exec "$@"`, "sh", ...given], {
      cwd: this.directory,
      env: { PATH: "/usr/bin:/bin", ...env },
      encoding: "latin1",
      timeout: TIMEOUT_MS,
      killSignal: "SIGKILL",
      ...(asUser && isRoot ? { uid: USER, gid: USER } : {}),
    });
  }

  /** What a program at the end of a chain finds. */
  found(chain: readonly string[], house: House, conditions: Conditions = {}): string {
    fs.rmSync(this.out, { force: true });
    const ran = this.run([...chain, this.probe, this.out], house, conditions);
    assert.deepEqual(
      [ran.stdout, ran.stderr, ran.status],
      ["", "", 0],
      `${house}: ${chain.join(" ")}`,
    );
    return this.readable(fs.readFileSync(this.out, "latin1"), ran.pid);
  }

  /** Numbers that differ from run to run, by what they are. */
  private readable(text: string, pid: number): string {
    const people = (line: string): string =>
      line.replace(/\d+/g, (number) =>
        Number(number) === pid ? "own" : Number(number) === process.pid ? "parent's" : number,
      );
    return text
      .split("\n")
      .map((line) => (line.startsWith("pid ") ? people(line) : line))
      .join("\n")
      .replaceAll(/(pipe|socket):\[\d+\]/g, "$1");
  }

  /** Asserts that a chain's program finds the same, whichever house the commands are of. */
  same(chain: readonly string[], conditions: Conditions = {}): string {
    const expected = this.found(chain, "C", conditions);
    const actual = this.found(chain, "ours", conditions);
    assert.equal(actual, expected, `${conditions.state ?? ""} ${chain.join(" ")}`);
    return expected;
  }

  /** Asserts that words end in the same way: exit code, output and errors. */
  sameEnd(words: readonly string[], conditions: Conditions = {}): string {
    const [expected, actual] = (["C", "ours"] as const).map((house) => {
      const { status, signal, stdout, stderr } = this.run(words, house, conditions);
      return { status, signal, stdout, stderr };
    });
    assert.deepEqual(actual, expected, words.join(" "));
    return expected?.stderr ?? "";
  }
}
