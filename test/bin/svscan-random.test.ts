/**
 * Many services, told and killed at random, and their status files beside what the kernel knows. The long
 * form, 500 of them for three minutes: `npm run test:tree`.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Scanned } from "../supervise/against-c/scanned.ts";
import { readLogdir } from "../support/logdir.ts";
import { Chance, chooseSeed } from "../support/random.ts";
import { until } from "../support/until.ts";

const SERVICES = Number(process.env["TIMBERLINE_TREE_SERVICES"] ?? 24);
const SECONDS = Number(process.env["TIMBERLINE_TREE_SECONDS"] ?? 4);
const ROUNDS = 4;
const { O_WRONLY, O_NONBLOCK } = fs.constants;
/** Exit code of one that finds another of its kind at work. */
const DOUBLE = 99;
const RUN = `#!/bin/sh
echo $$
exec flock -nF -E ${DOUBLE} held sleep 100000
`;
/** Dies by itself, now and then. */
const MORTAL = RUN.replace("100000", "1.2");
const LETTERS = ["u", "d", "o", "t", "k", "h", "pc", "du", "dxu", "+t"];

interface Child {
  readonly pid: number;
  readonly name: string;
  readonly isZombie: boolean;
}

function childrenOf(parent: number): Child[] {
  return fs.readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
      const [name = "", rest = ""] = stat.slice(stat.indexOf("(") + 1).split(") ");
      const [state, ppid] = rest.split(" ");
      return Number(ppid) === parent ? [{ pid: Number(pid), name, isZombie: state === "Z" }] : [];
    } catch {
      // Gone.
      return [];
    }
  });
}

const upwards = (a: number, b: number): number => a - b;

class Shaken {
  readonly names: readonly string[] = Array.from({ length: SERVICES }, (_, at) => `s${at}`);
  acts = 0;
  private readonly scanned: Scanned;
  private readonly random: Chance;

  constructor(scanned: Scanned, random: Chance) {
    this.scanned = scanned;
    this.random = random;
  }

  /** Resolves when each has been started. */
  async begun(): Promise<void> {
    const patienceMs = 30_000 + 200 * SERVICES;
    for (const name of this.names)
      await until(
        `${name} to be up`,
        () => (this.scanned.status(name)?.pid ?? 0) !== 0,
        patienceMs,
      );
  }

  private tell(name: string, letters: string): void {
    // After an `x` there may be nobody, until the next look.
    try {
      const fd = fs.openSync(this.scanned.path(`${name}/supervise/control`), O_WRONLY | O_NONBLOCK);
      fs.writeSync(fd, letters);
      fs.closeSync(fd);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENXIO") throw error;
    }
  }

  async shake(seconds: number): Promise<void> {
    const { random, scanned } = this;
    for (const end = performance.now() + 1000 * seconds; performance.now() < end; this.acts++) {
      const name = random.from(this.names);
      if (!random.once(4)) this.tell(name, random.from(LETTERS));
      else this.kill(scanned.status(name)?.pid ?? 0);
      if (random.once(8)) scanned.running.signal("SIGHUP");
      await sleep(random.below(10));
    }
  }

  private kill(pid: number): void {
    // Nobody but who was started here.
    if (!childrenOf(this.scanned.running.pid).some((one) => one.pid === pid)) return;
    try {
      process.kill(pid, this.random.from(["SIGKILL", "SIGTERM", "SIGSTOP"]));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  /** Every second one is to be up, the others down; resolves when all are so. */
  async settle(): Promise<void> {
    const { scanned } = this;
    for (const [at, name] of this.names.entries()) {
      const isUp = at % 2 === 0;
      await until(`${name} to be ${isUp ? "up" : "down"}`, () => {
        const status = scanned.status(name);
        const isSo = isUp ? status?.want === "up" && !status.paused : status?.want === "down";
        if (!isSo) this.tell(name, isUp ? "cu" : "d");
        // One that was stopped from outside hears no TERM.
        return isSo && (isUp ? status?.pid !== 0 : status?.pid === 0);
      });
    }
  }

  /** Status files, the process table and the logs tell the same. */
  async compare(): Promise<void> {
    const { scanned } = this;
    let told: number[] = [];
    let found: Child[] = [];
    await until("status files that tell the truth, and no zombie", () => {
      told = this.names.map((name) => scanned.status(name)?.pid ?? 0).filter((pid) => pid !== 0);
      found = childrenOf(scanned.running.pid);
      return (
        told.sort(upwards).join() ===
        found
          .map(({ pid }) => pid)
          .sort(upwards)
          .join()
      );
    });
    for (const name of this.names) {
      const pid = scanned.status(name)?.pid ?? 0;
      // What it has said before it became a sleeper stands in its log.
      if (found.some((one) => one.pid === pid && one.name === "sleep"))
        await until(
          `the line of ${name}`,
          () =>
            fs.existsSync(scanned.path(`${name}/log/main/current`)) &&
            readLogdir(scanned.path(`${name}/log/main`)).whole.includes(`${pid}\n`),
        );
      assert.doesNotMatch(scanned.text(`${name}/supervise/deaths`), new RegExp(` exit ${DOUBLE} `));
    }
  }
}

test("services started and stopped at random are what their status files say, and never two at once", {
  timeout: 120_000 + 2000 * SECONDS,
}, async (t) => {
  const seed = chooseSeed();
  t.diagnostic(`seed ${seed}`);
  const services = Array.from({ length: SERVICES }, (_, at) => [
    [`s${at}`, { run: at % 3 === 2 ? MORTAL : RUN }],
    [`s${at}/log`, { script: "s1048576\n./main\n" }],
  ]).flat() as [string, Readonly<Record<string, string>>][];
  const scanned = new Scanned(t, "ours", Object.fromEntries(services));
  const shaken = new Shaken(scanned, new Chance(seed));
  await shaken.begun();
  await shaken.settle();
  await shaken.compare();
  const before = scanned.descriptors;
  for (let round = 0; round < ROUNDS; round++) {
    await shaken.shake(SECONDS / ROUNDS);
    await shaken.settle();
    await shaken.compare();
  }
  t.diagnostic(`${shaken.acts} acts on ${SERVICES} services`);
  assert.ok(shaken.acts > 100);
  await until("no descriptor more than before", () => scanned.descriptors <= before);
  assert.deepEqual(await scanned.stop(), { code: 0, signal: null });
  assert.deepEqual([scanned.family, scanned.said], [[], []]);
});
