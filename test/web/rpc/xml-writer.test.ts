/** Answers, byte for byte as Supervisor 4.2.5 writes them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { RpcFault } from "../../../src/web/rpc/faults.ts";
import type { RpcValue } from "../../../src/web/rpc/values.ts";
import { writeAnswer, writeFault } from "../../../src/web/rpc/xml-writer.ts";

const HEAD = "<?xml version='1.0'?>\n<methodResponse>\n";
const answer = (value: string): string =>
  `${HEAD}<params>\n<param>\n<value>${value}</value>\n</param>\n</params>\n</methodResponse>\n`;

const ANSWERS: readonly (readonly [value: RpcValue, text: string])[] = [
  ["3.0", "<string>3.0</string>"],
  ["", "<string></string>"],
  ["a & b < c > d \"'", "<string>a &amp; b &lt; c &gt; d \"'</string>"],
  ["tab\tline\nreturn\r", "<string>tab\tline\nreturn&#13;</string>"],
  ["\u0000\u001b[31m\u0007", "<string>\ufffd\ufffd[31m\ufffd</string>"],
  ["\ud800 \ufffe 😀", "<string>\ufffd \ufffd 😀</string>"],
  [true, "<boolean>1</boolean>"],
  [false, "<boolean>0</boolean>"],
  [7, "<int>7</int>"],
  [2 ** 40, "<int>2147483647</int>"],
  [-(2 ** 40), "<int>-2147483648</int>"],
  [[], "<array><data>\n</data></array>"],
  [
    ["x", 1],
    "<array><data>\n<value><string>x</string></value>\n<value><int>1</int></value>\n</data></array>",
  ],
  [
    { "a<": "" },
    "<struct>\n<member>\n<name>a&lt;</name>\n<value><string></string></value>\n</member>\n</struct>",
  ],
];

test("values are written as Supervisor writes them", () => {
  for (const [value, text] of ANSWERS) assert.equal(writeAnswer(value), answer(text));
});

test("a fault is written as Supervisor writes it", () => {
  assert.equal(
    writeFault(new RpcFault("BAD_NAME", "nope")),
    `${HEAD}<fault>
<value><struct>
<member>
<name>faultCode</name>
<value><int>10</int></value>
</member>
<member>
<name>faultString</name>
<value><string>BAD_NAME: nope</string></value>
</member>
</struct></value>
</fault>
</methodResponse>
`,
  );
});
