/**
 * Where one is in the page, as the part of its address behind `#`: it can be kept, sent to others, and gone
 * back to.
 *
 *     #/?filter=is%3Afailed&sort=-restarts
 *     #/service/web?view=log&show=error&from=2026-11-20T14%3A00
 */
export type View = "log" | "deaths" | "files";

export type Place =
  | { readonly kind: "table"; readonly words: URLSearchParams }
  | {
      readonly kind: "service";
      readonly name: string;
      readonly view: View;
      readonly words: URLSearchParams;
    };

const SERVICE = "/service/";
const VIEWS: readonly string[] = ["log", "deaths", "files"] satisfies View[];

/** @param hash  with or without its `#`; the table where it says nothing known */
export function placeOf(hash: string): Place {
  const [path, words] = split(hash.replace(/^#/, ""), "?");
  const asked = new URLSearchParams(words);
  const name = path.startsWith(SERVICE) ? decoded(path.slice(SERVICE.length)) : "";
  if (name === "") return { kind: "table", words: asked };
  const view = asked.get("view") ?? "";
  return { kind: "service", name, view: isView(view) ? view : "log", words: asked };
}

/** @param words  empty ones are left out */
export function tableAddress(words: Readonly<Record<string, string>> = {}): string {
  return `#/${query(words)}`;
}

export function serviceAddress(
  name: string,
  view: View = "log",
  words: Readonly<Record<string, string>> = {},
): string {
  const path = name.split("/").map(encodeURIComponent).join("/");
  return `#${SERVICE}${path}${query({ view: view === "log" ? "" : view, ...words })}`;
}

function query(words: Readonly<Record<string, string>>): string {
  const kept = Object.entries(words).filter(([, value]) => value !== "");
  return kept.length === 0 ? "" : `?${new URLSearchParams(kept).toString()}`;
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + at.length)];
}

/** @returns nothing for what no name is encoded as */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return "";
    throw error;
  }
}

function isView(word: string): word is View {
  return VIEWS.includes(word);
}
