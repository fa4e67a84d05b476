// Not tested:
//   a read error in the middle of the input
//   the system's zone files against their source: the C library is taken at its word
//   what the C program does after its crash on odd stamps: ours copies them
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { posix } from "../../src/posix/index.ts";
import { UNIX_EPOCH_SECONDS } from "../../src/tai64/instant.ts";
import { ours, type Peer, peer } from "../support/commands.ts";
import { Chance } from "../support/random.ts";
import { run, shell, testItsEnds } from "./filter-command.ts";
import { LivingFilter } from "./living-filter.ts";

const tai64nlocal = ours("tai64nlocal");
const original = peer("tai64nlocal");
const STAMP = "@400000003b4a39c23294b13c";

function stamp(unixSeconds: number, nanos: number): string {
  const seconds = BigInt.asUintN(64, BigInt(unixSeconds) + UNIX_EPOCH_SECONDS);
  return `@${seconds.toString(16).padStart(16, "0")}${nanos.toString(16).padStart(8, "0")}`;
}

/** Runs ours and the C program on one input; both must end well and agree to the byte. */
function compare(input: string, TZ: string): number {
  const our = run(tai64nlocal, input, { env: { TZ } });
  const their = run(original.path, input, { env: { TZ } });
  assert.equal(their.status, 0, "the C program takes this input");
  assert.equal(our.status, 0);
  if (!our.stdout.equals(their.stdout)) {
    // Line by line: the difference of two large buffers cannot be read.
    const [a, b] = [our, their].map(({ stdout }) => stdout.toString("latin1").split("\n"));
    a!.forEach((line, i) => assert.equal(line, b![i], `line ${i + 1} of TZ=${TZ}`));
    assert.equal(a!.length, b!.length);
  }
  return input.split("\n").length - 1;
}

test("tai64nlocal turns a stamp at the start of a line into local time", () => {
  const { stdout, stderr, status } = run(tai64nlocal, `${STAMP} x\nno ${STAMP}\n\n${STAMP}.s`, {
    env: { TZ: "Europe/Berlin" },
  });
  assert.equal(
    stdout.toString(),
    `2001-07-10 01:09:44.848605500 x\nno ${STAMP}\n\n2001-07-10 01:09:44.848605500.s`,
  );
  assert.equal(stderr.toString(), "");
  assert.equal(status, 0);
});

const HOUR = 3600;
const ZONES = [
  "UTC",
  "America/New_York",
  "Europe/Berlin",
  "Australia/Lord_Howe",
  "Asia/Kolkata",
  "America/St_Johns",
  "Africa/Casablanca",
  "Pacific/Apia",
  "EST5EDT,M3.2.0,M11.1.0",
  "<+0330>-3:30:17",
  "right/UTC",
  "right/Europe/Berlin",
];

for (const [index, TZ] of ZONES.entries()) {
  const unknown =
    TZ.includes("/") && !existsSync(`/usr/share/zoneinfo/${TZ}`) && `no zone ${TZ} here`;
  test(`tai64nlocal agrees with the C program around every change in ${TZ}`, {
    skip: original.skip || unknown,
  }, () => {
    const chance = new Chance(index + 1);
    const lines: string[] = [];
    const add = (seconds: number): void => {
      lines.push(`${stamp(seconds, chance.below(1e9))} line\n`);
    };
    // Changes fall on whole or half hours (Lord Howe): all of two years, a second to each side.
    const start = Date.UTC(2023, 0, 1) / 1000;
    for (let at = start; at < start + 2 * 366 * 24 * HOUR; at += HOUR / 2) {
      for (const seconds of [at - 1, at, at + 1]) add(seconds);
    }
    // The last leap second, with room for the 27 that a "right" zone counts.
    const leap = Date.UTC(2017, 0, 1) / 1000;
    for (let at = leap - 1000; at < leap + 1000; at++) add(at);
    // And anything since 1850, local mean times and wars included, in no order.
    for (let i = 0; i < 20_000; i++)
      add(Math.floor((chance.next() * 300 - 120) * 365.25 * 24 * HOUR));
    assert.ok(compare(lines.join(""), TZ) > 120_000);
  });
}

