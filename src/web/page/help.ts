/** What the keys do. */
import { show } from "./dialogs.ts";
import { element } from "./element.ts";

const KEYS: readonly [title: string, keys: readonly [string, string][]][] = [
  [
    "Everywhere",
    [
      ["?", "this help"],
      ["/", "to the filter"],
      ["Esc", "back: out of the filter, the selection, the service"],
    ],
  ],
  [
    "All services",
    [
      ["↑ ↓  j k", "from service to service; Home, End, Page keys as well"],
      ["Enter", "its page"],
      ["Space", "select; with Shift ↑ ↓ several"],
      ["A", "select all that are shown"],
      ["S X R O T", "start, stop, restart, once, rotate the log: the selected ones, or this one"],
      [".", "everything that can be done, signals too"],
    ],
  ],
  [
    "A service",
    [
      ["1 2 3", "its log, its deaths, its files"],
      ["P", "pause the log, and resume it where it was"],
      ["N", "to the newest lines"],
      [".", "everything that can be done"],
    ],
  ],
  [
    "The filter",
    [
      ["web", "names with web in them"],
      ["web* w?b", "names that match as a whole"],
      ["mail:*", "the group mail"],
      ["is:failed", "a state; also is:flapping, is:stalled, is:ready"],
      ["-is:up", "those of which it is not so"],
    ],
  ],
];

export async function help(): Promise<void> {
  const dialog = element("dialog", { class: "help", "aria-label": "Help" });
  const parts = KEYS.map(([title, keys]) =>
    element(
      "section",
      {},
      element("h2", {}, title),
      element(
        "dl",
        {},
        ...keys.flatMap(([key, says]) => [element("dt", {}, key), element("dd", {}, says)]),
      ),
    ),
  );
  const close = element(
    "button",
    { type: "button", autofocus: true, click: () => dialog.close("") },
    "Close",
  );
  dialog.append(
    element("div", { class: "inside" }, ...parts, element("div", { class: "buttons" }, close)),
  );
  await show(dialog);
}
