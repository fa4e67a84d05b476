/**
 * Paths by patterns: `*`, `?`, `[…]` and `\` in each part, as a shell reads them. Braces, `!` in front and
 * the like are ordinary. A part that is no pattern is taken as it stands.
 */
import { isUtf8 } from "node:buffer";
import { createRequire } from "node:module";
import type picomatch from "picomatch";
import { SystemFailure } from "./failure.ts";
import { AT_CWD } from "./files.ts";
import { namesAt } from "./small-file.ts";
import type { Posix } from "./types.ts";

export type Directories = Pick<Posix, "openAt" | "close" | "list" | "statusAt">;

const SLASH = 0x2f;
const GLOB = /[*?[]/;
/** Everything else that picomatch has a meaning for. */
const MEANT = /\\.|\[[!^]?\]?[^\]]*\]|[(){}|+@!^$,]/gs;
const OPTIONS = { dot: true, nobrace: true, noextglob: true, nonegate: true, posix: true };
const DOT = 0x2e;

export function isGlob(word: Uint8Array): boolean {
  return GLOB.test(Buffer.from(word).toString("latin1"));
}

/**
 * @param base  where a relative pattern begins; empty: the working directory
 * @returns the paths that match and are there, in order of their names; unreadable directories hold none
 */
export function expandGlob(
  posix: Directories,
  pattern: Buffer,
  base: Buffer = Buffer.alloc(0),
): Buffer[] {
  const parts = pattern.toString("latin1").split("/");
  const start = pattern[0] === SLASH ? Buffer.from("/") : base;
  return walk(
    posix,
    start,
    parts.filter((part) => part !== "").map((part) => Buffer.from(part, "latin1")),
  );
}

function walk(posix: Directories, base: Buffer, parts: readonly Buffer[]): Buffer[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [base];
  const found = isGlob(part) ? matching(posix, base, part) : [part];
  const paths = found.map((name) => within(base, name));
  return rest.length > 0
    ? paths.flatMap((path) => walk(posix, path, rest))
    : paths.filter((path) => statusOf(posix, path) !== undefined);
}

function matching(posix: Directories, base: Buffer, part: Buffer): Buffer[] {
  const isMatch = matcher(part);
  const isHidden = (name: Buffer): boolean => name[0] === DOT && part[0] !== DOT;
  return orNone(() => namesAt(posix, base))
    .filter((name) => !isHidden(name) && isMatch(name))
    .sort((a, b) => Buffer.compare(a, b));
}

/** Characters are compared where both are text, else bytes. */
function matcher(part: Buffer): (name: Buffer) => boolean {
  // Loaded for patterns only: it takes 5 ms of a start.
  const compile = createRequire(import.meta.url)("picomatch") as typeof picomatch;
  const [asText, asBytes] = (["utf8", "latin1"] as const).map((encoding) =>
    compile(
      part.toString(encoding).replace(MEANT, (found) => (found.length > 1 ? found : `\\${found}`)),
      OPTIONS,
    ),
  );
  const isText = isUtf8(part);
  return (name) =>
    isText && isUtf8(name)
      ? asText?.(name.toString()) === true
      : asBytes?.(name.toString("latin1")) === true;
}

export function within(base: Buffer, name: Buffer): Buffer {
  const slash = base.length === 0 || base.at(-1) === SLASH ? "" : "/";
  return Buffer.concat([base, Buffer.from(slash), name]);
}

/** What stands at a path; undefined when nothing does, or nobody may know. */
export function statusOf(
  posix: Pick<Posix, "statusAt">,
  path: Buffer,
): ReturnType<Posix["statusAt"]> {
  try {
    return posix.statusAt(AT_CWD, path);
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    return undefined;
  }
}

function orNone(list: () => Buffer[]): Buffer[] {
  try {
    return list();
  } catch (failure) {
    if (!(failure instanceof SystemFailure)) throw failure;
    return [];
  }
}
