/** Things that happen to a log between two steps of its reader. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readLog } from "../../src/inspect/index.ts";
import { labelText } from "../../src/inspect/label-key.ts";
import { type Posix, posix } from "../../src/posix/index.ts";
import { type Scope, temporaryDirectory } from "../support/temporary.ts";

const line = (n: number): string => `${labelText(1_700_000_000 + n, n)} ${n}\n`;

class Log {
  readonly path: string;
  private archives = 0;

  constructor(scope: Scope, text: string) {
    this.path = join(temporaryDirectory(scope), "main");
    fs.mkdirSync(this.path);
    fs.writeFileSync(this.file("current"), text);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  say(text: string): void {
    fs.appendFileSync(this.file("current"), text);
  }

  /** As multilog does it; `made`: what a processor makes of the file. */
  rotate(made?: string): void {
    const archive = this.file(`${labelText(1_700_001_000 + this.archives++, 0)}.s`);
    fs.renameSync(this.file("current"), this.file("previous"));
    fs.writeFileSync(this.file("current"), "");
    if (made === undefined) fs.linkSync(this.file("previous"), archive);
    else fs.writeFileSync(archive, made);
    fs.unlinkSync(this.file("previous"));
  }

  prune(): void {
    const oldest = fs.readdirSync(this.path).sort()[0] ?? "";
    fs.unlinkSync(this.file(oldest));
  }
}

/** Reads until `last` came; what happens, happens between the end of a file and the look at its name. */
async function follow(log: Log, last: number, happen: () => void): Promise<[number[], string[]]> {
  const news: string[] = [];
  const seen: number[] = [];
  let [atEnd, hasHappened] = [false, false];
  const meddling: Posix = {
    ...posix,
    readAt: (...args) => {
      const count = posix.readAt(...args);
      atEnd = count === 0;
      return count;
    },
    statusAt: (dir, name) => {
      if (atEnd && !hasHappened && name === "current") {
        hasHappened = true;
        happen();
      }
      return posix.statusAt(dir, name);
    },
  };
  const options = { follow: true, posix: meddling, news: (text: string) => void news.push(text) };
  for await (const { text } of readLog(log.path, options)) {
    seen.push(Number(text));
    if (seen.at(-1) === last) break;
  }
  return [seen, news];
}

test("what is written between the last read and the rotation is read", {
  timeout: 20_000,
}, async (t) => {
  const log = new Log(t, line(1));
  const happen = (): void => {
    log.say(line(2));
    log.rotate();
    log.say(line(3));
  };
  assert.deepEqual(await follow(log, 3, happen), [[1, 2, 3], []]);
});

test("several rotations between two looks are all read, also where a line is cut in two", {
  timeout: 20_000,
}, async (t) => {
  const log = new Log(t, line(1));
  const cut = line(4);
  const happen = (): void => {
    log.say(line(2));
    log.rotate();
    log.say(line(3) + cut.slice(0, 26));
    log.rotate();
    log.say(cut.slice(26) + line(5));
    log.rotate();
    log.say(line(6));
  };
  assert.deepEqual(await follow(log, 6, happen), [[1, 2, 3, 4, 5, 6], []]);
});

test("a file that a processor has replaced is not read again", { timeout: 20_000 }, async (t) => {
  const log = new Log(t, line(1));
  const happen = (): void => {
    log.say(line(2));
    log.rotate(line(1) + line(2));
    log.say(line(3));
    log.rotate(line(3));
    log.say(line(4));
  };
  assert.deepEqual(await follow(log, 4, happen), [[1, 2, 3, 4], []]);
});

test("files that are pruned before they are read are a gap, those that are held are none", {
  timeout: 20_000,
}, async (t) => {
  const log = new Log(t, line(1));
  const lose = (): void => {
    log.say(line(2));
    log.rotate();
    log.say(line(3));
    log.rotate();
    log.say(line(4));
    log.prune();
    log.prune();
  };
  const [seen, news] = await follow(log, 4, lose);
  assert.deepEqual(seen, [1, 2, 4]);
  assert.equal(news.length, 1, news.join("\n"));
  const [before, behind] = [2, 4].map((n) => line(n).slice(0, 25));
  assert.ok(
    news[0]?.endsWith(`lines may be missing behind ${before} and before ${behind}`),
    news[0],
  );
});

test("lines that a logger put into a new current after the old one was removed are shown once", {
  timeout: 20_000,
}, async (t) => {
  const log = new Log(t, line(1) + line(2));
  const happen = (): void => {
    fs.unlinkSync(log.file("current"));
    log.say(line(2) + line(3));
  };
  const [seen, news] = await follow(log, 3, happen);
  assert.deepEqual([seen, news], [[1, 2, 3], []]);
});
