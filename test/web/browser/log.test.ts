// A service's page: its log as it comes and as it was, its deaths, its files; in a real browser over a real tree.
// Not tested: Firefox; a log that is written for hours.
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Page } from "playwright-core";
import { until } from "../../support/until.ts";
import { browserPeer, lines, Stage, shows } from "./stage.ts";

const timeout = 60_000;
const MOST_LINES = 4_000;

describe("a service's page", { skip: browserPeer.skip, concurrency: 1 }, () => {
  const stage = new Stage();

  before(
    async () => {
      const names = ["live", "lasting", "chosen", "past", "odd", "mortal", "busy"];
      for (const name of names) stage.copier(name);
      stage.copier("split", {}, "t\n./main\n-*\n+* fatal*\n./errors\n");
      await stage.open();
      // A log that is not there yet is answered with 404.
      for (const name of [...names, "split"]) await written(name, "begun");
    },
    { timeout },
  );

  after(() => stage.close());

  /** Numbered lines, from one to another. */
  const say = (name: string, from: number, to: number, word = "line"): void => {
    for (let at = from; at <= to; at++) stage.say(name, `${word} ${at}\n`);
  };
  const numbers = async (page: Page): Promise<number[]> =>
    (await lines(page)).flatMap((text) => /^line (\d+)$/.exec(text)?.[1] ?? []).map(Number);
  const state = async (page: Page, what: RegExp): Promise<void> =>
    until(`the log to be ${what}`, async () =>
      what.test((await page.locator(".feed").textContent()) ?? ""),
    );
  const range = (from: number, to: number): number[] =>
    Array.from({ length: to - from + 1 }, (_, at) => from + at);
  const written = (name: string, text: string, log = "main"): Promise<void> =>
    until(`${text} in the log of ${name}`, () => {
      const main = join(stage.tree, name, "log", log, "current");
      return fs.existsSync(main) && fs.readFileSync(main, "utf8").includes(`${text}\n`);
    });

  test("shows lines as they come; paused and resumed, it has lost none and has none twice", {
    timeout,
  }, async (t) => {
    const { page, complaints } = await stage.look(t, "#/service/live");
    await shows(page, "begun");
    say("live", 1, 50);
    await shows(page, "line 50");
    await page.keyboard.press("p");
    await state(page, /^paused/);
    // More than are shown of a log that is just opened.
    say("live", 51, 900);
    await written("live", "line 900");
    assert.deepEqual(await numbers(page), range(1, 50));
    await page.getByRole("button", { name: "Resume" }).click();
    await shows(page, "line 900");
    say("live", 901, 930);
    await shows(page, "line 930");
    assert.deepEqual(await numbers(page), range(1, 930));
    // Away to another view and back: as a pause.
    await page.getByRole("link", { name: /^Deaths/ }).click();
    say("live", 931, 1700);
    await written("live", "line 1700");
    await page.getByRole("link", { name: "Log" }).click();
    await shows(page, "line 1700");
    assert.deepEqual(await numbers(page), range(1, 1700));
    await page.locator(".uplot").nth(1).waitFor();
    await stage.shoot(page, "service");
    assert.deepEqual(complaints, []);
  });

  test("goes on where it was when svweb has gone and come back", { timeout }, async (t) => {
    const { page } = await stage.look(t, "#/service/lasting");
    say("lasting", 1, 50);
    await shows(page, "line 50");
    await stage.hush();
    await state(page, /^lost/);
    say("lasting", 51, 900);
    await written("lasting", "line 900");
    await stage.serve();
    await shows(page, "line 900");
    assert.deepEqual(await numbers(page), range(1, 900));
    await state(page, /^following$/);
  });

  test("shows and hides lines by expressions and by patterns", { timeout }, async (t) => {
    const { page, complaints } = await stage.look(t, "#/service/chosen");
    say("chosen", 1, 160);
    await shows(page, "line 160");
    const filter = async (label: RegExp, text: string): Promise<void> => {
      await page.getByRole("searchbox", { name: label }).fill(text);
      await page.keyboard.press("Enter");
    };
    await filter(/^Show only/, "LINE 1[0-2]$|BEGUN");
    await until("three", async () => (await numbers(page)).join() === "10,11,12");
    await filter(/^Hide/, "begun|11");
    await until("two", async () => (await lines(page)).join() === "line 10,line 12");
    // What comes is chosen likewise.
    stage.say("chosen", "line 11\nline 13\nLine 10\nother\n");
    await until("the next", async () => (await lines(page)).join() === "line 10,line 12,Line 10");
    assert.match(page.url(), /show=LINE/);
    await filter(/^Show only/, "(");
    await page.getByRole("alert").getByText("Unterminated group").waitFor();
    assert.equal((await lines(page)).length, 3);
    await page.goto(page.url().replace(/#.*/, "#/service/chosen"));
    await filter(/^Patterns/, "-* +* line *7");
    await until("sevens", async () => (await numbers(page)).at(-1) === 157);
    assert.deepEqual((await numbers(page)).slice(0, 3), [7, 17, 27]);
    await filter(/^Patterns/, "");
    await filter(/^Show only/, "line 12");
    await until("marks", async () => (await page.locator(".line mark").count()) === 11);
    await stage.shoot(page, "filtered");
    assert.deepEqual(complaints, []);
  });

  test("shows a line of several log directories once, and one of them alone", {
    timeout,
  }, async (t) => {
    const { page, complaints } = await stage.look(t, "#/service/split");
    await until("its log", async () => (await page.locator(".line").count()) > 0);
    stage.say("split", "fatal 1\nwell 2\nfatal 3\nwell 4\n");
    await shows(page, "well 4");
    stage.say("split", "fatal 5\n");
    await written("split", "fatal 5", "errors");
    stage.say("split", "well 6\n");
    await shows(page, "well 6");
    const all = ["begun", "fatal 1", "well 2", "fatal 3", "well 4", "fatal 5", "well 6"];
    // As they come, those of the directory that is read first may be in front.
    assert.deepEqual((await lines(page)).toSorted(), all.toSorted());
    // A search reads in another thread.
    await page.getByRole("searchbox", { name: "Show only" }).fill("FATAL");
    await page.keyboard.press("Enter");
    await until("each once", async () => (await lines(page)).join() === "fatal 1,fatal 3,fatal 5");
    await page.getByRole("searchbox", { name: "Show only" }).fill("");
    await page.getByRole("combobox", { name: "Which log" }).selectOption("errors");
    await until("errors", async () => (await lines(page)).join() === "fatal 1,fatal 3,fatal 5");
    assert.match(page.url(), /directory=errors/);
    assert.deepEqual(complaints, []);
  });

  test("shows the whole archive by time, in pages of both directions", { timeout }, async (t) => {
    say("past", 1, 1700);
    await written("past", "line 1700");
    const { page, complaints } = await stage.look(t, "#/service/past");
    await shows(page, "line 1700");
    await page.getByRole("combobox", { name: "stretch" }).selectOption("From the beginning");
    await shows(page, "line 1");
    assert.ok((await numbers(page)).length < 600);
    const scroller = page.locator(".log .lines");
    const scroll = async (to: "Home" | "End"): Promise<void> => {
      await scroller.focus();
      await page.keyboard.press(to);
    };
    await until("the end", async () => {
      await scroll("End");
      return (await numbers(page)).at(-1) === 1700;
    });
    assert.deepEqual(await numbers(page), range(1, 1700));
    await state(page, /^all of it$/);
    // Up to a time, said as a label: from there backwards.
    const thousandth = page.locator(".line").filter({ hasText: /line 1000$/ });
    const [, label = ""] =
      (await thousandth.locator("time").getAttribute("title"))?.split("\n") ?? [];
    await page.goto(page.url().replace(/#.*/, `#/service/past?to=${encodeURIComponent(label)}`));
    await until("another page", async () => (await numbers(page)).at(-1) === 1000);
    assert.ok((await numbers(page)).length <= 500);
    await until("the beginning", async () => {
      await scroll("Home");
      return (await numbers(page))[0] === 1;
    });
    assert.deepEqual(await numbers(page), range(1, 1000));
    await stage.shoot(page, "history");
    assert.deepEqual(complaints, []);
  });

  test("follows no line away that is being read, and holds no more lines than it can", {
    timeout,
  }, async (t) => {
    const { page, complaints } = await stage.look(t, "#/service/busy");
    await shows(page, "begun");
    say("busy", 1, 3000);
    await shows(page, "line 3000");
    const scroller = page.locator(".log .lines");
    await scroller.focus();
    await page.keyboard.press("Home");
    say("busy", 3001, 6000);
    await state(page, /^paused/);
    const held = await numbers(page);
    assert.equal(held[0], 1);
    assert.deepEqual(held, range(1, held.length));
    await page.keyboard.press("End");
    await page.keyboard.press("p");
    await shows(page, "line 6000");
    say("busy", 6001, 9000);
    await shows(page, "line 9000");
    const kept = await numbers(page);
    assert.deepEqual(kept, range(9001 - kept.length, 9000));
    assert.equal(await page.locator(".line").count(), MOST_LINES);
    assert.deepEqual(complaints, []);
  });

  test("shows deaths with the log around each", { timeout }, async (t) => {
    const { page, complaints } = await stage.look(t, "#/service/mortal?view=deaths");
    await page.getByText("No death of it is known.").waitFor();
    stage.say("mortal", "last words\n");
    await written("mortal", "last words");
    const status = (): Promise<string> => page.locator(".facts").innerText();
    const pid = Number(/Pid\s+(\d+)/.exec(await status())?.[1]);
    process.kill(pid, "SIGKILL");
    const death = page.locator(".deaths > li").first();
    await death.getByText("killed by SIGKILL").waitFor();
    stage.say("mortal", "the next life\n");
    await written("mortal", "the next life");
    await death.getByRole("button", { name: "Log around it" }).click();
    await death.locator(".died").waitFor();
    const around = await death.locator(".lines > *").allTextContents();
    const at = (what: RegExp): number => around.findIndex((text) => what.test(text));
    assert.ok(at(/last words$/) >= 0 && at(/last words$/) < at(/killed by SIGKILL/));
    assert.ok(at(/killed by SIGKILL/) < at(/the next life$/), around.join("\n"));
    await stage.shoot(page, "deaths");
    assert.deepEqual(complaints, []);
  });

  test("tells files and logging script in words", { timeout }, async (t) => {
    const { page, complaints } = await stage.look(t, "#/service/mortal?view=files");
    await page.getByRole("row", { name: /^run / }).waitFor();
    await page.getByText("Each line gets a TAI64N label").waitFor();
    await page.getByText("the log directory ./main").waitFor();
    await stage.shoot(page, "files");
    assert.deepEqual(complaints, []);
  });

  test("shows hostile lines as text, whatever is in them", { timeout }, async (t) => {
    const { page, complaints } = await stage.look(t, "#/service/odd");
    await shows(page, "begun");
    stage.say("odd", "<img src=x onerror=alert(1)><script>alert(2)</script> &lt;\n");
    stage.say("odd", "\u001b[1;31mred\u001b[0m \u001b[2J\u001b]0;title\u0007 plain\n");
    stage.say("odd", "nul \0 here \u202e turned\n");
    stage.say("odd", Buffer.from([0x62, 0x61, 0x64, 0x20, 0xff, 0xfe, 0x0a]));
    stage.say("odd", `${"x".repeat(1024 * 1024)}\n`);
    stage.say("odd", `${"\0".repeat(300_000)}\n`);
    stage.say("odd", "the end\n");
    await shows(page, "the end");
    const texts = await lines(page);
    assert.ok(texts.includes("<img src=x onerror=alert(1)><script>alert(2)</script> &lt;"));
    assert.ok(texts.includes("red ^[[2J^[]0;title^G plain"), texts.slice(0, 4).join("\n"));
    assert.ok(texts.includes("nul ^@ here <U+202E> turned"));
    assert.ok(texts.includes("bad \\xff\\xfe"));
    assert.equal(await page.locator(".lines img, .lines script").count(), 0);
    const red = page.locator(".line .bold.fg1");
    assert.equal(await red.textContent(), "red");
    const colour = await red.evaluate((node) => getComputedStyle(node).color);
    assert.equal(colour, "rgb(179, 38, 30)");
    const long = texts.find((text) => text.startsWith("xxx")) ?? "";
    assert.match(long, /^x{2000}… show all 1\.0 MB$/);
    await page.locator(".log .lines").press("Home");
    await stage.shoot(page, "hostile");
    await page.getByRole("button", { name: "show all 1.0 MB" }).click();
    const whole = (await lines(page)).find((text) => text.startsWith("xxx"));
    assert.equal(whole, "x".repeat(1024 * 1024));
    assert.deepEqual(complaints, []);
  });

  test("says that there is no such service, and what it has no log of", { timeout }, async (t) => {
    stage.sleeper("mute");
    const { page } = await stage.look(t, "#/service/nobody");
    await page.getByText("There is no service nobody (any more).").waitFor();
    await page.goto(page.url().replace("nobody", "mute"));
    await state(page, /no log/);
  });
});
