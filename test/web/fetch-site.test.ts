/** Whom a browser asks for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isOwnFetch } from "../../src/web/server/fetch-site.ts";

test("a link elsewhere leads to the page, and to nothing else", () => {
  const link = {
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
  };
  assert.equal(isOwnFetch(link, "/"), true);
  assert.equal(isOwnFetch({ ...link, "sec-fetch-dest": "iframe" }, "/"), false);
  assert.equal(isOwnFetch({ ...link, "sec-fetch-mode": "no-cors" }, "/"), false);
  assert.equal(isOwnFetch(link, "/metrics"), false);
  assert.equal(isOwnFetch(link, undefined), false);
  assert.equal(isOwnFetch({}, "/metrics"), true);
});
