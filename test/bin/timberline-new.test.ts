/** timberline new: the service directory of a program. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Scanned } from "../supervise/against-c/scanned.ts";
import { ours } from "../support/commands.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const timeout = 60_000;
const PATH = `${ours("")}:/usr/bin:/bin`;

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Words as bytes: through a shell, which takes them from octal escapes. */
function make(
  cwd: string,
  words: readonly (string | Buffer)[],
  env: Record<string, string> = {},
): Ran {
  const literal = (word: string | Buffer): string => {
    const octal = [...Buffer.from(word)].map((byte) => `\\0${byte.toString(8)}`).join("");
    // What a substitution takes away at the end, a letter keeps.
    return `"$(x=$(printf '%bX' '${octal}'); printf %sX "\${x%X}")"`;
  };
  const set = words.map((word) => `w=${literal(word)}; set -- "$@" "\${w%X}"`).join("\n");
  const script = `umask 022; set --\n${set}\nexec "$TIMBERLINE" new "$@"`;
  const { status, stdout, stderr } = spawnSync("/bin/sh", ["-c", script], {
    cwd,
    env: { PATH, TIMBERLINE: ours("timberline"), ...env },
    encoding: "latin1",
    timeout: 30_000,
  });
  return { code: status, out: stdout, err: stderr };
}

const modeOf = (path: string): number => fs.statSync(path).mode & 0o777;

test("timberline new makes the directory of services, and none above it", (t) => {
  const cwd = temporaryDirectory(t);
  assert.deepEqual(
    ["service", "service"].map((dir, n) => make(cwd, ["-d", dir, `s${n}`, "sleep", "1"]).code),
    [0, 0],
  );
  assert.deepEqual(fs.readdirSync(join(cwd, "service")).sort(), ["s0", "s1"]);
  assert.equal(modeOf(join(cwd, "service")), 0o755);
  const { code, err } = make(cwd, ["-d", "a/b", "web", "sleep", "1"]);
  assert.deepEqual(
    [code, err],
    [111, "timberline new: fatal: unable to make a/b: file does not exist\n"],
  );
});

test("timberline new writes run, log/script and env, and says what comes next", (t) => {
  const cwd = temporaryDirectory(t);
  const { code, out, err } = make(
    cwd,
    ["--dir", ".", "web", "--env", "A=1", "--", "sleep", "100"],
    {
      SERVICE_DIR: "/services",
    },
  );
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^\.\/web is made: run, log\/script, env|^web is made: run, log\/script, env/);
  assert.match(out, new RegExp(`ln -s ${fs.realpathSync(cwd)}/web /services/`));
  assert.match(out, /svstat --why .*web\b[^]*svlog -f .*web\b[^]*svc restart .*web\b/);
  assert.equal(
    fs.readFileSync(join(cwd, "web/run"), "utf8").replaceAll(/^#[^!].*\n/gm, ""),
    `#!/bin/sh\nexec 2>&1\nservice=$PWD\ncd ${fs.realpathSync(cwd)} || exit 111\nexec envdir "$service/env" /usr/bin/sleep 100\n`,
  );
  assert.match(
    fs.readFileSync(join(cwd, "web/log/script"), "utf8"),
    /^#.*\nt\ns1000000\nn10\n\.\/main\n$/,
  );
  const modes = ["web", "web/run", "web/log", "web/log/script", "web/env", "web/env/A"];
  assert.deepEqual(
    modes.map((name) => modeOf(join(cwd, name)).toString(8)),
    ["755", "755", "755", "644", "700", "600"],
  );
  assert.deepEqual(fs.readdirSync(cwd), ["web"]);
});

test("the program finds its words, variables and directory to the byte, whatever they are", (t) => {
  const cwd = join(temporaryDirectory(t), 'it\'s a "place" with $HOME\n');
  fs.mkdirSync(cwd);
  const every = Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1));
  const words = [
    every,
    "",
    "'",
    "it's",
    "a b",
    "new\nline\n",
    "~",
    "$HOME",
    "*",
    "-n",
    "A=b",
    "`x`",
    "\\",
  ];
  const variables = ["A=1", "B=", "C=two\nlines", "odd_name=\u00fc"].flatMap((set) => [
    "--env",
    set,
  ]);
  const probe = 'printf "%s\\0" "$@" "$A" "${B-unset}" "$C"; printenv -0 odd_name; pwd';
  const { code, err } = make(cwd, [
    "web",
    ...variables,
    "--",
    "/bin/sh",
    "-c",
    probe,
    "sh",
    ...words,
  ]);
  assert.deepEqual([code, err], [0, ""]);
  for (const shell of ["sh", "bash", "dash"]) {
    const found = spawnSync(shell, ["./run"], { cwd: join(cwd, "web"), env: { PATH } });
    const expected = [...words, "1", "", "two\nlines", "\u00fc"].map((word) =>
      Buffer.concat([Buffer.from(word), Buffer.of(0)]),
    );
    const place = Buffer.from(`${fs.realpathSync(cwd)}\n`);
    assert.equal(
      found.stdout.toString("latin1"),
      Buffer.concat([...expected, place]).toString("latin1"),
      shell,
    );
  }
});

