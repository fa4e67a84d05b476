/**
 * Sixteen colours stand for all that a terminal has: they can be read on a light and on a dark page (style/log.css),
 * which a colour of a line's own choice cannot be.
 */
type Rgb = readonly [red: number, green: number, blue: number];

/** As xterm has them, 0 to 15. */
const SIXTEEN: readonly Rgb[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];
const CUBE_AT = 16;
const CUBE = [0, 95, 135, 175, 215, 255];
const GREYS_AT = 232;

/**
 * @param values  an index of 256 colours, or red, green and blue
 * @returns which of the sixteen; undefined where there is no such colour
 */
export function nearestColour(values: readonly number[]): number | undefined {
  if (!values.every((value) => value <= 255)) return undefined;
  const [first = 0, green, blue] = values;
  if (green === undefined || blue === undefined)
    return first < CUBE_AT ? first : nearest(ofIndex(first));
  return nearest([first, green, blue]);
}

function ofIndex(index: number): Rgb {
  if (index >= GREYS_AT) {
    const grey = 8 + 10 * (index - GREYS_AT);
    return [grey, grey, grey];
  }
  const at = index - CUBE_AT;
  const level = (step: number): number => CUBE[Math.floor(at / step) % CUBE.length] ?? 0;
  return [level(36), level(6), level(1)];
}

function nearest(colour: Rgb): number {
  const distances = SIXTEEN.map((one) =>
    one.reduce((sum, value, at) => sum + (value - (colour[at] ?? 0)) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}
