import assert from "node:assert/strict";
import { test } from "node:test";
import { endpointText, readEndpoint } from "../../src/syslog/endpoint.ts";

test("addresses are numeric, with a port", () => {
  assert.deepEqual(readEndpoint("127.0.0.1:514"), { address: "127.0.0.1", port: 514 });
  assert.deepEqual(readEndpoint("[fe80::1]:0"), { address: "fe80::1", port: 0 });
  assert.deepEqual(readEndpoint("*:65535"), { address: "::", port: 65535 });
  const bad = ["", "514", ":514", "localhost:514", "127.0.0.1", "1.2.3:514", "1.2.3.256:514"];
  for (const text of [...bad, "127.0.0.1:65536", "127.0.0.1:x", "::1:514", "[1.2.3.4]:514"])
    assert.equal(readEndpoint(text), undefined, text);
});

test("they are shown as they are typed", () => {
  for (const text of ["127.0.0.1:514", "[fe80::1]:0"])
    assert.equal(endpointText(readEndpoint(text) ?? { address: "", port: 0 }), text);
});
