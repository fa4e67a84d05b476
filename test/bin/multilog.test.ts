/** The command itself: its arguments, and what it needs around it. */
// Not tested: Node versions other than the one that runs this; systems other than Linux.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { ours, peer } from "../support/commands.ts";
import { readLogdir } from "../support/logdir.ts";
import { BARE_ENVIRONMENT, type Ran, runOn } from "../support/running.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const multilog = ours("multilog");
const original = peer("multilog");
const timeout = 60_000;

/** Runs a line of shell in which "$0" is the program; stdin is a pipe that holds one line. */
function shell(line: string, program: string, cwd: string): Ran {
  const { status, signal, stderr } = spawnSync(
    "/bin/sh",
    ["-c", `printf 'a line\\n' | { ${line}; }`, program],
    { cwd, env: BARE_ENVIRONMENT, encoding: "latin1", timeout },
  );
  return { code: status, signal, stderr };
}

const CLEAN: Ran = { code: 0, signal: null, stderr: "" };

test("multilog without arguments reads its input to the end", { timeout }, async (t) => {
  const cwd = temporaryDirectory(t);
  assert.deepEqual(await runOn(t, multilog, [], "a\nb\n", { cwd }), CLEAN);
});

test("multilog takes names and patterns that are not UTF-8, byte for byte", {
  timeout,
  skip: original.skip,
}, (t) => {
  const place = temporaryDirectory(t);
  const results = [original.path, multilog].map((program, which) => {
    const cwd = join(place, String(which));
    fs.mkdirSync(cwd);
    const ff = `"$(printf '\\377')"`;
    const ran = shell(
      `printf 'a\\377b\\nab\\n' | "$0" n5 "./d"${ff}é '-*' "+a"${ff}"*" ./only "=s"${ff} e`,
      program,
      cwd,
    );
    const names = fs.readdirSync(cwd, { encoding: "latin1" }).sort();
    const log = (name: string): string =>
      readLogdir(Buffer.from(`${cwd}/${name}`, "latin1").toString("latin1")).whole;
    const odd = fs.readFileSync(
      Buffer.concat([Buffer.from(`${cwd}/d`), Buffer.from([0xff]), Buffer.from("é/current")]),
      "latin1",
    );
    return { ran, names, odd, only: log("only") };
  });
  assert.deepEqual(results[1], results[0]);
  assert.deepEqual(results[1]?.names, ["d\xff\xc3\xa9", "only", "s\xff"]);
  assert.equal(results[1]?.odd, "a\xffb\nab\n");
  assert.equal(results[1]?.only, "a\xffb\n");
  assert.equal(results[1]?.ran.stderr, "a\xffb\n");
});

test("multilog names a directory that is not UTF-8 as it is in what it says", { timeout }, (t) => {
  const cwd = temporaryDirectory(t);
  const ran = shell(`"$0" "./no$(printf '\\377')/d"`, multilog, cwd);
  assert.equal(
    ran.stderr,
    "multilog: fatal: unable to open directory ./no\xff/d: file does not exist\n",
  );
});

test("multilog --help and --version answer only where they are the sole argument", {
  timeout,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const say = (word: string): string => spawnSync(multilog, [word], { encoding: "utf8" }).stdout;
  assert.match(say("--help"), /^Usage: multilog /);
  assert.match(say("--version"), /^(multilog )?[0-9]+\.[0-9]+\.[0-9]+\n$/);
  for (const word of ["--help", "--version"]) {
    // A pattern, as in 0.76: it deselects lines that read `-help`.
    const ran = await runOn(t, multilog, [word, "./d"], `-${word.slice(2)}\nkept\n`, { cwd });
    assert.deepEqual(ran, CLEAN);
  }
  assert.equal(readLogdir(cwd, "d").whole, "kept\nkept\n");
});

test("multilog --check explains a good script, and leaves no trace", { timeout }, (t) => {
  const cwd = temporaryDirectory(t);
  const args = ["--check", "t", "s100000", "n5", "-*debug*", "./d"];
  const { status, stdout, stderr } = spawnSync(multilog, args, { cwd, encoding: "utf8" });
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(stdout, /\.\/d/);
  assert.deepEqual(fs.readdirSync(cwd), []);
});

