/** Calls: what is read of them, and that nothing else than a refusal comes of what is none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { RpcValue } from "../../../src/web/rpc/values.ts";
import { BadCall, type Call, readCall } from "../../../src/web/rpc/xml-reader.ts";
import { callText, valueText } from "./xml-text.ts";

const read = (text: string): Call => readCall(Buffer.from(text));
const inParam = (value: string): string =>
  `<methodCall><methodName>a.b</methodName><params><param>${value}</param></params></methodCall>`;
const valueOf = (text: string): RpcValue | undefined => read(inParam(text)).parameters[0];

/** What XML can carry. */
const text = fc
  .string({ unit: "binary" })
  // oxlint-disable-next-line no-control-regex -- what is no XML is taken out
  .map((one) => one.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Cs}]/gu, ""));

const { value } = fc.letrec<{ value: RpcValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    text,
    fc.integer(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(text, fc.constant("__proto__")), tie("value"), {
      maxKeys: 4,
      noNullPrototype: false,
    }),
  ),
}));

/** Without prototypes, so that they can be compared. */
function plain(one: RpcValue): unknown {
  if (typeof one !== "object") return one;
  if (Array.isArray(one)) return (one as RpcValue[]).map(plain);
  return Object.entries(one)
    .map(([name, member]) => [name, plain(member)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

test("whatever a client writes is read as it was meant", () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 3 }), (parameters) => {
      const call = read(callText("supervisor.startProcess", ...parameters));
      assert.equal(call.method, "supervisor.startProcess");
      assert.deepEqual(call.parameters.map(plain), parameters.map(plain));
    }),
    { numRuns: 200 },
  );
});

