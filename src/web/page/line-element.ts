/** A line of a log as an element. It is text whatever is in it, and short at first however long it is. */
import type { WireLine } from "./api.ts";
import { element } from "./element.ts";
import { piecesOf } from "./pure/ansi.ts";
import { beginning } from "./pure/marks.ts";
import { size } from "./pure/words.ts";
import { clock } from "./times.ts";

const SHORT = 2_000;
/** Beyond it a browser lays a text out for seconds. */
const LONG = 1024 * 1024;

/** @param sought  words that are marked where they stand */
export function lineElement(line: WireLine, sought: string = ""): HTMLElement {
  const text = element("span", { class: "text" });
  fill(text, line.text, SHORT, sought);
  const time = element(
    "time",
    { title: titleOf(line) },
    line.time === null ? "" : clock(line.time),
  );
  const made = element("div", { class: "line" }, time, text);
  if (line.bytes !== undefined) made.classList.add("bytes");
  return made;
}

function fill(place: HTMLElement, text: string, most: number, sought: string): void {
  const shown = beginning(text, most);
  place.replaceChildren(...nodesOf(shown, sought));
  if (shown.length === text.length) return;
  const isLast = most >= LONG;
  const label = isLast
    ? `… and ${size(text.length - shown.length)} more`
    : `… show all ${size(text.length)}`;
  const more = element(
    "button",
    {
      type: "button",
      class: "more",
      disabled: isLast,
      click: () => fill(place, text, LONG, sought),
    },
    label,
  );
  place.append(more);
}

function nodesOf(text: string, sought: string): Node[] {
  return piecesOf(text).flatMap(({ text: piece, look }) => {
    const nodes = marked(piece, sought);
    return look === "" ? nodes : [element("span", { class: look }, ...nodes)];
  });
}

function marked(text: string, sought: string): Node[] {
  if (sought === "") return [document.createTextNode(text)];
  const [lower, wanted] = [text.toLowerCase(), sought.toLowerCase()];
  const nodes: Node[] = [];
  let at = 0;
  // Where letters have other lengths in lower case the places would be wrong.
  const isSame = lower.length === text.length;
  for (
    let next = isSame ? lower.indexOf(wanted) : -1;
    next >= 0;
    next = lower.indexOf(wanted, at)
  ) {
    if (next > at) nodes.push(document.createTextNode(text.slice(at, next)));
    nodes.push(element("mark", {}, text.slice(next, next + wanted.length)));
    at = next + wanted.length;
  }
  nodes.push(document.createTextNode(text.slice(at)));
  return nodes;
}

function titleOf({ time, label, bytes }: WireLine): string {
  const parts = [time ?? "no time", label ?? "", bytes === undefined ? "" : "not UTF-8"];
  return parts.filter((part) => part !== "").join("\n");
}