const MISTAKES: Record<string, string[]> = {
  "a word that means nothing": ["foo", "./d"],
  "a directory without a dot": ["logs/x", "./d"],
  "t behind the first place": ["./d", "t"],
  "a size that is no number": ["sbig", "./d"],
  "a number of files that is none": ["nmany", "./d"],
  "a setting behind the last directory": ["./d", "s5000"],
  "one directory twice": ["./d", "./d"],
  "a pattern that no stamped line can match": ["t", "-foo*", "./d"],
  "no destination": ["t"],
  "an unknown new action": [":nothing=1", "./d"],
  "a bad value": [":total=lots", "./d"],
  "a total that leaves no room": ["s100000", ":total=100000", "./d"],
};

for (const [what, script] of Object.entries(MISTAKES)) {
  test(`multilog --check finds ${what}`, { timeout }, (t) => {
    const cwd = temporaryDirectory(t);
    const { status, stderr } = spawnSync(multilog, ["--check", ...script], {
      cwd,
      encoding: "utf8",
    });
    assert.equal(status, 100);
    assert.match(stderr, /^multilog: mistake: [^\n]+\n/);
    assert.deepEqual(fs.readdirSync(cwd), []);
  });
}

const BAD_ACTIONS = [
  [":"],
  [":total"],
  [":total="],
  [":total=0"],
  [":total=-1"],
  [":total=1t"],
  [":age=1y"],
  [":every="],
  [":every=0s"],
  [":sync=never"],
  [":stamp=rfc"],
  [":stats="],
  [":stats=a", ":stats=b"],
  ["t", ":stamp=iso"],
  ["./d", ":stamp=iso"],
  [":constructor=1"],
  [":Total=1g"],
  [": total=1g"],
];

test("multilog refuses a bad action that begins with a colon, in one line, before it makes anything", {
  timeout,
}, async (t) => {
  let count = 0;
  for (const words of BAD_ACTIONS) {
    const cwd = temporaryDirectory(t);
    const { status, stderr } = spawnSync(multilog, [...words, "./d"], {
      cwd,
      input: "a line\n",
      encoding: "utf8",
    });
    assert.equal(status, 100, words.join(" "));
    assert.match(stderr, /^multilog: fatal: [^\n]+\n$/, words.join(" "));
    assert.deepEqual(fs.readdirSync(cwd), []);
    count++;
  }
  assert.equal(count, 18);
});

test("multilog works with an empty environment, through symbolic links, and from a directory with spaces", {
  timeout,
}, async (t) => {
  const place = temporaryDirectory(t);
  const root = dirname(dirname(dirname(multilog)));
  const spaced = join(place, "with 'many  spaces");
  fs.mkdirSync(spaced);
  fs.cpSync(join(root, "dist"), join(spaced, "dist"), { recursive: true });
  for (const name of ["node_modules", "package.json"])
    fs.symlinkSync(join(root, name), join(spaced, name));
  fs.symlinkSync(multilog, join(place, "absolute"));
  fs.mkdirSync(join(place, "links"));
  fs.symlinkSync("../absolute", join(place, "links", "multilog"));
  fs.symlinkSync("with 'many  spaces/dist/bin/multilog", join(place, "relative"));
  const ways = {
    "env -i": `env -i PATH=/usr/bin:/bin "$0" ./d`,
    "env -i, no PATH": `env -i "$0" ./d`,
    "a directory with spaces": `"../with 'many  spaces/dist/bin/multilog" ./d`,
    "a relative link to it": "../relative ./d",
    "two links": "PATH=$PWD/../links:$PATH multilog ./d",
    "its own directory": `cwd=$PWD; cd "\${0%/*}" && ./multilog "$cwd/d"`,
  };
  for (const [way, line] of Object.entries(ways)) {
    // Links are named as they like: the command that is run is the one that they lead to.
    const cwd = fs.mkdtempSync(join(place, "run-"));
    assert.deepEqual(shell(line, multilog, cwd), CLEAN, way);
    assert.equal(readLogdir(cwd, "d").whole, "a line\n", way);
  }
});

