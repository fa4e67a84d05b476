/** What is to be shown of a log: as the page's address keeps it, and as the server is asked for it. */
export interface LogQuery {
  /** As in a logging script: `-PATTERN` and `+PATTERN`, `F` and `S` before some, with blanks between. */
  readonly patterns: string;
  /** Regular expressions: lines that are shown alone, and lines that are not. */
  readonly show: string;
  readonly hide: string;
  readonly isCaseIgnored: boolean;
  /** ISO 8601; empty: from the beginning, or up to now and on. */
  readonly from: string;
  readonly to: string;
  /** Of its standard error, which has a log of its own. */
  readonly isStderr: boolean;
  /** One of several log directories; empty: all of them. */
  readonly directory: string;
}

type Words = Readonly<Record<string, string>>;

export function queryOf(words: URLSearchParams): LogQuery {
  return {
    patterns: words.get("patterns") ?? "",
    show: words.get("show") ?? "",
    hide: words.get("hide") ?? "",
    isCaseIgnored: words.get("case") !== "exact",
    from: words.get("from") ?? "",
    to: words.get("to") ?? "",
    isStderr: words.get("stream") === "stderr",
    directory: words.get("directory") ?? "",
  };
}

export function addressWords(query: LogQuery): Words {
  const { patterns, show, hide, isCaseIgnored, from, to, isStderr, directory } = query;
  const stream = isStderr ? "stderr" : "";
  return { patterns, show, hide, case: isCaseIgnored ? "" : "exact", from, to, stream, directory };
}

/** The server's words for which lines are wanted, whenever they were written. */
export function selectionWords(query: LogQuery): Words {
  const patterns = patternLines(query.patterns);
  return {
    ...expressionWords(query),
    ...(patterns === "" ? {} : { patterns }),
    ...(query.isStderr ? { stream: "stderr" } : {}),
    ...(query.directory === "" ? {} : { directory: query.directory }),
  };
}

/** A pattern may have blanks in it; the next one begins at a sign, or at a letter that stands alone. */
function patternLines(text: string): string {
  return text
    .trim()
    .split(/\s+(?=[+-]|[FS]\s)/)
    .join("\n");
}

function expressionWords({ show, hide, isCaseIgnored }: LogQuery): Words {
  if (show === "" && hide === "") return {};
  const ignored: Words = isCaseIgnored ? { ignoreCase: "1" } : {};
  if (hide === "") return { grep: show, ...ignored };
  if (show === "") return { grep: hide, invert: "1", ...ignored };
  // One expression says both: nothing of the one anywhere, and the other somewhere.
  return { grep: `^(?![^]*(?:${hide}))[^]*(?:${show})`, ...ignored };
}

export function isSame(one: LogQuery, other: LogQuery): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What is marked in the lines; nothing, where the expression is more than plain words. */
export function soughtWords({ show, isCaseIgnored }: LogQuery): string {
  return isCaseIgnored && !/[\\^$.*+?()[\]{}|]/.test(show) ? show : "";
}

/** Why patterns are none; undefined: they are some. */
export function patternFaultOf(text: string): string | undefined {
  if (/^\s*(?:$|[+-]|[FS]\s+[+-])/.test(text)) return undefined;
  return "A pattern begins with + or -";
}

/** Why an expression is none; undefined: it is one. */
export function faultOf(expression: string): string | undefined {
  try {
    void "".search(expression);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}
