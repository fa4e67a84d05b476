/**
 * What cannot be seen in a text, or would change how the rest of it is seen, as something that can:
 * control characters, what changes the direction of writing, what has no width, halves of characters.
 */

/** One such character. A tab, the two joiners and the variants of signs belong to ordinary text. */
export const UNSEEN: RegExp =
  /(?!\t|\u200c|\u200d|[\ufe00-\ufe0f])[\p{Cc}\p{DI}\p{Zl}\p{Zp}\p{Cs}\ufff9-\ufffb]/gu;

const BLANK = 0x20;
const DELETE = 0x7f;
const CARET = 0x40;

/** `^[` for a control character as on a keyboard, `<U+202E>` for others: every font has these. */
export function markOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < BLANK || code === DELETE) return `^${String.fromCodePoint(code ^ CARET)}`;
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

/** A text with such marks in it: for names and messages. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, markOf);
}

/**
 * The beginning of a text.
 *
 * @param most  code units; one less where a character would be cut in two
 */
export function beginning(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? most - 1 : most);
}