test("a processor finds the caller's descriptor limit and the caller's other descriptors", {
  timeout,
  skip: original.skip,
}, (t) => {
  const place = temporaryDirectory(t);
  const reports = [original.path, multilog].map((program, which) => {
    const cwd = join(place, String(which));
    fs.mkdirSync(cwd);
    const report = "ulimit -Sn; ulimit -Hn; readlink /proc/$$/fd/7; readlink /proc/$$/fd/12";
    const ran = shell(
      `ulimit -Sn 333; exec 7</dev/zero; export REPORT='${report}'; ` +
        `yes ${"x".repeat(99)} | head -30 | "$0" s4096 '!sh -c "$REPORT" >../report; cat' ./d`,
      program,
      cwd,
    );
    assert.deepEqual(ran, CLEAN);
    return fs.readFileSync(join(cwd, "report"), "utf8");
  });
  assert.equal(reports[1], reports[0]);
  assert.match(reports[1] ?? "", /^333\n[a-z0-9]+\n\/dev\/zero\n/);
});

for (const [what, redirection, whole] of [
  ["standard input closed", "<&-", ""],
  ["standard output closed", ">&-", "a line\n"],
  ["standard error closed", "2>&-", "a line\n"],
  ["standard output and error closed", ">&- 2>&-", "a line\n"],
  ["/dev/null as input", "</dev/null", ""],
] as const) {
  test(`multilog works with ${what}, as the C program`, { timeout, skip: original.skip }, (t) => {
    const place = temporaryDirectory(t);
    for (const [which, program] of [original.path, multilog].entries()) {
      const cwd = join(place, String(which));
      fs.mkdirSync(cwd);
      const { code } = shell(`"$0" e ./d ${redirection}`, program, cwd);
      assert.equal(code, 0);
      assert.deepEqual(readLogdir(cwd, "d").contents, [
        `current 744 ${JSON.stringify(whole)}`,
        'lock 600 ""',
        'state 644 ""',
      ]);
    }
  });
}

for (const [what, input] of [
  ["a file", `"$0" ./d <../in`],
  [
    "a socket",
    `"\${NODE}" -e 'const c = require("child_process").spawn(process.argv[1], ["./d"], { stdio: ["pipe", 0, 2] }); c.stdin.end(require("fs").readFileSync("../in"))' "$0"`,
  ],
] as const) {
  test(`multilog reads from ${what}`, { timeout }, (t) => {
    const place = temporaryDirectory(t);
    const cwd = join(place, "run");
    fs.mkdirSync(cwd);
    const text = Array.from({ length: 20_000 }, (_, n) => `line ${n}\n`).join("");
    fs.writeFileSync(join(place, "in"), `${text}last`);
    assert.deepEqual(shell(`NODE='${process.execPath}'; ${input}`, multilog, cwd), CLEAN);
    assert.equal(readLogdir(cwd, "d").whole, `${text}last\n`);
  });
}

test("more destinations than the kernel has room for are refused in one line", {
  timeout,
}, async (t) => {
  const cwd = temporaryDirectory(t);
  const script = Array.from({ length: 129 }, (_, n) => ["-*", `+${n}`, `=s${n}`]).flat();
  const ran = await runOn(t, multilog, script, "1\n", { cwd });
  assert.equal(ran.code, 100);
  assert.match(ran.stderr, /^multilog: fatal: [^\n]+\n$/);
});

test("a processor finds the environment that multilog was started with, byte for byte", {
  timeout,
  skip: original.skip,
}, (t) => {
  const place = temporaryDirectory(t);
  const variables = "Z=2 a.b=1 NODE_EXTRA_CA_CERTS=/nowhere PATH=/usr/bin:/bin Z=3 A=";
  const [theirs, found] = [original.path, multilog].map((program, which) => {
    const cwd = join(place, String(which));
    fs.mkdirSync(cwd);
    const keep = `!cat; cat /proc/$$/environ >${cwd}/found`;
    const line = `seq 2000 | env -i ${variables} "$0" s4096 '${keep}' ./d`;
    assert.deepEqual(shell(line, program, cwd), CLEAN);
    return fs.readFileSync(join(cwd, "found"), "latin1");
  });
  assert.equal(found, theirs);
  assert.match(found ?? "", /^Z=3\0a\.b=1\0NODE_EXTRA_CA_CERTS=\/nowhere\0/);
});
