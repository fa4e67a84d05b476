/** Messages of every kind, and what becomes of them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { lineOf, type Origin } from "./read.ts";

/** Those of ASCII but the tab, and those that UTF-8 begins with 0xc2. */
const CONTROL = new RegExp(String.raw`[\0-\x08\x0a-\x1f\x7f]|\xc2[\x80-\x9f]`);

type Case = [message: string, line: string, origin?: Origin];

const LOCAL: Origin = { local: true, host: "web1", pid: 812 };
const STRUCTURED = '[a@1 q="x \\" \\] y"][b@2]';

const cases: Record<string, Case[]> = {
  "syslog(3)": [
    [
      "<30>Nov 20 16:05:34 sshd[812]: Server listening",
      "daemon.info web1 sshd[812]: Server listening",
      LOCAL,
    ],
    [
      "<30>Nov 20 16:05:34 sshd: Server listening",
      "daemon.info web1 sshd[812]: Server listening",
      LOCAL,
    ],
    ["<13>Nov  1 06:05:34 a/b: x", "user.notice web1 a/b[812]: x", LOCAL],
    ["<13>Nov  1 06:05:34 two words: x", "user.notice web1 -[812]: two words: x", LOCAL],
    // A word in front of the tag is a host only where it is our own name.
    ["<13>Nov  1 06:05:34 web1 tag: x", "user.notice web1 tag[812]: x", LOCAL],
    ["<13>Nov  1 06:05:34 web2 tag: x", "user.notice web1 -[812]: web2 tag: x", LOCAL],
    ["<13>Nov  1 06:05:34 tag: x\n\0", "user.notice web1 tag[812]: x", LOCAL],
  ],
  "a process that is another's": [
    ["<13>Nov  1 06:05:34 tag[811]: x", "user.notice web1 tag[812 811?]: x", LOCAL],
    ["<13>Nov  1 06:05:34 tag[8120]: x", "user.notice web1 tag[812 8120?]: x", LOCAL],
    ["<13>tag: x", "user.notice web1 tag[812 uid 33]: x", { ...LOCAL, uid: 33 }],
    ["<13>tag: x", "user.notice web1 tag[812 uid 4294967294]: x", { ...LOCAL, uid: 4294967294 }],
    ["<13>tag: x", "user.notice web1 tag: x", { ...LOCAL, pid: 0 }],
  ],
  "RFC 3164": [
    ["<34>Oct 11 22:14:15 mx1 su: 'su root' failed", "auth.crit 10.0.0.7 su: 'su root' failed"],
    ["<34>Oct 11 22:14:15 mx1 su[12]: x", "auth.crit 10.0.0.7 su[12]: x"],
    ["<34>Oct 11 22:14:15 mx1 su[12]: x", "auth.crit mx1 su[12]: x", { trusted: true }],
    ["<34>Oct 11 22:14:15 ::1 su: x", "auth.crit ::1 su: x", { trusted: true }],
    ["<34>Oct 11 22:14:15 su: x", "auth.crit 10.0.0.7 su: x", { trusted: true }],
    ["<34>Oct 11 2026 22:14:15.123 mx1 su: x", "auth.crit 10.0.0.7 su: x"],
    ["<34>2026-10-11T22:14:15.1+02:00 mx1 su: x", "auth.crit 10.0.0.7 su: x"],
    ["<34>2026-10-11T22:14:15Z mx1 su: x", "auth.crit 10.0.0.7 su: x"],
    ["<34>su: x", "auth.crit 10.0.0.7 su: x"],
    ["<34>su:x", "auth.crit 10.0.0.7 su: x"],
    ["<34>su[1] x", "auth.crit 10.0.0.7 su[1]: x"],
    ["<34>su[1 x", "auth.crit 10.0.0.7 -: su[1 x"],
    ["<34>no tag here", "auth.crit 10.0.0.7 -: no tag here"],
    ["<34>Oct 11 22:14:15 one", "auth.crit 10.0.0.7 -: one"],
    ["<34>Oct 11 22:14:15 mx1 no tag here", "auth.crit 10.0.0.7 -: no tag here"],
    ["<34>tag:  two blanks", "auth.crit 10.0.0.7 tag:  two blanks"],
    ["<34>", "auth.crit 10.0.0.7 -: "],
    ["<34>tag:", "auth.crit 10.0.0.7 tag: "],
  ],
  "RFC 5424": [
    [
      "<165>1 2026-10-11T22:14:15Z mx1 app 12 ID1 - text",
      "local4.notice 10.0.0.7 app[12]: ID1 text",
    ],
    [
      `<165>1 2026-10-11T22:14:15Z mx1 app - - ${STRUCTURED} \xef\xbb\xbftext`,
      `local4.notice 10.0.0.7 app: ${STRUCTURED} text`,
    ],
    ["<165>1 - - - - - -", "local4.notice 10.0.0.7 -: "],
    ["<165>1 - mx1 - - - - x", "local4.notice mx1 -: x", { trusted: true }],
    ["<165>1 - mx1 app 812 - - x", "local4.notice web1 app[812]: x", LOCAL],
    ["<165>1 - mx1 app 81 - - x", "local4.notice web1 app[812 81?]: x", LOCAL],
    // Nearly: nothing of it is left out.
    ["<165>1 - mx1 app 12 ID1 [a x", "local4.notice 10.0.0.7 -: 1 - mx1 app 12 ID1 [a x"],
    ["<165>1 - mx1 app 12 ID1 [] x", "local4.notice 10.0.0.7 -: 1 - mx1 app 12 ID1 [] x"],
    ["<165>1 - mx1  app 12 ID1 - x", "local4.notice 10.0.0.7 -: 1 - mx1  app 12 ID1 - x"],
    ["<165>2 - mx1 app 12 ID1 - x", "local4.notice 10.0.0.7 -: 2 - mx1 app 12 ID1 - x"],
  ],
  "something else": [
    ["hello", "user.notice 10.0.0.7 -: hello"],
    ["", "user.notice 10.0.0.7 -: "],
    ["tag: x", "user.notice 10.0.0.7 -: tag: x"],
    ["<192>tag: x", "user.notice 10.0.0.7 -: <192>tag: x"],
    ["<1234>x", "user.notice 10.0.0.7 -: <1234>x"],
    ["<>x", "user.notice 10.0.0.7 -: <>x"],
    ["<13", "user.notice 10.0.0.7 -: <13"],
    ["<191>tag: x", "local7.debug 10.0.0.7 tag: x"],
    ["<0>tag: x", "kern.emerg 10.0.0.7 tag: x"],
  ],
  "control characters": [
    ["<13>tag: a\nb\r\tc\x1b[31m\0d", "user.notice 10.0.0.7 tag: a\\nb\\r\tc\\x1b[31m\\x00d"],
    [
      "<13>tag: caf\xc3\xa9 \xc2\x9b31m \x7f \x9b \xc2",
      "user.notice 10.0.0.7 tag: caf\xc3\xa9 \\xc2\\x9b31m \\x7f \x9b \xc2",
    ],
    ["<13>tag: 123\n", "user.notice 10.0.0.7 tag: 123"],
    ["<13>ta\x1bg: x", "user.notice 10.0.0.7 -: ta\\x1bg: x"],
  ],
};

