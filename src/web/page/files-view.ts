/** The files of a service directory, and what its logging script does, in words. */
import type { Detail } from "./api.ts";
import { element, setText } from "./element.ts";

export class FilesView {
  readonly element: HTMLElement = element("div", { class: "files" });

  take(
    files: Detail["files"],
    script: Detail["script"],
    stderrScript: Detail["stderrScript"],
  ): void {
    const rows = files.map(({ name, says }) => {
      const [head, cell] = [element("th", { scope: "row" }), element("td")];
      setText(head, name);
      setText(cell, says);
      return element("tr", {}, head, cell);
    });
    this.element.replaceChildren(
      element("h2", {}, "The service directory"),
      element("table", { class: "words" }, element("tbody", {}, ...rows)),
      element("h2", {}, "What becomes of its lines"),
      explained(script),
      ...(stderrScript.length === 0
        ? []
        : [element("h2", {}, "And of those on standard error"), explained(stderrScript)]),
    );
  }
}

function explained(script: readonly string[]): HTMLElement {
  if (script.length === 0)
    return element("p", { class: "quiet" }, "No logging script of it can be read here.");
  const lines = script.map((words) => {
    const line = element("li");
    setText(line, words);
    return line;
  });
  return element("ul", { class: "script" }, ...lines);
}
