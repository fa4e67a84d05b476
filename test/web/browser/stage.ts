/** A tree of services under svscan, svweb over it, and a browser that looks at it. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { AT_CWD, posix } from "../../../src/posix/index.ts";
import { ours, type Peer, peer } from "../../support/commands.ts";
import { Running, runOn } from "../../support/running.ts";
import { type Scope, temporaryDirectory } from "../../support/temporary.ts";
import { until } from "../../support/until.ts";

export const browserPeer: Peer = peer("chromium");

const SHOTS =
  process.env["TIMBERLINE_SHOTS"] ??
  fileURLToPath(new URL("../../../../test-results/page/", import.meta.url));
/** Says every line that comes through the FIFO `in`. */
const COPIER = "#!/bin/sh\nexec 2>&1\necho begun\nexec cat <>in\n";
const SLEEPER = "#!/bin/sh\nexec sleep 1000000\n";
const SCRIPT = "t\ns1000000\nn10\n./main\n";

export interface Looking {
  readonly page: Page;
  /** What the browser had against it. */
  readonly complaints: string[];
}

export class Stage implements Scope {
  readonly tree: string;
  private readonly tidying: (() => unknown)[] = [];
  private readonly place: string;
  private web: Running | undefined;
  private browser: Browser | undefined;
  private port = 0;
  private readonly inputs = new Map<string, number>();

  constructor() {
    this.place = temporaryDirectory(this);
    this.tree = join(this.place, "tree");
    fs.mkdirSync(this.tree);
    fs.mkdirSync(SHOTS, { recursive: true });
  }

  after(tidy: () => unknown): void {
    this.tidying.unshift(tidy);
  }

  async open(): Promise<void> {
    this.browser = await chromium.launch({
      executablePath: browserPeer.path,
      // As root there is no sandbox to be had.
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    });
    const scan = new Running(this, ours("svscan"), [this.tree], { cwd: this.place });
    this.after(() => scan.stop("SIGTERM"));
    await this.serve();
  }

  async close(): Promise<void> {
    await this.browser?.close();
    for (const tidy of this.tidying) await tidy();
  }

  /** Starts svweb, where it was before. */
  async serve(...options: readonly string[]): Promise<void> {
    const listen = `127.0.0.1:${this.port}`;
    const web = new Running(this, ours("svweb"), ["--listen", listen, ...options, this.tree], {
      cwd: this.place,
    });
    this.web = web;
    await web.says(/listening on http:\/\/127\.0\.0\.1:\d+/);
    this.port = Number(/127\.0\.0\.1:(\d+)/.exec(web.stderr)?.[1]);
  }

  /** Ends svweb. */
  async hush(): Promise<void> {
    await this.web?.stop("SIGTERM");
  }

  /** A file of users with one of them. */
  async users(name: string, password: string): Promise<string> {
    const file = join(this.place, "users");
    const words = ["passwd", file, name];
    const { code, stderr } = await runOn(this, ours("svweb"), words, `${password}\n`, {
      cwd: this.place,
    });
    assert.equal(code, 0, stderr);
    return file;
  }

  /** What svweb has said. */
  get said(): string {
    return this.web?.stderr ?? "";
  }

  /** A service that says what it is told to, with a log. */
  copier(
    name: string,
    files: Readonly<Record<string, string>> = {},
    script: string = SCRIPT,
  ): void {
    const made = join(this.place, "made");
    fs.mkdirSync(join(made, "log"), { recursive: true });
    fs.writeFileSync(join(made, "log/script"), script);
    this.write(made, { run: COPIER, ...files });
    posix.makeFifo(AT_CWD, join(made, "in"), 0o600);
    fs.renameSync(made, join(this.tree, name));
    this.inputs.set(name, fs.openSync(join(this.tree, name, "in"), "r+"));
  }

  /** A service that does nothing. */
  sleeper(name: string, files: Readonly<Record<string, string>> = {}): void {
    const made = join(this.place, "made");
    fs.mkdirSync(made);
    this.write(made, { run: SLEEPER, ...files });
    fs.renameSync(made, join(this.tree, name));
  }

  /** Has a service say something. */
  say(name: string, text: string | Uint8Array): void {
    const input = this.inputs.get(name) ?? -1;
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(input, bytes, at);
  }

  /** Looks at the page, and gathers what must not be: errors, refused content, requests to elsewhere. */
  async look(
    t: { after(tidy: () => Promise<void>): void },
    hash: string,
    options: BrowserContextOptions = {},
  ): Promise<Looking> {
    assert.ok(this.browser);
    const home = `http://127.0.0.1:${this.port}`;
    const viewport = { width: 1280, height: 800 };
    const context = await this.browser.newContext({ viewport, colorScheme: "light", ...options });
    t.after(() => context.close());
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(`${home}/`)) complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(`${home}/${hash}`);
    await page.locator("header").waitFor();
    return { page, complaints };
  }

  async shoot(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: join(SHOTS, `${name}.png`) });
  }

  private write(directory: string, files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files))
      fs.writeFileSync(join(directory, name), text, { mode: name === "run" ? 0o755 : 0o644 });
  }
}

/** The row of a service in the table. */
export const row = (page: Page, name: string): ReturnType<Page["locator"]> =>
  page.locator(`tr[data-name="${name}"]`);

/** What a cell of a service's row says. */
export async function cell(page: Page, name: string, column: string): Promise<string> {
  return (await row(page, name).locator(`.${column}`).first().textContent()) ?? "";
}

/** Resolves when a cell says so. */
export async function says(page: Page, name: string, column: string, what: RegExp): Promise<void> {
  await until(`${name} ${column} ${what}`, async () => what.test(await cell(page, name, column)));
}

/** Resolves when the line at the bottom says so. */
export async function outcome(page: Page, what: RegExp): Promise<void> {
  const line = page.locator("footer output");
  await until(`the outcome ${what}`, async () => what.test((await line.textContent()) ?? ""));
}

/** The texts of the lines of a log. */
export function lines(page: Page): Promise<string[]> {
  return page.locator(".log .line .text").allTextContents();
}

/** Resolves when a line of the log is that. */
export async function shows(page: Page, text: string): Promise<void> {
  await until(`the line ${text}`, async () => (await lines(page)).includes(text));
}