test("tai64nlocal agrees with the C program on stamps of odd shape", {
  skip: original.skip,
}, () => {
  const digits = STAMP.slice(1);
  const years = [
    -46_388_678_400,
    -62_135_596_801,
    -62_170_156_800,
    760_206_902_400,
    2 ** 55,
    -(2 ** 55),
  ];
  const lines = [
    `@${"0".repeat(50)}${digits} many zeros`,
    `@123456789abcdef${digits} more digits than count`,
    `${STAMP}A upper case ends it`,
    `${STAMP}${STAMP} only the first`,
    STAMP,
    `${stamp(994_720_184, 0xffffffff)} too many nanoseconds`,
    `${stamp(994_720_184, 1_000_000_000)}\0nul\0`,
    ` ${STAMP} not at the start`,
    ...years.map((seconds) => `${stamp(seconds, 7)} year`),
  ];
  for (const TZ of ["UTC", "America/New_York"]) compare(`${lines.join("\n")}\n`, TZ);
  // One by one, for what the end of the input does.
  const ends = [
    "",
    "\n",
    "a",
    "@",
    STAMP.slice(0, 7),
    STAMP,
    `${STAMP} x`,
    `a\n${STAMP}`,
    `${STAMP}\n@`,
  ];
  for (const end of ends) compare(end, "UTC");
  // The last and the first second that the C library knows.
  for (const seconds of [67_768_036_191_676_799n, -67_768_040_609_740_800n]) {
    compare(`@${(seconds + UNIX_EPOCH_SECONDS).toString(16)}00000001\n`, "UTC");
  }
});

test("tai64nlocal agrees with the C program on random bytes and lines", {
  skip: original.skip,
}, () => {
  const chance = new Chance(99);
  const words = [
    STAMP,
    stamp(1_700_000_000, 5),
    " ",
    "\n",
    "\n",
    "a",
    "x".repeat(40),
    "\0",
    "\xff",
    "0",
  ];
  let compared = 0;
  for (let round = 0; round < 15; round++) {
    let input = "";
    for (let i = 0; i < 20_000; i++) input += chance.from(words);
    // More digits behind a stamp would name a second that crashes the C program.
    compared += compare(input.replaceAll(/^(@[0-9a-f]{24})[0-9a-f]+/gm, "$1"), "Europe/Berlin");
  }
  assert.ok(compared > 40_000);
});

test("tai64nlocal copies the stamps that crash the C program", () => {
  const lines = [
    "@foo",
    "@",
    "@a",
    "@4000",
    "@400000003B4a39c23294b13c",
    `@${"f".repeat(24)} x`,
    `@${"f".repeat(23)} y`,
  ];
  const text = `${lines.join("\n")}\n${STAMP} z\n`;
  const { stdout, status } = run(tai64nlocal, text);
  assert.equal(stdout.toString(), text.replace(STAMP, "2001-07-09 23:09:44.848605500"));
  assert.equal(status, 0);
});

test("tai64nlocal ignores words as the C program does", () => {
  for (const args of [["-x"], ["word"], ["--"], ["--", "--utc"], ["-x", "--", "--foo"]]) {
    const { stdout, status } = run(tai64nlocal, `${STAMP} x\n`, {
      args,
      env: { TZ: "Asia/Kolkata" },
    });
    assert.equal(stdout.toString(), "2001-07-10 04:39:44.848605500 x\n", args.join(" "));
    assert.equal(status, 0);
  }
});

const OPTIONS: readonly (readonly [args: string[], output: string])[] = [
  [["--utc"], "2001-07-09 23:09:44.848605500 x"],
  [["--iso"], "2001-07-10T01:09:44.848605500+02:00 x"],
  [["--iso", "--utc"], "2001-07-09T23:09:44.848605500Z x"],
  [["--format", "%a %e %b %H:%M:%S.%3N %z"], "Tue 10 Jul 01:09:44.848 +0200 x"],
  [["--format=→%s%%", "word", "--utc"], "→994720184% x"],
  [["--format", "--utc"], "--utc x"],
];
test("tai64nlocal writes time as its long options say", () => {
  for (const [args, output] of OPTIONS) {
    const { stdout, stderr, status } = run(tai64nlocal, `${STAMP} x\n`, {
      args,
      env: { TZ: "Europe/Berlin" },
    });
    assert.equal(stdout.toString(), `${output}\n`, args.join(" "));
    assert.equal(stderr.toString(), "");
    assert.equal(status, 0);
  }
});

