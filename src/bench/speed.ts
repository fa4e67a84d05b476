/** How much a logger takes in when a service writes as fast as it can. */
import type { Clock } from "../posix/types.ts";
import type { Logger } from "./logger.ts";
import { countLines, type SampleLines } from "./sample-lines.ts";

const BLOCK_BYTES = 256 * 1024;
const WARM_MS = 300;
const LOOK_EVERY_MS = 100;
/** Full pipes in a row, each of a tenth of a second: the logger takes nothing. */
const MOST_WAITS = 100;

export interface Speed {
  readonly bytesPerSecond: number;
  readonly linesPerSecond: number;
}

/**
 * @param mostBytes  that are written
 * @returns undefined when the logger takes nothing any more
 */
export async function measureSpeed(
  logger: Logger,
  lines: SampleLines,
  clock: Clock,
  seconds: number,
  mostBytes: number,
): Promise<Speed | undefined> {
  const block = lines.block(BLOCK_BYTES);
  await clock.sleep(WARM_MS);
  const first = await push(logger, block, clock, WARM_MS, mostBytes / 4);
  const main = first && (await push(logger, block, clock, seconds * 1000, mostBytes));
  if (main === undefined) return undefined;
  const bytesPerSecond = (main.bytes / main.ms) * 1000;
  return {
    bytesPerSecond,
    linesPerSecond: (bytesPerSecond * countLines(block)) / block.length,
  };
}

/** Writes without a pause but for a look at signals now and then: the logger is another process. */
async function push(
  logger: Logger,
  block: Buffer,
  clock: Clock,
  forMs: number,
  mostBytes: number,
): Promise<{ bytes: number; ms: number } | undefined> {
  const begun = clock.monotonicMs();
  let [bytes, at, waits] = [0, 0, 0];
  let lookedAt = begun;
  // To the end of a block: what comes next begins with a whole line.
  while (at > 0 || (clock.monotonicMs() - begun < forMs && bytes < mostBytes)) {
    const taken = logger.write(block, at);
    waits = taken === 0 ? waits + 1 : 0;
    if (waits > MOST_WAITS || logger.hasEnded) return undefined;
    if (clock.monotonicMs() - lookedAt > LOOK_EVERY_MS) {
      await clock.sleep(0);
      lookedAt = clock.monotonicMs();
    }
    if (taken === 0) logger.awaitRoom();
    bytes += taken;
    at = (at + taken) % block.length;
  }
  return { bytes, ms: clock.monotonicMs() - begun };
}