test("a call that is cut, or has other bytes in it, is read or refused, and nothing else comes of it", () => {
  const whole = Buffer.from(callText("a.b", ["x & y", 1], { name: true }));
  let refused = 0;
  fc.assert(
    fc.property(
      fc.nat(whole.length),
      fc.nat(whole.length),
      fc.oneof(
        fc.uint8Array({ maxLength: 12 }),
        fc.constantFrom(...ODD).map((s) => Buffer.from(s)),
      ),
      (from, to, between) => {
        const bytes = Buffer.concat([whole.subarray(0, from), between, whole.subarray(to)]);
        try {
          readCall(bytes);
        } catch (failure) {
          assert.ok(failure instanceof BadCall, String((failure as Error).stack));
          refused++;
        }
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(refused > 100, `${refused} were refused`);
});

const ODD = ["<!DOCTYPE a>", "<![CDATA[", "]]>", "<!--", "-->", "<?", "&", "<", "&#0;", "<value>"];

const VALUES: readonly (readonly [xml: string, value: RpcValue])[] = [
  ["<value>as it is </value>", "as it is "],
  ["<value></value>", ""],
  ["<value/>", ""],
  ["<value> <i4>-7</i4>\n</value>", -7],
  ["<value><int> 12 </int></value>", 12],
  ["<value><int>2147483647</int></value>", 2_147_483_647],
  ["<value><double>-1.5e2</double></value>", -150],
  ["<value><double>+12.</double></value>", 12],
  ["<value><double>.5</double></value>", 0.5],
  ["<value><double>12</double></value>", 12],
  ["<value><boolean>0</boolean></value>", false],
  ["<value><dateTime.iso8601>20261120T08:44:17</dateTime.iso8601></value>", "20261120T08:44:17"],
  ["<value><base64>aMOk\n</base64></value>", "hä"],
  ["<value>&lt;&#65;&#x1F600;&amp;amp;&quot;&apos;</value>", "<A😀&amp;\"'"],
  ["<value><![CDATA[<i>&amp;</i>]]> &amp; <!-- not this -->more</value>", "<i>&amp;</i> & more"],
  ["<value><![CDATA[<!DOCTYPE html>]]></value>", "<!DOCTYPE html>"],
  ["<value><array><data></data></array></value>", []],
];

test("values are those of XML-RPC", () => {
  for (const [xml, wanted] of VALUES) assert.deepEqual(valueOf(xml), wanted, xml);
});

test("parameters may be missing, a document may say that it is Latin-1", () => {
  assert.deepEqual(read("<methodCall><methodName> a.b </methodName></methodCall>"), {
    method: "a.b",
    parameters: [],
  });
  const head = "<?xml version='1.0' encoding='ISO-8859-1'?>";
  const bytes = Buffer.from(head + inParam("<value>hä</value>"), "latin1");
  assert.deepEqual(readCall(bytes).parameters, ["hä"]);
});

const BAD: readonly (readonly [xml: string, why: RegExp])[] = [
  ["", /no XML/],
  ["garbage", /no XML/],
  ["<a/>", /no methodCall/],
  ["<methodCall/>", /holds a methodName/],
  ["<methodCall><methodName></methodName></methodCall>", /no name/],
  [`<methodCall><methodName>${"a".repeat(256)}</methodName></methodCall>`, /no name/],
  ["<methodCall><methodName>a</methodName></methodCall><methodCall/>", /no methodCall|no XML/],
  ["<!DOCTYPE methodCall [<!ENTITY a 'x'>]><methodCall/>", /document type/],
  [`<!doctype x>${inParam("<value/>")}`, /document type/],
  [inParam("<value>&a;</value>"), /entity/],
  [inParam("<value>& b</value>"), /entity|no XML/],
  [inParam("<value>&#0;</value>"), /entity/],
  [inParam("<value>&#x110000;</value>"), /entity/],
  [inParam("<value><int>abc</int></value>"), /no int/],
  [inParam("<value><int>2147483648</int></value>"), /no int/],
  [inParam("<value><int></int></value>"), /no int/],
  [inParam("<value><boolean>true</boolean></value>"), /no boolean/],
  [inParam("<value><double>NaN</double></value>"), /no double/],
  [inParam("<value><double>.</double></value>"), /no double/],
  [inParam("<value><double>1.2.3</double></value>"), /no double/],
  [inParam(`<value><double>${"1".repeat(41)}</double></value>`), /no double/],
  [inParam("<value><base64>?</base64></value>"), /no base64/],
  [inParam("<value><nil/></value>"), /no nil/],
  [inParam("<value><int>1</int><int>2</int></value>"), /one element/],
  [inParam(""), /one element/],
  [inParam("<value><struct><member><name>a</name></member></struct></value>"), /member/],
  [inParam("<value><array></array></value>"), /array holds data/],
  [inParam("<value><string><b>x</b></string></value>"), /text alone/],
  [inParam("<value>x"), /no XML/],
];

test("what is no call is refused, and why is told", () => {
  for (const [xml, why] of BAD) {
    const refuses = (failure: unknown): boolean =>
      failure instanceof BadCall && why.test(failure.message);
    assert.throws(() => read(xml), refuses, xml);
  }
  assert.throws(() => readCall(Buffer.from([0x3c, 0xff, 0xfe, 0x3e])), /not UTF-8/);
});

test("depth and number of values have bounds", () => {
  const nested = (depth: number): string =>
    `${"<value><array><data>".repeat(depth)}${"</data></array></value>".repeat(depth)}`;
  assert.doesNotThrow(() => valueOf(nested(32)));
  for (const depth of [40, 5000, 20_000]) assert.throws(() => valueOf(nested(depth)), BadCall);
  const many = (count: number): RpcValue => Array.from({ length: count }, () => 1);
  assert.doesNotThrow(() => valueOf(valueText(many(9000))));
  assert.throws(() => valueOf(valueText(many(10_001))), /more than 10000 values/);
});

test("names that objects have anyhow are names like others", () => {
  const member = (name: string): string => `<member><name>${name}</name><value>x</value></member>`;
  const names = ["__proto__", "constructor", "toString"];
  const struct = valueOf(`<value><struct>${names.map(member).join("")}</struct></value>`);
  assert.deepEqual(Object.keys(struct as object), names);
  assert.equal(({} as Record<string, unknown>)["x"], undefined);
});

/** A quarter of a megabyte of each, as long as the server reads. */
const BOMBS = [
  "<![CDATA[",
  "<!--",
  "<!-- -",
  "<value>",
  "<",
  "</",
  "&amp;",
  "&",
  "<?",
  "<a b='",
  "]]>",
];

const SCALARS = ["int", "i4", "double", "boolean", "dateTime.iso8601", "base64"];

test("no document is read in more time than a document of its length takes", () => {
  /** Of this process alone, in milliseconds. */
  const cost = (xml: string): number => {
    const before = process.cpuUsage();
    assert.throws(() => read(xml), BadCall);
    return process.cpuUsage(before).user / 1000;
  };
  const many = (part: string, bytes: number): string => part.repeat(bytes / part.length);
  const inScalar =
    (type: string, part: string) =>
    (bytes: number): string =>
      inParam(`<value><${type}>${many(part, bytes)}?</${type}></value>`);
  const bombs = [
    ...BOMBS.map((part) => (bytes: number) => many(part, bytes)),
    ...SCALARS.flatMap((type) => ["1", "1.", " ", "1 "].map((part) => inScalar(type, part))),
  ];
  for (const bomb of bombs) {
    // Quadratic would be sixteen times as long for each step.
    cost(bomb(1 << 14));
    const short = cost(bomb(1 << 16));
    const long = cost(bomb(1 << 18));
    assert.ok(long < 12 * short + 200, `${bomb(16)}: ${short} ms, then ${long} ms`);
  }
});