test("timberline new changes nothing that is there", (t) => {
  const cwd = temporaryDirectory(t);
  fs.mkdirSync(join(cwd, "empty"));
  fs.writeFileSync(join(cwd, "file"), "mine");
  for (const name of ["empty", "file"]) {
    const { code, err } = make(cwd, [name, "true"]);
    assert.deepEqual(
      [code, err],
      [100, `timberline new: fatal: ./${name} is there already: nothing was changed\n`],
    );
  }
  assert.deepEqual(fs.readdirSync(cwd).sort(), ["empty", "file"]);
  assert.equal(fs.readFileSync(join(cwd, "file"), "utf8"), "mine");
  assert.deepEqual(fs.readdirSync(join(cwd, "empty")), []);
});

test("what is wrong with the words is said before anything is written", (t) => {
  const cwd = temporaryDirectory(t);
  const wrong: readonly (readonly [readonly string[], number, RegExp])[] = [
    [[], 100, /^timberline new: usage: /],
    [["web"], 100, /^timberline new: usage: /],
    [["a/b", "true"], 100, /^timberline new: "a\/b" is no name/],
    [["web", "-e", "A", "true"], 100, /--env takes NAME=VALUE/],
    [["web", "-e", "A=x ", "true"], 100, /ends in a blank/],
    [["web", "-s", "a\nb", "true"], 100, /an action is not empty, has no newline/],
    [["web", "-s", "t", "true"], 100, /fatal: --script: no line goes anywhere/],
    [["web", "-s", "nonsense", "-s", "./main", "true"], 100, /fatal: .*nonsense/],
    [["web", "-u", "no-such-account", "true"], 100, /fatal: there is no account no-such-account/],
    [["web", "no-such-program"], 111, /fatal: unable to run no-such-program: .*PATH/],
    [
      ["-d", "/dev/null/x", "web", "true"],
      111,
      /fatal: unable to make \/dev\/null\/x: not a directory/,
    ],
    [["n".repeat(300), "true"], 111, /fatal: unable to make .*: .*long/],
  ];
  for (const [words, code, said] of wrong) {
    const ran = make(cwd, words);
    assert.equal(ran.code, code, words.join(" "));
    assert.match(ran.err, said);
  }
  assert.deepEqual(fs.readdirSync(cwd), []);
});

test("--user and --script do what they say", (t) => {
  const cwd = temporaryDirectory(t);
  const actions = ["t", "+* it's *", ":age=7d", "./all"];
  const words = ["-u", "root", "web", ...actions.flatMap((one) => ["--script", one]), "true"];
  assert.equal(make(cwd, words).err, "");
  assert.match(
    fs.readFileSync(join(cwd, "web/run"), "utf8"),
    /\nexec setuidgid root \/usr\/bin\/true\n$/,
  );
  const script = fs.readFileSync(join(cwd, "web/log/script"), "utf8");
  assert.equal(script.replace(/^#.*\n/, ""), `${actions.join("\n")}\n`);
});

test("a svscan that runs there starts what timberline new has written", { timeout }, async (t) => {
  const scanned = new Scanned(t, "ours", {});
  const env = { SERVICE_DIR: scanned.tree };
  const { out } = make(
    "/",
    ["-d", scanned.tree, "-e", "WHO=world", "web", "sh", "-c", "echo hello $WHO; exec sleep 100"],
    env,
  );
  assert.match(out, /svscan, where it runs on .*, starts it within a second/);
  await until("its line", () => / hello world\n/.test(scanned.text("web/log/main/current")));
  assert.deepEqual(await scanned.stop(), { code: 0, signal: null });
  assert.deepEqual(scanned.said, []);
});
