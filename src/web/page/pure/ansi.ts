/**
 * A line of a log in pieces that look the same: colours by their escape sequences, everything else that
 * cannot be seen as marks. Nothing in a line can hide a part of it: concealed text is shown, and text in the colour of
 * its ground has no ground.
 */
import { markOf, UNSEEN, visible } from "./marks.ts";
import { nearestColour } from "./palette.ts";

export interface Piece {
  readonly text: string;
  /** Names of CSS classes with blanks between; empty: as any text. */
  readonly look: string;
}

interface Look {
  colour: number | undefined;
  ground: number | undefined;
  /** Of FLAGS. */
  readonly flags: Set<string>;
  isInverse: boolean;
}

/** By the parameter that sets each, and the one that takes it back. */
const FLAGS: readonly [on: number, off: number, name: string][] = [
  [1, 22, "bold"],
  [2, 22, "dim"],
  [3, 23, "italic"],
  [4, 24, "underline"],
  [9, 29, "struck"],
];
const MARK = "mark";
/** Beyond so many pieces a browser is kept busy; the rest is one without colours. */
const MOST_PIECES = 5_000;

// A sequence for colours, bounded; else one character that is marked.
const SPECIAL = new RegExp(`\\u001b\\[([\\d;:]{0,64})m|${UNSEEN.source}`, "gu");

export function piecesOf(line: string, most: number = MOST_PIECES): Piece[] {
  const pieces: { text: string; look: string }[] = [];
  const look: Look = { colour: undefined, ground: undefined, flags: new Set(), isInverse: false };
  const add = (text: string, classes: string): void => {
    const last = pieces.at(-1);
    if (last?.look === classes) last.text += text;
    else if (text !== "") pieces.push({ text, look: classes });
  };
  let at = 0;
  for (const found of line.matchAll(SPECIAL)) {
    if (pieces.length >= most) break;
    add(line.slice(at, found.index), classesOf(look));
    if (found[1] === undefined) add(markOf(found[0]), MARK);
    else change(look, found[1]);
    at = found.index + found[0].length;
  }
  if (pieces.length < most) add(line.slice(at), classesOf(look));
  else add(visible(line.slice(at)), "rest");
  return pieces;
}

function classesOf({ colour, ground, flags, isInverse }: Look): string {
  const [front, back] = isInverse ? [ground, colour] : [colour, ground];
  const classes = [...flags];
  if (front !== undefined) classes.push(`fg${front}`);
  if (back !== undefined && back !== front) classes.push(`bg${back}`);
  if (isInverse && front === undefined) classes.push("inverse");
  return classes.join(" ");
}

/** Sets what a sequence of parameters asks for (ECMA-48, SGR); unknown ones are passed over. */
function change(look: Look, words: string): void {
  const numbers = words.split(/[;:]/).map(Number);
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at] ?? 0;
    const extended = number === 38 || number === 48 ? extendedColour(numbers, at) : undefined;
    if (extended !== undefined) {
      if (number === 38) look.colour = extended.colour;
      else look.ground = extended.colour;
      at += extended.took;
    } else changeOne(look, number);
  }
}

function changeOne(look: Look, number: number): void {
  for (const [on, off, name] of FLAGS) {
    if (number === on) look.flags.add(name);
    else if (number === off || number === 0) look.flags.delete(name);
  }
  if (number === 0) [look.colour, look.ground, look.isInverse] = [undefined, undefined, false];
  else if (number === 7 || number === 27) look.isInverse = number === 7;
  else if (number === 39) look.colour = undefined;
  else if (number === 49) look.ground = undefined;
  else if (number >= 30 && number <= 37) look.colour = number - 30;
  else if (number >= 90 && number <= 97) look.colour = number - 90 + 8;
  else if (number >= 40 && number <= 47) look.ground = number - 40;
  else if (number >= 100 && number <= 107) look.ground = number - 100 + 8;
}

/** `38;5;N` and `38;2;R;G;B`. @returns undefined where it is neither */
function extendedColour(
  numbers: readonly number[],
  at: number,
): { colour: number | undefined; took: number } | undefined {
  const [kind, ...values] = numbers.slice(at + 1, at + 5);
  if (kind === 5 && values.length > 0)
    return { colour: nearestColour(values.slice(0, 1)), took: 2 };
  if (kind === 2 && values.length === 3) return { colour: nearestColour(values), took: 4 };
  return undefined;
}
