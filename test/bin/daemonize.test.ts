// Not tested: macOS; a program that closes its descriptors, and with them the lock.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { run, shell } from "../posix/launched.ts";
import { ours } from "../support/commands.ts";
import { inParallel } from "../support/pool.ts";
import { isRunning } from "../support/process.ts";
import { Running } from "../support/running.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../support/until.ts";

const daemonize = ours("daemonize");
const timeout = 60_000;
const USAGE =
  "daemonize: usage: daemonize [ -d dir ] [ -m umask ] [ -p pidfile ] [ -0 file ] [ -1 file ] [ -2 file ] [ -k fd,... ] [ -i ] program\n";

/** Says what it finds, and then goes on until somebody opens the FIFO ./go that stood in the caller's directory. */
const PROBE = `
  use Cwd;
  my ($out, $go) = @ARGV;
  open my $file, ">", "$out.new" or die;
  sub status { my ($key) = @_; open my $s, "<", "/proc/self/status"; (map { /^$key:\\s*(.*)/ } <$s>)[0] }
  my @stat = split / /, \`cat /proc/$$/stat\` =~ s/.*\\) //sr;
  print $file "directory ", getcwd(), "\\n", sprintf("umask %03o\\n", umask);
  print $file "leads group ", $stat[2] == $$ ? 1 : 0, " session ", $stat[3] == $$ ? 1 : 0, " terminal $stat[4]\\n";
  print $file "ignored ", status("SigIgn"), " blocked ", status("SigBlk"), "\\n";
  print $file "limit ", \`sh -c "ulimit -Sn"\`;
  print $file "$_ ", readlink("/proc/self/fd/$_"), "\\n" for grep { $_ != fileno $file && -e "/proc/self/fd/$_" } 0 .. 99;
  print $file "WORD $ENV{WORD}\\n", "arguments @ARGV[2 .. $#ARGV]\\n";
  close $file;
  rename "$out.new", $out;
  open my $wait, "<", $go if $go;
`;

interface Place {
  readonly cwd: string;
  readonly in: (name: string) => string;
  /** What the probe has written, when it has. */
  readonly found: () => Promise<string>;
  /** The words of a program that says what it finds, and waits for `end`. */
  readonly probe: readonly string[];
  /** Lets the probe end. */
  readonly end: () => void;
}

function place(t: TestContext): Place {
  const cwd = temporaryDirectory(t);
  const inside = (name: string): string => join(cwd, name);
  shell("mkfifo go", [], { cwd });
  const found = async (): Promise<string> => {
    await until("the probe", () => fs.existsSync(inside("out")));
    return fs.readFileSync(inside("out"), "latin1");
  };
  const probe = ["perl", "-e", PROBE, inside("out"), inside("go")];
  // Opening waits for the other side.
  const end = (): void => assert.equal(shell(": >go", [], { cwd }).status, 0);
  return { cwd, in: inside, found, probe, end };
}

test("daemonize starts a program with nothing of the foreground, and exits 0", {
  timeout,
}, async (t) => {
  const { cwd, in: inside, found, probe } = place(t);
  // Node marks descriptors up to the first gap only: 60 is beyond it.
  const beyond = "perl -e 'use POSIX (); POSIX::dup2(0, 60); exec @ARGV'";
  const line = `ulimit -Sn 99; umask 027; exec 3</dev/null 5>"$1"; shift; exec ${beyond} "$@"`;
  const words = [inside("five"), daemonize, ...probe.slice(0, 4), "", "a \xff b", "--help"];
  const { status, stdout, stderr } = shell(line, words, { cwd, env: { WORD: "kept" } });
  assert.deepEqual([status, stdout, stderr], [0, "", ""]);
  assert.deepEqual((await found()).split("\n"), [
    "directory /",
    "umask 000",
    "leads group 1 session 1 terminal 0",
    // Perl's own: FPE.
    "ignored 0000000000000080 blocked 0000000000000000",
    "limit 99",
    "0 /dev/null",
    "1 /dev/null",
    "2 /dev/null",
    "WORD kept",
    `arguments ${Buffer.from("a \xff b").toString("latin1")} --help`,
    "",
  ]);
});

