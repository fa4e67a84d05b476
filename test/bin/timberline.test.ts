/** timberline: every command under one name. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { COMMANDS, OWN } from "../../src/bin/common/catalog.ts";
import { ours } from "../support/commands.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const ENTRIES = COMMANDS.flatMap(({ entries }) => entries);
const manifest = JSON.parse(
  fs.readFileSync(fileURLToPath(new URL("../../../package.json", import.meta.url)), "utf8"),
) as { readonly version: string; readonly bin: Record<string, string> };

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function timberline(words: readonly string[], env: Record<string, string> = {}): Ran {
  return run(ours("timberline"), words, env);
}

function run(program: string, words: readonly string[], env: Record<string, string> = {}): Ran {
  const { status, stdout, stderr } = spawnSync(program, words, {
    env: { PATH: "/usr/bin:/bin", ...env },
    input: "",
    encoding: "latin1",
    timeout: 30_000,
  });
  return { code: status, out: stdout, err: stderr };
}

/** Says what a program finds: words, environment, descriptors, ignored signals, limits, session or not. */
const PROBE = `printf '%s|' "$@"; od -An -c /proc/self/environ; ls /proc/self/fd
grep -E '^Sig(Ign|Blk)' /proc/self/status; ulimit -a; umask; pwd`;

test("timberline COMMAND finds what the command by itself finds, and hands it on", (t) => {
  const cwd = temporaryDirectory(t);
  const odd = ["-x", "a b", "new\nline", "", "ä", "--help"];
  const callers: readonly (readonly [string, string])[] = [
    ["plain", '"$@"'],
    ["odd", 'trap "" USR1; ulimit -Sn 123; umask 027; exec env ODD-NAME=x =y "$@" 7</dev/null'],
    ["bare", 'exec env -i "$@" <&-'],
  ];
  for (const [name, script] of callers) {
    const found = [[ours("pgrphack")], [ours("timberline"), "pgrphack"]].map((command) => {
      const words = [...command, "/bin/sh", "-c", PROBE, "sh", ...odd];
      return run("/bin/sh", ["-c", `cd '${cwd}'; ${script}`, "sh", ...words], { Z: "ä", A: "" });
    });
    assert.deepEqual(found[1], found[0], name);
    assert.match(found[0]?.out ?? "", /^-x\|a b\|new\nline\|\|Ã¤\|--help\|/, name);
  }
});

test("timberline COMMAND ends as the command does, and says what it says", () => {
  for (const words of [["svok", "/nowhere"], ["svc", "-z"], ["envdir"], ["multilog", "nothing"]]) {
    const [name = "", ...rest] = words;
    assert.deepEqual(timberline(words), run(ours(name), rest), name);
  }
});

test("timberline stands in a chain, and behind a link", (t) => {
  const cwd = temporaryDirectory(t);
  fs.symlinkSync(ours("timberline"), join(cwd, "tl"));
  const words = ["envuidgid", "root", "timberline", "pgrphack", "printenv", "UID"];
  const env = { PATH: `${ours("")}:/usr/bin:/bin` };
  assert.deepEqual(run(join(cwd, "tl"), words, env), { code: 0, out: "0\n", err: "" });
});

test("timberline names what there is, and what there is not", () => {
  const { out } = timberline(["--help"]);
  for (const { name, purpose } of [...OWN.entries, ...ENTRIES])
    assert.match(out, new RegExp(`^  ${name} +${purpose.replaceAll("?", "\\?")}$`, "m"));
  assert.equal(timberline(["help"]).out, out);
  assert.equal(timberline(["help", "svc"]).out, run(ours("svc"), ["--help"]).out);
  assert.equal(timberline(["help", "bench"]).out, run(ours("timberline-bench"), ["--help"]).out);
  assert.equal(timberline(["help", "run"]).out, timberline(["run", "--help"]).out);
  assert.deepEqual(timberline(["--version"]), { code: 0, out: `${manifest.version}\n`, err: "" });
  for (const words of [
    [],
    ["nothing"],
    ["help", "nothing"],
    ["../bin/svc"],
    ["timberline"],
    ["house"],
  ]) {
    const { code, out: said, err } = timberline(words);
    assert.deepEqual([code, said], [100, ""], words.join(" "));
    assert.match(err, /^timberline: .*timberline --help lists them\n$/);
  }
});

/** The long options that a help names, but for those of another command. */
function optionsIn(help: string): Set<string> {
  const long = help.replaceAll("svscan --isolate", "").match(/(?<![\w-])--[a-z][a-z-]+/g) ?? [];
  return new Set(long.filter((one) => one !== "--help" && one !== "--version"));
}

test("every command is in the list of commands, with all its options", () => {
  const own = OWN.entries.map(({ name }) => `timberline-${name}`);
  const others = Object.keys(manifest.bin).filter(
    (name) => name !== "timberline" && !own.includes(name),
  );
  assert.deepEqual(
    ENTRIES.map(({ name }) => name).sort(),
    others.sort(),
    "src/bin/common/catalog.ts is to name every command of package.json",
  );
  for (const { name, options = "" } of [...OWN.entries, ...ENTRIES]) {
    const { code, out } = timberline([name, "--help"]);
    assert.equal(code, 0, name);
    const known = options
      .split(" ")
      .filter((one) => one !== "")
      .map((one) => one.replace("=", ""));
    const long = known.filter((one) => one.startsWith("--"));
    assert.deepEqual([...optionsIn(out)].sort(), long.sort(), name);
    for (const letter of known) assert.ok(out.includes(letter), `${name} ${letter}`);
  }
});
