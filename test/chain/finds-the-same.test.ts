// What a program at the end of a chain finds: the same as behind the C programs.
// Not tested: macOS; shells other than the /bin/sh that is there.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ours } from "../support/commands.ts";
import { isRoot, Place, skip } from "./both.ts";

const timeout = 120_000;

const ALONE: Readonly<Record<string, readonly string[]>> = {
  envdir: ["@envdir", "variables"],
  envuidgid: ["@envuidgid", "nobody"],
  softlimit: ["@softlimit", "-o", "50", "-m", "90000000", "-f", "1000000", "-p", "99", "-t", "="],
  setlock: ["@setlock", "open/lock"],
  pgrphack: ["@pgrphack"],
};
const THREE = ["@envdir", "variables", "@softlimit", "-o40", "-c0", "@setlock", "-n", "open/lock"];

const STATES: Readonly<Record<string, string>> = {
  "as it is": "",
  "with odd descriptors": "exec 3</dev/null 5>>open/five 9<variables/A;",
  "with signals ignored": "trap '' HUP INT TERM PIPE XFSZ USR2 CHLD;",
  "with a lowered limit on descriptors": "ulimit -Sn 77;",
  "with lowered limits, hard ones too":
    "ulimit -n 99; ulimit -v 40000000; ulimit -f 1000; ulimit -c 0;",
  "with less memory than Node needs": "ulimit -Sv 100000; ulimit -Sd 40000;",
  "with a mask for files": "umask 077;",
  "in another directory": "cd below;",
  "without standard input": "exec <&-;",
  "without standard output and errors": "exec >&- 2>&-;",
  "without any descriptor": "exec <&- >&- 2>&-;",
  "with variables that a launcher uses":
    "self=1 bin=2 fds=3 all=4 node=5 IFS=x; export self bin fds all node IFS;",
};

for (const [name, chain] of Object.entries(ALONE)) {
  test(`a program behind ${name} finds the same`, { skip, timeout }, (t) => {
    const place = new Place(t);
    for (const asUser of isRoot ? [false, true] : [false]) {
      place.same(chain, { asUser });
      place.same(chain, { asUser, state: "trap '' HUP; ulimit -Sn 77; exec 4</dev/null;" });
    }
  });
}

for (const [name, state] of Object.entries(STATES)) {
  test(`a program behind three commands finds the same, ${name}`, { skip, timeout }, (t) => {
    const place = new Place(t);
    const found = place.same(THREE, { state });
    assert.match(found, /^variable 413d6f6e65 A=one$/m);
    assert.match(found, /^Max open files +40 /m);
    assert.match(found, /^fd \d+ .*open\/lock /m);
  });
}

test("a program behind our and C commands by turns finds the same", { skip, timeout }, (t) => {
  const place = new Place(t);
  for (const own of [0, 1, 2, 3]) {
    // The one at that place is ours on one side and C on the other; its neighbours are C on both.
    const words = ["/usr/bin/envdir", "variables", "/usr/bin/softlimit", "-o40"];
    const rest = ["/usr/bin/setlock", "-n", "open/lock", "/usr/bin/pgrphack"];
    const chain = [...words, ...rest];
    const at = [0, 2, 4, 7][own] ?? 0;
    chain[at] = (chain[at] ?? "").replace("/usr/bin/", "@");
    place.same(chain, { state: "trap '' HUP; exec 6</dev/null;" });
  }
});

test("signals that the caller blocks stay blocked, also through a link and beside a command that stays", {
  skip,
  timeout,
}, (t) => {
  const place = new Place(t);
  const block = "sigprocmask(SIG_BLOCK, POSIX::SigSet->new(SIGTERM, SIGUSR2, SIGCHLD)); exec @ARGV";
  const blocked = ["/usr/bin/perl", "-MPOSIX", "-e", block];
  const found = place.same([...blocked, ...THREE]);
  assert.match(found, /^SigBlk:\t0*14800$/m);
  const link = join(place.directory, "linked");
  fs.symlinkSync(ours("fghack"), link);
  assert.match(place.found([...blocked, link], "ours"), /^SigBlk:\t0*14800$/m);
});

test("limits come to the program at the end, in the order in which they stand", {
  skip,
  timeout,
}, (t) => {
  const place = new Place(t);
  place.same(["@softlimit", "-m", "50000000", "@softlimit", "-s", "8000000", "@softlimit", "-d="]);
  place.same(["@softlimit", "-s", "8000000", "-m50000000", "-l", "", "@envuidgid", "nobody"]);
  place.same(["@softlimit", "-c", "99999999999999999999", "-f18446744073709551615", "-o", "="]);
  place.same(["@softlimit", "-o", "99999999999", "-p", "99999999999"], { state: "ulimit -n 500;" });
});

test("a lock takes the lowest number that is free, each its own", { skip, timeout }, (t) => {
  const place = new Place(t);
  const two = ["@setlock", "open/one", "@setlock", "-x", "open/two"];
  place.same(two);
  place.same(two, { state: "exec 3</dev/null 5</dev/null;" });
  place.same(two, { state: "exec <&- 2>&-;" });
});

test("as root, ids and groups are the same", {
  skip: isRoot ? skip : "needs root",
  timeout,
}, (t) => {
  const place = new Place(t);
  place.same(["@setuidgid", "nobody"]);
  place.same(
    ["@pgrphack", "@envdir", "variables", "@setuidgid", "nobody", "@softlimit", "-m", "=", "-o70"],
    {
      state: "umask 027; exec 7</dev/null;",
    },
  );
  place.same(["@softlimit", "-p", "50", "@setuidgid", "daemon", "@envuidgid", "daemon"]);
});

test("behind a command that stays, the program finds the same: also limits that Node cannot live under", {
  skip,
  timeout,
}, (t) => {
  const place = new Place(t);
  const ofParent = (found: string): string => found.replace(/ parent \S+/, "");
  for (const limits of [[], ["@softlimit", "-m", "60000000", "-o90", "-p", "500", "-c1"]]) {
    const chain = ["@envdir", "variables", "@setlock", "open/lock", ...limits, "@fghack"];
    for (const state of [
      "",
      "trap '' HUP PIPE; ulimit -Sn 77; ulimit -Sv 90000; exec 5</dev/null <&-;",
    ]) {
      const [expected = "", actual = ""] = (["C", "ours"] as const).map((house) =>
        ofParent(place.found(chain, house, { state })).replace(/^pid \d+/, "pid"),
      );
      assert.equal(actual, expected, state);
    }
  }
});
