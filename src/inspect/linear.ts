/** Places in a log whose labels do not ascend: every label of its plain files is looked at. */
import type { Content } from "./content.ts";
import type { Ground } from "./ground.ts";
import { compareKeys, type Key } from "./label-key.ts";
import type { Spot } from "./places.ts";
import type { ToUnix } from "./producer.ts";
import { type Found, labelsIn } from "./search.ts";

/** Behind the last line that bears a label; undefined where none does. */
export function findLine(ground: Ground, label: Key): Spot | undefined {
  let spot: Spot | undefined;
  let isNext = false;
  for (const { index, content, key, offset } of labels(ground)) {
    if (isNext && spot?.index === index) spot = { index, offset };
    isNext = compareKeys(key, label) === 0;
    if (isNext) spot = { index, offset: content.sizeBytes };
  }
  return spot;
}

/** Of the lines that are not before a time, and follow on one that is: the one whose time is nearest. */
export function nearest(ground: Ground, time: Key, toUnix: ToUnix): Spot {
  let [best, wasBefore] = [Number.POSITIVE_INFINITY, true];
  let spot: Spot = { index: ground.files.length, offset: 0 };
  for (const { index, key, offset } of labels(ground)) {
    const late = toUnix(key.seconds) - time.seconds + (key.nanos - time.nanos) / 1e9;
    if (late >= 0 && wasBefore && late < best) {
      best = late;
      spot = { index, offset };
    }
    wasBefore = late < 0;
  }
  return spot;
}

interface Label extends Found {
  readonly index: number;
  readonly content: Content;
}

function* labels(ground: Ground): Generator<Label, void> {
  for (const [index, file] of ground.files.entries()) {
    const content = ground.open(file);
    if (content === undefined || content.compression !== undefined) continue;
    for (const found of labelsIn(content)) yield { index, content, ...found };
    ground.forget(file);
  }
}
