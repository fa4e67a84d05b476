import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addressWords,
  faultOf,
  patternFaultOf,
  queryOf,
  selectionWords,
} from "../../../src/web/page/pure/log-query.ts";
import { placeOf, serviceAddress, tableAddress } from "../../../src/web/page/pure/place.ts";

test("an address leads where it was made, whatever a service is called", () => {
  for (const name of ["web", "a/b", "%41", "x?y#z&", "é \u202e", "..", "100%"]) {
    const place = placeOf(serviceAddress(name, "deaths", { show: "a&b=c", from: "" }));
    assert.ok(place.kind === "service");
    assert.equal(place.name, name);
    assert.equal(place.view, "deaths");
    assert.equal(place.words.get("show"), "a&b=c");
    assert.equal(place.words.has("from"), false);
  }
});

test("an address that is none leads to the table", () => {
  for (const hash of ["", "#", "#/", "#/nowhere", "#/service/", "#/service/%", "#?x=1"])
    assert.equal(placeOf(hash).kind, "table", hash);
  assert.equal(placeOf(tableAddress({ filter: "web*" })).words.get("filter"), "web*");
  const place = placeOf("#/service/web?view=nonsense");
  assert.ok(place.kind === "service" && place.view === "log");
});

test("what is wanted of a log survives its address", () => {
  const query = {
    patterns: "-* F +*x y*",
    show: "a|b",
    hide: "(?:c)",
    isCaseIgnored: false,
    from: "2026-11-20T10:00:00.000Z",
    to: "",
    isStderr: true,
    directory: "main",
  };
  assert.deepEqual(queryOf(new URLSearchParams(addressWords(query))), query);
});

test("lines to be shown and lines to be hidden are one expression", () => {
  const words = queryOf(new URLSearchParams());
  assert.deepEqual(selectionWords(words), {});
  assert.deepEqual(selectionWords({ ...words, show: "x" }), { grep: "x", ignoreCase: "1" });
  assert.deepEqual(selectionWords({ ...words, hide: "x" }), {
    grep: "x",
    invert: "1",
    ignoreCase: "1",
  });
  const { grep = "" } = selectionWords({ ...words, show: "GET|POST", hide: "200|health" });
  const lines = ["GET / 404", "GET / 200", "health POST", "PUT 1", "POST\u2028x"];
  const found = lines.filter((line) => new RegExp(grep, "i").test(line));
  assert.deepEqual(found, ["GET / 404", "POST\u2028x"]);
});

test("patterns go to the server as words of a logging script", () => {
  const asked = (patterns: string) =>
    selectionWords({ ...queryOf(new URLSearchParams()), patterns })["patterns"];
  assert.equal(asked("  "), undefined);
  assert.equal(asked("-* +*a b*  +*c*"), "-*\n+*a b*\n+*c*");
  assert.equal(asked("F -*[xy]* S +*F*"), "F\n-*[xy]*\nS\n+*F*");
  assert.equal(patternFaultOf("F -*x*"), undefined);
  assert.equal(patternFaultOf(""), undefined);
  assert.equal(patternFaultOf("error"), "A pattern begins with + or -");
});

test("what is wrong with an expression is said", () => {
  assert.equal(faultOf("a(b)"), undefined);
  assert.match(faultOf("a(b") ?? "", /Unterminated group/);
});
