// Not tested: no room for another process (EAGAIN), macOS.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { shell } from "../posix/launched.ts";
import { ours, peer } from "../support/commands.ts";
import { isRunning } from "../support/process.ts";
import { Running } from "../support/running.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const fghack = ours("fghack");
const original = peer("fghack");
const both = [
  { name: "fghack", path: fghack, skip: false },
  { name: "the C fghack", ...original },
] as const;
const timeout = 60_000;

/** What a line of shell says and how it ends, with `$1` for the program; the shell's own complaints left out. */
function told(line: string, program: string): readonly unknown[] {
  const { status, signal, stdout, stderr } = shell(line, [program], { cwd: "/" });
  return [status, signal, stdout, stderr];
}

test("fghack says and answers what the C program does", { skip: original.skip, timeout }, () => {
  const lines = [
    'exec "$1"',
    'exec "$1" /nonexistent/program',
    'exec "$1" nonexistent-program a b',
    'exec "$1" /',
    'exec "$1" /etc/passwd',
    'exec "$1" /etc/passwd/below',
    'exec "$1" -- true',
    'exec "$1" true',
    'exec "$1" sh -c "exit 7"',
    'exec "$1" sh -c "exit 255"',
    "exec \"$1\" sh -c 'kill -TERM $$'",
    "exec \"$1\" sh -c 'kill -KILL $$'",
    'exec "$1" sh -c "echo out; echo err >&2; exit 3"',
    'exec "$1" sh -c "echo into the pipe >&4; exit 3"',
    'exec env -i "a.b=1" PATH=/usr/bin:/bin B=2 A= "$1" cat /proc/self/environ',
    // The copies take all that there is: the program finds no descriptor to load its library by.
    'ulimit -Sn 21; exec "$1" true',
  ];
  for (const line of lines) assert.deepEqual(told(line, fghack), told(line, original.path), line);
});

test("fghack gives its program the descriptors that the C program gives", {
  skip: original.skip,
  timeout,
}, () => {
  const probe = `perl -e 'for (0..120) { print "$_ " . (readlink("/proc/self/fd/$_") =~ s/\\d{2,}//gr) . "\\n" if -e "/proc/self/fd/$_" }'`;
  const states = [
    "",
    "exec 5</dev/null;",
    "exec 3</dev/null 4</dev/null 9</dev/null;",
    "exec 7</dev/null 8>&1; ulimit -Sn 77;",
    "ulimit -n 40;",
  ];
  for (const state of states) {
    const line = `${state} exec "$1" ${probe}`;
    const [theirs, mine] = [told(line, original.path), told(line, fghack)];
    assert.deepEqual(mine, theirs, state);
    assert.ok(String(theirs[2]).match(/pipe/g)!.length > 10, String(theirs[2]));
  }
  const closed = `exec 6>&1; exec "$1" ${probe.replace("print ", "open O, '>&6'; print O ")} <&- >&-`;
  assert.deepEqual(told(closed, fghack), told(closed, original.path));
});

for (const { name, path, skip } of both) {
  test(`${name} waits for what its program left in the background, and ends as the program did`, {
    skip,
    timeout,
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    const line = "exec 8<&0; (read line <&8; echo $line >heard) & echo $$ >pid; exit 3";
    const running = new Running(t, path, ["sh", "-c", line], { cwd });
    const pid = join(cwd, "pid");
    await until("the program to be there", () => fs.existsSync(pid) && fs.statSync(pid).size > 1);
    const program = fs.readFileSync(pid, "latin1").trim();
    await until("the program to have ended", () => !isRunning(program));
    assert.equal(running.isUp, true);
    await running.input.write("word\n");
    assert.deepEqual(await running.ended, { code: 3, signal: null });
    assert.equal(fs.readFileSync(join(cwd, "heard"), "latin1"), "word\n");
  });

  test(`${name} does not wait for a daemon that closes its descriptors`, { skip, timeout }, (t) => {
    const cwd = temporaryDirectory(t);
    const closing = Array.from({ length: 31 }, (_, i) => `POSIX::close(${i + 3});`).join("");
    const daemon = `use POSIX; if (!fork) { ${closing} open F, "<", "fifo"; exit } exit 4`;
    const line = 'mkfifo fifo; "$1" perl -e "$2"; echo $?; : >fifo';
    const { stdout } = shell(line, [path, daemon], { cwd });
    assert.equal(stdout, "4\n");
  });

  test(`${name} dies of a signal, and its program does not hear of it`, {
    skip,
    timeout,
  }, async (t) => {
    const cwd = temporaryDirectory(t);
    const line = "echo $$ >pid; read line; echo $line >heard";
    const running = new Running(t, path, ["sh", "-c", line], { cwd });
    await until("the program to be there", () => fs.existsSync(join(cwd, "pid")));
    assert.deepEqual(await running.stop("SIGTERM"), { code: null, signal: "SIGTERM" });
    await running.input.write("word\n");
    await until("the program to go on", () => fs.existsSync(join(cwd, "heard")));
  });
}

test("fghack tells how its program ended also where SIGCHLD is ignored", () => {
  const ignoring = `exec perl -e '$SIG{CHLD} = "IGNORE"; exec @ARGV' "$1" sh -c "exit 7"`;
  assert.deepEqual(told(ignoring, fghack), [7, null, "", ""]);
});

test("fghack in the middle of a chain finds what the chain has made", { timeout }, (t) => {
  const cwd = temporaryDirectory(t);
  fs.mkdirSync(join(cwd, "env"));
  fs.writeFileSync(join(cwd, "env/WORD"), "a \xff value\n", "latin1");
  const line = '"$1" env "$2" sh -c \'echo "$WORD"; exit 9\'';
  const { status, stdout, stderr } = shell(line, [ours("envdir"), fghack], { cwd });
  assert.deepEqual([status, stdout, stderr], [9, "a \xff value\n", ""]);
});

test("fghack tells its use and its version when that alone is asked", () => {
  assert.match(String(told('exec "$1" --help', fghack)[2]), /^Usage: fghack /);
  assert.match(String(told('exec "$1" --version', fghack)[2]), /^\d+\.\d+\.\d+\n$/);
});