test("tai64nlocal --iso keeps the seconds of an offset from before standard time", () => {
  const { stdout } = run(tai64nlocal, `${stamp(-3_000_000_000, 0)}\n`, {
    args: ["--iso"],
    env: { TZ: "Europe/Berlin" },
  });
  assert.equal(stdout.toString(), "1874-12-07T19:33:28.000000000+00:53:28\n");
});

test("tai64nlocal --anywhere converts whole labels only, and drops nothing", () => {
  const input = `a=${STAMP} b=${STAMP}\n${STAMP}0 ${STAMP.slice(0, 20)} @${STAMP} ${STAMP.slice(0, 9)}`;
  const { stdout } = run(tai64nlocal, input, { args: ["--anywhere"] });
  const time = "2001-07-09 23:09:44.848605500";
  assert.equal(
    stdout.toString(),
    `a=${time} b=${time}\n${STAMP}0 ${STAMP.slice(0, 20)} @${time} ${STAMP.slice(0, 9)}`,
  );
});

test("tai64nlocal refuses wrong options with 100 and its usage", () => {
  for (const args of [
    ["--foo"],
    ["--format"],
    ["--format", "%Q"],
    ["--utc=1"],
    ["--iso", "--format", "%Y"],
    ["-x", "--foo"],
  ]) {
    const { stdout, stderr, status } = run(tai64nlocal, `${STAMP} x\n`, { args });
    assert.equal(status, 100, args.join(" "));
    assert.equal(stdout.toString(), "");
    assert.match(stderr.toString(), /^tai64nlocal: fatal: .*\ntai64nlocal: usage: .*\n$/);
  }
});

test("tai64nlocal tells its use and its version", () => {
  assert.match(
    run(tai64nlocal, "", { args: ["--help"] }).stdout.toString(),
    /^Usage: tai64nlocal /,
  );
  assert.match(
    run(tai64nlocal, "", { args: ["--version"] }).stdout.toString(),
    /^\d+\.\d+\.\d+\n$/,
  );
});

test("tai64nlocal completes a stamp when the byte behind it arrives", async () => {
  const filter = new LivingFilter(tai64nlocal);
  filter.say(`a\n${STAMP.slice(0, 11)}`);
  assert.equal(await filter.hear(2), "a\n");
  filter.say(`${STAMP.slice(11)} b`);
  assert.equal(await filter.hear(31), "2001-07-09 23:09:44.848605500 b");
  filter.say("c\n");
  assert.equal(await filter.hear(2), "c\n");
  filter.say(STAMP.slice(0, 20));
  assert.equal(await filter.end(), 0);
});

test("tai64nlocal goes on when somebody makes its descriptors non-blocking", async () => {
  const filter = new LivingFilter(tai64nlocal);
  filter.say("a\n");
  assert.equal(await filter.hear(2), "a\n");
  filter.makeNonBlocking();
  // More than a pipe holds, so that both ends have to be waited for.
  const line = `${STAMP} ${"x".repeat(1000)}\n`;
  const expected = line.replace(STAMP, "2001-07-09 23:09:44.848605500");
  filter.say(line.repeat(60));
  await posix.sleep(200);
  filter.say(line.repeat(30));
  assert.equal(await filter.hear(90 * expected.length), expected.repeat(90));
  assert.equal(await filter.end(), 0);
});

const peers: readonly (Peer & { readonly name: string })[] = [
  { name: "tai64nlocal", path: tai64nlocal, skip: false },
  { name: "the C tai64nlocal", ...original },
];
for (const { name, path, skip } of peers) {
  testItsEnds(name, { path, skip });

  test(`${name} exits 111 when its reader is gone and its caller ignores SIGPIPE`, { skip }, () => {
    const line = 'trap "" PIPE; { yes 2>/dev/null | "$1"; echo $? >&2; } | head -n 1 >/dev/null';
    assert.equal(shell(line, path).stderr, "111\n");
  });
}
