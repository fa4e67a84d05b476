/** timberline completion, by the shells themselves. */
// Not tested: colours and menus, which are the shell's.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { COMMANDS } from "../../src/bin/common/catalog.ts";
import { ours, peer } from "../support/commands.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const timeout = 120_000;
const NAMES = COMMANDS.flatMap(({ entries }) => entries.map(({ name }) => name));
const beginning = (part: string): string[] => NAMES.filter((name) => name.startsWith(part)).sort();

/** What stands on the line, and what is offered for its last word. */
const CASES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ["timberline sv", beginning("sv")],
  ["timberline co", ["completion"]],
  ["timberline help set", beginning("set")],
  ["svc re", ["restart"]],
  ["svc restart w", ["web", "work"]],
  ["timberline svc restart w", ["web", "work"]],
  ["timberline svc restart h", ["here"]],
  ["svc stop --w", ["--wait"]],
  ["svc stop --wait 3 m", ["mail"]],
  ["svstat --t", ["--table"]],
  ["svlog --since 10m mai", ["mail"]],
  ["timberline completion ", ["bash", "fish", "zsh"]],
  ["timberline run --name x --fo", ["--follow"]],
  ["timberline run -- tl-pro", ["tl-program"]],
  ["timberline run -1 tl-pro", ["tl-program"]],
  ["timberline new web -- tl-pro", ["tl-program"]],
  ["timberline new web tl-pro", ["tl-program"]],
  ["envdir env tl-pro", ["tl-program"]],
  ["timberline new --us", ["--user"]],
];

interface Place {
  readonly cwd: string;
  readonly env: Record<string, string>;
}

/** Services, here and elsewhere, and a program. */
function place(t: TestContext): Place {
  const home = temporaryDirectory(t);
  const cwd = join(home, "work");
  const services = join(home, "services");
  for (const made of ["web", "work", "mail"])
    fs.mkdirSync(join(services, made), { recursive: true });
  for (const made of ["here", "hidden"]) fs.mkdirSync(join(cwd, made), { recursive: true });
  fs.writeFileSync(join(cwd, "here/run"), "");
  fs.mkdirSync(join(home, "bin"));
  fs.writeFileSync(join(home, "bin/tl-program"), "", { mode: 0o755 });
  const PATH = `${ours("")}:${join(home, "bin")}:/usr/bin:/bin`;
  return { cwd, env: { PATH, HOME: home, SERVICE_DIR: services, TERM: "dumb" } };
}

function run(
  { cwd, env }: Place,
  program: string,
  args: readonly string[],
  input: string = "",
): string {
  const { stdout, stderr, status } = spawnSync(program, args, {
    cwd,
    env,
    input,
    encoding: "utf8",
    timeout,
  });
  assert.deepEqual([status, stderr], [0, ""], stdout);
  return stdout;
}

/** Lines `LINE => OFFERED OFFERED …`. */
function parse(text: string): Map<string, string[]> {
  const lines = text.split("\n").filter((line) => line.includes(" => "));
  return new Map(
    lines.map((line) => {
      const [typed = "", offered = ""] = line.split(" => ");
      return [typed, [...new Set(offered.split(" ").filter((word) => word !== ""))].sort()];
    }),
  );
}

function check(text: string): void {
  const offered = parse(text);
  for (const [line, words] of CASES) assert.deepEqual(offered.get(line), [...words].sort(), line);
}

const BASH = `
eval "$(timberline completion bash)"
while IFS= read -r line; do
  read -ra COMP_WORDS <<<"$line"
  [[ $line == *" " ]] && COMP_WORDS+=("")
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=\${#line} COMPREPLY=()
  _timberline 2>/dev/null
  echo "$line => \${COMPREPLY[*]}"
done
`;
const LINES = CASES.map(([line]) => `${line}\n`).join("");
const bash = peer("bash");

test("bash completes commands, options, services and programs", {
  timeout,
  skip: bash.skip,
}, (t) => {
  check(run(place(t), bash.path, ["--norc", "-c", BASH], LINES));
});

const HELPERS = "/usr/share/bash-completion/bash_completion";

test("bash with bash-completion completes the program's own words", {
  timeout,
  skip:
    fs.existsSync(HELPERS) || process.env["CI"] !== undefined
      ? false
      : `${HELPERS} is not installed`,
}, (t) => {
  check(run(place(t), bash.path, ["--norc", "-c", `. ${HELPERS}\n${BASH}`], LINES));
});

const fish = peer("fish");

test("fish completes commands, options, services and programs", {
  timeout,
  skip: fish.skip,
}, (t) => {
  const script = `timberline completion fish | source
    for line in (cat)
      echo "$line => "(complete -C $line | string replace -r '\\t.*' '' | string join ' ')
    end`;
  check(run(place(t), fish.path, ["--no-config", "-c", script], LINES));
});

/** In place of what it adds to the menu, it says what it would add; at the first prompt, for all lines. */
const ZSHRC = `
autoload -Uz compinit; compinit -u -D
source <(timberline completion zsh)
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a found
  builtin compadd -A found "$@"
  offered+=($found)
  builtin compadd "$@"
}
ask() {
  local line
  for line in "\${(@f)$(<lines)}"; do
    typeset -ga offered=()
    BUFFER=$line CURSOR=\${#line}
    zle complete-word
    print -r -- "$line => $offered" >>answers
  done
  BUFFER=exit
  zle accept-line
}
zle -N zle-line-init ask
`;
const zsh = peer("zsh");

test("zsh completes commands, options, services and programs", { timeout, skip: zsh.skip }, (t) => {
  const where = place(t);
  const home = join(where.cwd, "..");
  fs.writeFileSync(join(home, ".zshrc"), ZSHRC);
  fs.writeFileSync(
    join(where.cwd, "lines"),
    LINES.trimEnd().replace(/completion$/m, "completion "),
  );
  // On a terminal: there is no line editor elsewhere.
  const command = `script -qec '${zsh.path} -i' /dev/null`;
  spawnSync("/bin/sh", ["-c", command], { ...where, stdio: "ignore", timeout });
  check(fs.readFileSync(join(where.cwd, "answers"), "utf8"));
});