test("daemonize gives what its options ask for", { timeout }, async (t) => {
  const { cwd, in: inside, found, probe } = place(t);
  fs.writeFileSync(inside("in"), "");
  fs.writeFileSync(inside("log"), "before\n");
  fs.writeFileSync(inside("seven"), "");
  const options = [
    "-d",
    "/usr",
    "--umask=027",
    "-i",
    "--stdin",
    "in",
    "-1log",
    "--stderr=log",
    "-k7,3",
  ];
  const line = 'exec 3<in 5<in 7<seven; exec "$@"';
  const { status, stderr } = shell(line, [daemonize, ...options, "-ppid", ...probe.slice(0, 4)], {
    cwd,
  });
  assert.deepEqual([status, stderr], [0, ""]);
  assert.deepEqual((await found()).split("\n").slice(0, -3), [
    "directory /usr",
    "umask 027",
    "leads group 1 session 1 terminal 0",
    // HUP 1, TSTP 20, TTIN 21, TTOU 22, and perl's FPE 8.
    "ignored 0000000000380081 blocked 0000000000000000",
    ...(await found()).match(/^limit .*$/m)!,
    `0 ${inside("in")}`,
    `1 ${inside("log")}`,
    `2 ${inside("log")}`,
    `3 ${inside("in")}`,
    // The lowest number that is free: the lock.
    `4 ${inside("pid")}`,
    `7 ${inside("seven")}`,
  ]);
  assert.equal(fs.readFileSync(inside("log"), "latin1"), "before\n");
});

test("daemonize finds its program as ever under a limit on memory, and says when there is none", {
  timeout,
}, (t) => {
  const { cwd, in: inside } = place(t);
  fs.mkdirSync(inside("there"));
  fs.writeFileSync(inside("there/own"), "#!/bin/sh\nulimit -Sv >&7\n", { mode: 0o755 });
  const softlimit = ["exec", ours("softlimit"), "-a", "400000000", daemonize, "-k7", "-d", "there"];
  // What is started has our pipe: this comes back when it has ended.
  const told = (words: string): unknown[] => {
    const { status, stdout, stderr } = shell(`${softlimit.join(" ")} ${words} 7>&1`, [], { cwd });
    return [status, stdout, stderr];
  };
  assert.deepEqual(told("sh -c 'ulimit -Sv >&7'"), [0, "390625\n", ""]);
  assert.deepEqual(told("./own"), [0, "390625\n", ""]);
  for (const [name, why] of [
    ["no-such-program", "file does not exist"],
    ["./none", "file does not exist"],
    ["/usr", "access denied"],
  ]) {
    const said = `daemonize: fatal: unable to run ${name}: ${why}\n`;
    assert.deepEqual(told(name!), [111, "", said]);
  }
});

test("daemonize refuses a second copy as long as the first one runs, and names it", {
  timeout,
}, async (t) => {
  const { cwd, in: inside, found, probe, end } = place(t);
  const start = (...program: readonly string[]): readonly unknown[] => {
    const { status, stdout, stderr } = run(daemonize, ["-p", "pid", ...program], { cwd });
    return [status, stdout, stderr];
  };
  // What an earlier one has left.
  fs.writeFileSync(inside("pid"), "4194304 and more\n");
  assert.deepEqual(start(...probe), [0, "", ""]);
  await found();
  const pid = fs.readFileSync(inside("pid"), "latin1");
  assert.match(pid, /^[0-9]+\n$/);
  assert.match(fs.readFileSync(`/proc/${pid.trim()}/cmdline`, "latin1"), /^perl\0/);
  const refusal = `daemonize: fatal: sh runs already: process ${pid.trim()} holds pid file pid\n`;
  assert.deepEqual(start("-d", ".", "sh", "-c", ": >other"), [111, "", refusal]);
  assert.equal(fs.readFileSync(inside("pid"), "latin1"), pid);
  assert.equal(fs.existsSync(inside("other")), false);
  end();
  await until("it to end", () => !isRunning(pid.trim()));
  assert.deepEqual(start("true"), [0, "", ""]);
});