describe("a message becomes a line", () => {
  for (const [kind, list] of Object.entries(cases)) {
    test(kind, () => {
      for (const [message, line, origin] of list)
        assert.equal(lineOf(message, origin), `${line}\n`);
    });
  }
});

test("whatever is sent becomes one line without control characters, of three parts and text", () => {
  const part = fc.oneof(
    fc.constantFrom("<13>", "<165>1 ", "- ", "Nov 20 16:05:34 ", "tag[1]: ", '[a b="', '\\"', "]"),
    fc.string({ unit: "binary" }),
    fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("latin1")),
  );
  let runs = 0;
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 8 }),
      fc.boolean(),
      fc.nat(1),
      (parts, trusted, pid) => {
        const message = Buffer.concat(parts.map((text) => Buffer.from(text)));
        const line = lineOf(message, { trusted, pid, local: pid === 1 });
        assert.match(line, /^[a-z0-9]+\.[a-z]+ [^ ]+ [^ ]+: [^\n]*\n$/s);
        assert.doesNotMatch(line.slice(0, -1), CONTROL);
        runs++;
      },
    ),
    { numRuns: 500 },
  );
  assert.equal(runs, 500);
});

test("every byte of a text comes through, or is shown", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const sent = Buffer.concat([Buffer.from("<13>t: "), bytes, Buffer.from("|")]);
      const shown = lineOf(sent).slice("user.notice 10.0.0.7 t: ".length, -1);
      const back = shown.replace(/\\(n|r|x[0-9a-f]{2})/g, (_, what: string) => {
        if (what === "n") return "\n";
        return what === "r" ? "\r" : String.fromCharCode(Number.parseInt(what.slice(1), 16));
      });
      // What was sent as `\n` cannot be told from a newline: it is kept, which is what counts.
      if (!bytes.includes(0x5c))
        assert.equal(back, Buffer.concat([bytes, Buffer.from("|")]).toString("latin1"));
    }),
    { numRuns: 1000 },
  );
});
