/** Dialogs: a question, and a menu of deeds. The browser keeps the keyboard inside, and Escape closes them. */
import { DEEDS, type Deed, FURTHER } from "./actions.ts";
import { element } from "./element.ts";
import { visible } from "./pure/marks.ts";

/** Shows one until it is closed. @returns its value: empty when it was left */
export function show(dialog: HTMLDialogElement): Promise<string> {
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => {
    // A click beside it: the dialog itself is its backdrop, what is in it covers the rest.
    if (event.target === dialog) dialog.close("");
  });
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
    dialog.showModal();
  });
}

export async function ask(
  question: string,
  names: readonly string[],
  yes: string,
): Promise<boolean> {
  const dialog = element("dialog", { class: "ask", "aria-label": question });
  const answer = (value: string) => () => dialog.close(value);
  dialog.append(
    element(
      "div",
      { class: "inside" },
      element("p", { class: "question" }, question),
      element(
        "p",
        { class: "names" },
        visible(names.slice(0, 12).join(", ")),
        names.length > 12 ? " …" : "",
      ),
      element(
        "div",
        { class: "buttons" },
        element("button", { type: "button", click: answer("") }, "Cancel"),
        element(
          "button",
          { type: "button", class: "grave", autofocus: true, click: answer("yes") },
          yes,
        ),
      ),
    ),
  );
  return (await show(dialog)) === "yes";
}

/** @param subject  whom it is about. @returns what was chosen */
export async function chooseDeed(subject: string): Promise<Deed | undefined> {
  const dialog = element("dialog", {
    class: "menu",
    "aria-label": `What to do with ${visible(subject)}`,
  });
  const rowOf = (deed: Deed): HTMLElement =>
    element(
      "button",
      { type: "button", role: "menuitem", click: () => dialog.close(deed.action) },
      element("b", {}, deed.label),
      element("span", {}, deed.says),
      deed.key === undefined ? undefined : element("kbd", {}, deed.key),
    );
  const menu = element(
    "div",
    { class: "inside", role: "menu", keydown: moveInMenu },
    element("p", { class: "question" }, visible(subject)),
    ...DEEDS.map(rowOf),
    element("hr"),
    ...FURTHER.map(rowOf),
  );
  dialog.append(menu);
  const chosen = await show(dialog);
  return [...DEEDS, ...FURTHER].find(({ action }) => action === chosen);
}

function moveInMenu(event: Event): void {
  if (!(event instanceof KeyboardEvent)) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return;
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  const at = buttons.findIndex((button) => button === document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
  event.preventDefault();
}
