/** Words of a command, variables of an environment: the two ways in which Supervisor takes a value apart. */
import { Mistake } from "./ini.ts";

const BLANK = /\s/;

/** The words of a command as a POSIX shell would part them; nothing is expanded. @throws Mistake */
export function splitCommand(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (char === "\\" && quote === '"' && /["\\]/.test(text.charAt(at + 1)))
        word += text.charAt(++at);
      else word += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (char === "\\") {
      if (at + 1 === text.length)
        throw new Mistake(`nothing stands behind the last \\ of: ${text}`);
      word = (word ?? "") + text.charAt(++at);
    } else if (BLANK.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (quote !== "") throw new Mistake(`there is no second ${quote} in: ${text}`);
  if (word !== undefined) words.push(word);
  return words;
}

/**
 * `KEY=value,KEY="value"`: after each value one token is passed over, whatever it is. Between quotes nothing has
 * a meaning; outside of them `#` begins a comment.
 *
 * @throws Mistake
 */
export function splitEnvironment(text: string): Map<string, string> {
  const tokens = tokensOf(text);
  const variables = new Map<string, string>();
  for (let at = 0; at < tokens.length; at += 4) {
    const [name = "", equals, value] = tokens.slice(at, at + 3);
    if (equals !== "=" || value === undefined)
      throw new Mistake(
        `${name} begins no pair in "${text}": write NAME="value",NAME2="value 2", with quotes around all but letters, digits and _/.+-():`,
      );
    variables.set(name, value.replaceAll(/^['"]+|['"]+$/g, ""));
  }
  return variables;
}

const WORD = /[A-Za-z0-9_/.+\-():]/;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (BLANK.test(char)) at++;
    else if (char === "#") at = endOfLine(text, at);
    else if (char === "'" || char === '"') {
      const end = text.indexOf(char, at + 1);
      if (end < 0) throw new Mistake(`there is no second ${char} in: ${text}`);
      tokens.push(text.slice(at, end + 1));
      at = end + 1;
    } else if (WORD.test(char)) {
      let token = "";
      for (; at < text.length; at++) {
        const next = text.charAt(at);
        // A comment in a word does not end it.
        if (next === "#") at = endOfLine(text, at) - 1;
        else if (WORD.test(next) || next === "'" || next === '"') token += next;
        else break;
      }
      tokens.push(token);
    } else {
      tokens.push(char);
      at++;
    }
  }
  return tokens;
}

/** Behind the end of the line. */
function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

/** A word that a shell takes for exactly this. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
