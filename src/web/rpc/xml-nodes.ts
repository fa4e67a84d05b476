/** A document as fast-xml-parser hands it out with its order kept: each node an object with one key. */

/** `{ NAME: children }` for an element, `{ "#text": text }`, `{ "#cdata": [{ "#text": text }] }`. */
export type Node = Readonly<Record<string, unknown>>;

/** Text, and whether references in it are to be followed: in CDATA sections they are none. */
export type Piece = readonly [text: string, isLiteral: boolean];

const TEXT = "#text";
const CDATA = "#cdata";
const REFERENCE = /&([^&;\s]{0,12};?)/g;
const NAMED: Readonly<Record<string, string>> = {
  "amp;": "&",
  "lt;": "<",
  "gt;": ">",
  "quot;": '"',
  "apos;": "'",
};
const NUMBER = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));$/;
const MOST_CODE = 0x10ffff;

export function nameOf(node: Node): string {
  return Object.keys(node)[0] ?? "";
}

export function elementsOf(nodes: readonly Node[]): Node[] {
  return nodes.filter((node) => nameOf(node) !== TEXT && nameOf(node) !== CDATA);
}

export function textOf(nodes: readonly Node[]): Piece[] {
  return nodes.flatMap((node): Piece[] => {
    if (nameOf(node) === TEXT) return [[String(node[TEXT]), false]];
    if (nameOf(node) !== CDATA) return [];
    return (node[CDATA] as readonly Node[]).map((part) => [String(part[TEXT]), true]);
  });
}

/** @returns undefined where a reference is none of XML's own */
export function decodeEntities(pieces: readonly Piece[]): string | undefined {
  let isKnown = true;
  const follow = (whole: string, name: string): string => {
    const found = Object.hasOwn(NAMED, name) ? NAMED[name] : numbered(name);
    isKnown &&= found !== undefined;
    return found ?? whole;
  };
  const text = pieces.map(([part, isLiteral]) =>
    isLiteral ? part : part.replace(REFERENCE, follow),
  );
  return isKnown ? text.join("") : undefined;
}

function numbered(name: string): string | undefined {
  const [, hex, decimal] = NUMBER.exec(name) ?? [];
  const code = hex === undefined ? Number(decimal ?? Number.NaN) : Number.parseInt(hex, 16);
  return code > 0 && code <= MOST_CODE ? String.fromCodePoint(code) : undefined;
}