test("of several that daemonize starts at once, one runs", { timeout }, async (t) => {
  const { cwd, in: inside, probe, end } = place(t);
  const endings = await inParallel([1, 2, 3, 4], async () => {
    const running = new Running(t, daemonize, ["-p", "pid", ...probe], { cwd });
    return { ...(await running.ended), stderr: running.stderr };
  });
  assert.deepEqual(
    endings.map(({ code }) => Number(code)).sort((a, b) => a - b),
    [0, 111, 111, 111],
  );
  for (const { code, stderr } of endings) {
    assert.match(
      stderr,
      code === 0 ? /^$/ : /^daemonize: fatal: perl runs already: .* holds pid file pid\n$/,
    );
  }
  assert.match(fs.readFileSync(inside("pid"), "latin1"), /^[0-9]+\n$/);
  end();
});

test("daemonize says why a program could not be started, and leaves no pid file", {
  timeout,
}, (t) => {
  const { cwd, in: inside } = place(t);
  fs.writeFileSync(inside("plain"), "text\n", { mode: 0o755 });
  fs.mkdirSync(inside("folder"));
  const table: [words: string[], said: string][] = [
    [["-p", "pid", "/nonexistent"], "unable to run /nonexistent: file does not exist"],
    [["-p", "pid", "/"], "unable to run /: access denied"],
    [["-p", "pid", inside("plain")], `unable to run ${inside("plain")}: exec format error`],
    [
      ["-d", "/nonexistent", "true"],
      "unable to switch to directory /nonexistent: file does not exist",
    ],
    [["-d", "plain", "true"], "unable to switch to directory plain: not a directory"],
    [["-p", "no/pid", "true"], "unable to lock pid file no/pid: file does not exist"],
    [["-p", "", "true"], "unable to lock pid file : file does not exist"],
    [["-p", "folder", "true"], "pid file folder is no regular file"],
    [["-p", "go", "true"], "pid file go is no regular file"],
    [["-0", "missing", "true"], "unable to open missing: file does not exist"],
    [["-1", "/", "true"], "unable to open /: is a directory"],
    [["-k", "77", "true"], "unable to keep descriptor 77: file descriptor not open"],
  ];
  for (const [words, said] of table) {
    const { status, stdout, stderr } = run(daemonize, words, { cwd });
    assert.deepEqual([status, stdout, stderr], [111, "", `daemonize: fatal: ${said}\n`]);
    assert.equal(fs.existsSync(inside("pid")), false, said);
  }
  assert.deepEqual(fs.readdirSync(cwd).sort(), ["folder", "go", "plain"]);
  assert.ok(fs.statSync(inside("go")).isFIFO());
});

test("a program whose number cannot be recorded is not left running", { timeout }, (t) => {
  const { cwd, in: inside } = place(t);
  // The program has our pipe: this comes back when it is gone.
  const line = 'ulimit -f 0; exec "$1" -p pid -k 9 sleep 1000 9>&1';
  const { status, stderr } = shell(line, [daemonize], { cwd });
  const said = "unable to write pid file pid: file too big, and sleep was killed";
  assert.deepEqual([status, stderr], [111, `daemonize: fatal: ${said}\n`]);
  assert.equal(fs.existsSync(inside("pid")), false);
});

test("daemonize refuses wrong words, and says how it is used", { timeout }, () => {
  const table: [words: string[], complaint: string][] = [
    [[], ""],
    [["-i"], ""],
    [["--"], ""],
    [["-m", "8", "true"], "daemonize: umask is an octal number up to 777, not 8\n"],
    [["-m", "1000", "true"], "daemonize: umask is an octal number up to 777, not 1000\n"],
    [["-k", "1,", "true"], "daemonize: keep takes descriptors with commas between them, not 1,\n"],
    [["-k1", "-1", "x", "true"], "daemonize: descriptor 1 cannot both be kept and be a file\n"],
    [["-q", "true"], "daemonize: illegal option -- q\n"],
  ];
  for (const [words, complaint] of table) {
    const { status, stdout, stderr } = run(daemonize, words, { cwd: "/" });
    assert.deepEqual([status, stdout, stderr], [100, "", complaint + USAGE], words.join(" "));
  }
  assert.match(run(daemonize, ["--help"]).stdout, /^Usage: daemonize /);
  assert.match(run(daemonize, ["--version"]).stdout, /^\d+\.\d+\.\d+\n$/);
});
