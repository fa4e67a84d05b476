/** Whether every line gets through while the logger is killed again and again. */
import { AT_CWD } from "../posix/files.ts";
import type { Posix } from "../posix/types.ts";
import { Logger } from "./logger.ts";
import { numberOf, type SampleLines } from "./sample-lines.ts";
import type { TrialScript } from "./trial-script.ts";
import { writeLine } from "./waits.ts";

const STEP_MS = 1;
/** From a start on, each a little later than the one before, so that it is hit at different moments. */
const LEAST_LIFE_MS = 80;
const LIFE_STEP_MS = 37;
const MOST_LIFE_MS = 240;
const CHUNK_BYTES = 2 ** 20;

export interface Kills {
  readonly kills: number;
  /** That the service wrote. */
  readonly lines: number;
  /** Of those that the script wants in some log: the ones that are not there. */
  readonly lost: number;
  readonly repeated: number;
}

/** @param path  a directory in which two more are made: the second logger is left in peace, to compare with */
export async function measureKills(
  posix: Posix,
  program: string,
  script: TrialScript,
  lines: SampleLines,
  { path, seconds, linesPerSecond }: { path: string; seconds: number; linesPerSecond: number },
): Promise<Kills> {
  const killed = new Logger(posix, program, script.keepingWords, below(posix, path, "killed"));
  const count = Math.round(seconds * linesPerSecond);
  const kills = await writeWhileKilling(posix, killed, lines, count, linesPerSecond);
  await killed.finish();
  const spared = new Logger(posix, program, script.keepingWords, below(posix, path, "spared"));
  for (let number = 0; number < count; number++) writeLine(spared, lines.line(number), posix);
  await spared.finish();
  let [lost, repeated] = [0, 0];
  for (const logdir of script.logdirs) {
    const wanted = copiesIn(posix, `${path}/spared/${logdir}`);
    const found = copiesIn(posix, `${path}/killed/${logdir}`);
    for (const number of wanted.keys()) if (!found.has(number)) lost += 1;
    for (const copies of found.values()) repeated += copies - 1;
  }
  return { kills, lines: count, lost, repeated };
}

function below(posix: Posix, path: string, name: string): string {
  posix.makeDirectory(AT_CWD, `${path}/${name}`, 0o755);
  return `${path}/${name}`;
}

/** @returns how often it was killed */
async function writeWhileKilling(
  posix: Posix,
  logger: Logger,
  lines: SampleLines,
  count: number,
  linesPerSecond: number,
): Promise<number> {
  const begun = posix.monotonicMs();
  let kills = 0;
  let [lifeMs, startedAt] = [LEAST_LIFE_MS, begun];
  for (let number = 0; number < count; number++) {
    const due = begun + (number * 1000) / linesPerSecond;
    while (posix.monotonicMs() < due) await posix.sleep(STEP_MS);
    writeLine(logger, lines.line(number), posix);
    if (posix.monotonicMs() - startedAt < lifeMs) continue;
    await logger.kill();
    logger.start();
    kills += 1;
    startedAt = posix.monotonicMs();
    lifeMs = LEAST_LIFE_MS + ((kills * LIFE_STEP_MS) % (MOST_LIFE_MS - LEAST_LIFE_MS));
  }
  return kills;
}

/** How often each number stands in a log directory. */
function copiesIn(posix: Posix, path: string): Map<number, number> {
  const copies = new Map<number, number>();
  const directory = posix.openAt(AT_CWD, path, "directory");
  for (const name of posix.list(directory).map(String)) {
    if (!/^(@|current$|previous$)/.test(name)) continue;
    for (const line of textOf(posix, `${path}/${name}`).split("\n")) {
      const number = numberOf(line);
      if (number !== undefined) copies.set(number, (copies.get(number) ?? 0) + 1);
    }
  }
  posix.close(directory);
  return copies;
}

function textOf(posix: Posix, path: string): string {
  const file = posix.openAt(AT_CWD, path, "read");
  const parts: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const read = posix.read(file, chunk, 0, chunk.length);
    if (read === 0) break;
    parts.push(chunk.subarray(0, read));
  }
  posix.close(file);
  return Buffer.concat(parts).toString("latin1");
}
