/** Elements of the document. Text gets there as text alone: nothing is ever read as HTML. */
import { visible } from "./pure/marks.ts";

/** Attributes, and listeners for events by their names. */
type Attributes = Readonly<
  Record<string, string | number | boolean | undefined | ((event: Event) => void)>
>;
type Child = Node | string | undefined;

const SVG = "http://www.w3.org/2000/svg";

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  dress(made, attributes);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** An attribute that is undefined or false is left out. */
function dress(made: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== undefined && value !== false) made.setAttribute(name, String(value));
  }
}

/** A picture of one path in a square of 16. */
export function icon(path: string): SVGSVGElement {
  const picture = document.createElementNS(SVG, "svg");
  dress(picture, { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" });
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", path);
  picture.append(shape);
  return picture;
}

/** Sets a text that may have anything in it; nothing is drawn anew where it is the same. */
export function setText(node: Element, text: string): void {
  const shown = visible(text);
  if (node.textContent !== shown) node.textContent = shown;
}

export function setTitle(node: Element, text: string): void {
  const shown = visible(text);
  if (node.getAttribute("title") !== shown) node.setAttribute("title", shown);
}

export function setClass(node: Element, classes: string): void {
  if (node.getAttribute("class") !== classes) node.setAttribute("class", classes);
}

/** Whether keys are for what is being typed, not for the page. */
export function isTyping(event: Event): boolean {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== "checkbox";
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
