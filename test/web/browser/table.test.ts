// The table of all services, in a real browser over a real tree.
// Not tested: Firefox.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { until } from "../../support/until.ts";
import { browserPeer, cell, outcome, row, Stage, says } from "./stage.ts";

const timeout = 60_000;

describe("the table of services", { skip: browserPeer.skip, concurrency: 1 }, () => {
  const stage = new Stage();

  before(
    async () => {
      stage.copier("web", { group: "front\n" });
      stage.copier("api", { group: "front\n" });
      stage.sleeper("db");
      stage.sleeper("idle", { down: "" });
      await stage.open();
    },
    { timeout },
  );

  after(() => stage.close());

  const pidOf = async (page: Page, name: string): Promise<number> => {
    await says(page, name, "pid", /^\d+$/);
    return Number(await cell(page, name, "pid"));
  };

  test("stays true by itself when a service dies", { timeout }, async (t) => {
    const { page, complaints } = await stage.look(t, "");
    const pid = await pidOf(page, "web");
    assert.equal(await cell(page, "web", "restarts"), "0");
    process.kill(pid, "SIGKILL");
    await says(page, "web", "death", /^\d+s ago: killed by SIGKILL, after /);
    await says(page, "web", "restarts", /^1$/);
    await says(page, "web", "state", /^up$/);
    assert.notEqual(await pidOf(page, "web"), pid);
    await says(page, "idle", "state", /^down$/);
    await says(page, "web", "bytes", /^\d+ B$/);
    await stage.shoot(page, "table");
    assert.deepEqual(complaints, []);
  });

  test("takes in services that come, and leaves out those that go", { timeout }, async (t) => {
    const { page, complaints } = await stage.look(t, "");
    await row(page, "db").waitFor();
    stage.sleeper("passing");
    await says(page, "passing", "state", /^up$/);
    await row(page, "passing").getByRole("button", { name: "Stop" }).click();
    await outcome(page, /^Stop: passing: /);
    fs.rmSync(join(stage.tree, "passing"), { recursive: true });
    await row(page, "passing").waitFor({ state: "detached" });
    assert.deepEqual(complaints, []);
  });

  test("starts, stops and restarts one service, and says what came of it", {
    timeout,
  }, async (t) => {
    const { page, complaints } = await stage.look(t, "");
    await row(page, "idle").getByRole("button", { name: "Start idle", exact: true }).click();
    await outcome(page, /^Start: idle: /);
    const pid = await pidOf(page, "idle");
    await row(page, "idle").getByRole("button", { name: "Restart" }).click();
    await outcome(page, /^Restart: idle: /);
    assert.notEqual(await pidOf(page, "idle"), pid);
    await row(page, "idle").getByRole("button", { name: "Stop" }).click();
    await outcome(page, /^Stop: idle: /);
    await says(page, "idle", "state", /^down$/);
    assert.equal(await page.locator("footer output.bad").count(), 0);
    assert.match(stage.said, /idle/);
    assert.deepEqual(complaints, []);
  });

  test("sends signals, runs once and rotates logs", { timeout }, async (t) => {
    const { page, complaints } = await stage.look(t, "");
    const choose = async (name: string, deed: string): Promise<void> => {
      await row(page, name).getByRole("button", { name: "more" }).click();
      await page.getByRole("menuitem", { name: deed }).first().click();
    };
    await pidOf(page, "api");
    await choose("api", "HUP");
    await says(page, "api", "death", /killed by SIGHUP/);
    await pidOf(page, "api");
    stage.say("api", "something to rotate\n");
    const main = join(stage.tree, "api/log/main");
    await until("the line", () =>
      fs.readFileSync(join(main, "current"), "utf8").includes("something"),
    );
    await choose("api", "Rotate log");
    await outcome(page, /^Rotate log: api: /);
    await until("a file", () => fs.readdirSync(main).some((name) => /^@\w+\.s$/.test(name)));
    await choose("idle", "Once");
    await outcome(page, /^Once: idle: /);
    await says(page, "idle", "state", /^up, once$/);
    await choose("idle", "KILL");
    await page.getByRole("button", { name: "KILL idle" }).click();
    await says(page, "idle", "state", /^down$/);
    assert.deepEqual(complaints, []);
  });

  test("is filtered, and does things to a group, to several, and to all when it is asked", {
    timeout,
  }, async (t) => {
    const { page, complaints } = await stage.look(t, "#/?filter=front:*");
    const [web, api] = [await pidOf(page, "web"), await pidOf(page, "api")];
    assert.equal(await page.locator("table.services tbody tr").count(), 2);
    await page.getByRole("checkbox", { name: "select all that are shown" }).check();
    const bar = page.getByRole("toolbar", { name: "Selected services" });
    await bar.getByRole("button", { name: "Restart" }).click();
    await outcome(page, /^Restart: 2 of 2 services done$/);
    assert.notEqual(await pidOf(page, "web"), web);
    assert.notEqual(await pidOf(page, "api"), api);
    await page.getByRole("searchbox").fill("");
    const db = await pidOf(page, "db");
    await page.getByRole("checkbox", { name: "select all that are shown" }).check();
    await bar.getByRole("button", { name: "Restart" }).click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await bar.getByRole("button", { name: "Restart" }).click();
    await stage.shoot(page, "all-asked");
    assert.equal(await pidOf(page, "db"), db);
    await page.getByRole("button", { name: "Restart 4 services" }).click();
    await outcome(page, /^Restart: 4 of 4 services done/);
    assert.notEqual(await pidOf(page, "db"), db);
    await page.getByRole("button", { name: /outcomes$/ }).click();
    await stage.shoot(page, "outcomes");
    assert.match((await page.locator("footer .history").textContent()) ?? "", /db: .*web: /s);
    assert.deepEqual(complaints, []);
  });

  test("is sorted by its columns, and keeps filter and order in its address", {
    timeout,
  }, async (t) => {
    const { page, complaints } = await stage.look(t, "");
    await row(page, "idle").waitFor();
    const names = (): Promise<string[]> => page.locator("tbody th a").allTextContents();
    const head = page.getByRole("columnheader", { name: "Service" });
    assert.deepEqual(await names(), ["api", "db", "idle", "web"]);
    assert.equal(await head.getAttribute("aria-sort"), "ascending");
    await head.getByRole("button").click();
    assert.deepEqual(await names(), ["web", "idle", "db", "api"]);
    assert.equal(await head.getAttribute("aria-sort"), "descending");
    await page.getByRole("searchbox").fill("-is:nothing i*");
    assert.deepEqual(await names(), ["idle"]);
    await page.reload();
    await row(page, "idle").waitFor();
    assert.deepEqual(await names(), ["idle"]);
    assert.equal(await page.getByRole("searchbox").inputValue(), "-is:nothing i*");
    assert.deepEqual(complaints, []);
  });

  test("says that it is not true any more when svweb is gone, and is true again by itself", {
    timeout,
  }, async (t) => {
    const { page } = await stage.look(t, "");
    const pid = await pidOf(page, "web");
    await stage.hush();
    await page.getByText("connecting").waitFor();
    process.kill(pid, "SIGKILL");
    await stage.serve();
    await page.getByText("live", { exact: true }).waitFor();
    await until("another process", async () => (await pidOf(page, "web")) !== pid);
  });

  test("can be used from the keyboard alone", { timeout }, async (t) => {
    const { page, complaints } = await stage.look(t, "");
    await row(page, "web").waitFor();
    const focused = (): Promise<string | undefined> =>
      page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset["name"]);
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press("j", "ArrowDown", "End", "k");
    assert.equal(await focused(), "idle");
    const outline = await row(page, "idle").evaluate((node) => getComputedStyle(node).outlineStyle);
    assert.equal(outline, "solid");
    await press("S");
    await outcome(page, /^Start: idle: /);
    await press("X");
    await outcome(page, /^Stop: idle: /);
    await press("Home", "Space", "Shift+ArrowDown");
    assert.equal(await page.locator("[aria-selected=true]").count(), 2);
    await press("Escape");
    assert.equal(await page.locator("[aria-selected=true]").count(), 0);
    await press("?");
    await page.getByRole("dialog", { name: "Help" }).waitFor();
    await stage.shoot(page, "help");
    await press("Escape", "/", "w", "e", "b", "Enter");
    assert.equal(await focused(), "web");
    await press(".");
    await page.getByRole("menu").waitFor();
    await stage.shoot(page, "menu");
    await press("ArrowDown", "ArrowDown", "Enter");
    await outcome(page, /^Restart: web: /);
    await press("Enter");
    await page.getByRole("heading", { name: "web" }).waitFor();
    await press("2");
    await page.getByText("killed by SIGKILL").first().waitFor();
    await press("Escape");
    await row(page, "web").waitFor();
    assert.equal(await focused(), "web");
    assert.deepEqual(complaints, []);
  });

  test("is read on a phone, and in the dark", { timeout }, async (t) => {
    const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
    const { page, complaints } = await stage.look(t, "", { ...phone, colorScheme: "dark" });
    await says(page, "web", "state", /^up$/);
    const size = await page.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      ground: getComputedStyle(document.documentElement).backgroundColor,
    }));
    assert.deepEqual(size, { width: 360, ground: "rgb(19, 22, 21)" });
    await row(page, "web").getByRole("button", { name: "Restart" }).tap();
    await outcome(page, /^Restart: web: /);
    await stage.shoot(page, "phone-dark");
    await row(page, "web").getByRole("link").tap();
    await page.getByRole("heading", { name: "web" }).waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(width, 360);
    await stage.shoot(page, "phone-dark-service");
    assert.deepEqual(complaints, []);
  });

  test("fits into every width", { timeout }, async (t) => {
    const { page, complaints } = await stage.look(t, "");
    await says(page, "web", "state", /^up$/);
    const overflowing = async (): Promise<number[]> => {
      const found: number[] = [];
      for (const width of [320, 360, 600, 860, 861, 1040, 1041, 1240, 1241, 1920]) {
        await page.setViewportSize({ width, height: 800 });
        const needed = await page.evaluate(() => document.documentElement.scrollWidth);
        if (needed > width) found.push(width);
      }
      return found;
    };
    assert.deepEqual(await overflowing(), []);
    await row(page, "web").getByRole("link").click();
    await page.locator(".line").first().waitFor();
    assert.deepEqual(await overflowing(), []);
    assert.deepEqual(complaints, []);
  });

  test("offers nothing where nothing may be changed, and names who looks", {
    timeout,
  }, async (t) => {
    await stage.hush();
    await stage.serve("--read-only", "--users", await stage.users("anna", "good password"));
    const httpCredentials = { username: "anna", password: "good password" };
    const { page, complaints } = await stage.look(t, "", { httpCredentials });
    await page.getByText("anna, read only").waitFor();
    const pid = await pidOf(page, "web");
    assert.equal(await page.locator("td.deeds button").count(), 0);
    await page.keyboard.press("j");
    await page.keyboard.press("A");
    await page.keyboard.press("R");
    await page.keyboard.press(".");
    assert.equal(await page.locator("dialog").count(), 0);
    assert.equal(await page.getByRole("toolbar", { name: "Selected services" }).count(), 0);
    assert.equal(await pidOf(page, "web"), pid);
    assert.deepEqual(complaints, []);
    await stage.hush();
    await stage.serve();
  });
});
