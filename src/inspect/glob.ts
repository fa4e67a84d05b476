/** Paths by patterns: `*`, `?` and `[…]` in each part, as a shell reads them. */
import { AT_CWD, ignoring, type Posix, SystemFailure } from "../posix/index.ts";

const SPECIAL = /[*?[]/;
const QUIET = ["ENOENT", "ENOTDIR", "EACCES"];

export function isGlob(text: string): boolean {
  return SPECIAL.test(text);
}

/** @returns the paths that match, in order; names that are no UTF-8 match nothing */
export function expandGlob(posix: Posix, pattern: string): string[] {
  const parts = pattern.split("/").filter((part) => part !== "");
  let paths = [pattern.startsWith("/") ? "/" : ""];
  for (const part of parts) {
    paths = paths.flatMap((path) =>
      isGlob(part) ? matching(posix, path, part) : existing(posix, `${path}${part}`),
    );
    paths = paths.map((path) => `${path}/`);
  }
  return paths.map((path) => path.slice(0, -1)).sort();
}

function existing(posix: Posix, path: string): string[] {
  return ignoring(QUIET, () => posix.statusAt(AT_CWD, path)) === undefined ? [] : [path];
}

function matching(posix: Posix, path: string, part: string): string[] {
  const expression = toExpression(part);
  const hidden = part.startsWith(".");
  return namesIn(posix, path === "" ? "." : path)
    .filter((name) => (hidden || !name.startsWith(".")) && expression.test(name))
    .map((name) => `${path}${name}`);
}

function namesIn(posix: Posix, path: string): string[] {
  try {
    const dir = posix.openAt(AT_CWD, path, "directory");
    try {
      return posix.list(dir).map(String);
    } finally {
      posix.close(dir);
    }
  } catch (failure) {
    if (failure instanceof SystemFailure && QUIET.includes(failure.code)) return [];
    throw failure;
  }
}

function toExpression(part: string): RegExp {
  const source = part.replace(/\\.|\[[!^]?\]?[^\]]*\]|[^\\]/gs, (found) => {
    if (found === "*") return ".*";
    if (found === "?") return ".";
    if (found.length > 2 && found.startsWith("["))
      return `[${found
        .slice(1, -1)
        .replace(/^!/, "^")
        .replace(/[\\\][]/g, "\\$&")}]`;
    const plain = found.length === 2 ? found.slice(1) : found;
    return plain.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  return new RegExp(`^${source}$`, "s");
}
