/** What is to be shown of a log: expressions, a stretch of time, and how times and long lines are shown. */
import { element, setText } from "./element.ts";
import { LogChoice } from "./log-choice.ts";
import { faultOf, type LogQuery, patternFaultOf } from "./pure/log-query.ts";
import { fromInput, toInput } from "./time-input.ts";
import { setZone, zone } from "./times.ts";

const MINUTE_MS = 60_000;
const RANGES = [
  "Live",
  "Last 15 minutes",
  "Last hour",
  "Today",
  "From the beginning",
  "From … to …",
];
/** The choice that shows fields for both ends. */
const STRETCH = RANGES.length - 1;
const BEGINNING = "1970-01-01T00:00:00.000Z";

interface FormListener {
  ask(query: LogQuery): void;
  /** Lines are to be drawn anew. */
  redraw(): void;
}

export class LogForm {
  readonly element: HTMLElement;
  private readonly listener: FormListener;
  private readonly fields: HTMLFormElement;
  private readonly showInput: HTMLInputElement;
  private readonly hideInput: HTMLInputElement;
  private readonly patternsInput: HTMLInputElement;
  private readonly logs = new LogChoice();
  private readonly exactBox = element("input", { type: "checkbox" });
  private readonly fromInput = timeInput("from");
  private readonly toInput = timeInput("to");
  private readonly rangeSelect: HTMLSelectElement;
  /** There while a stretch of time is asked for. */
  private readonly times = element(
    "span",
    { class: "times", hidden: true },
    this.fromInput,
    "–",
    this.toInput,
    element("button", { type: "submit" }, "Go"),
  );
  private readonly fault = element("span", { class: "fault", role: "alert" });
  private query: LogQuery | undefined;

  constructor(listener: FormListener) {
    this.listener = listener;
    this.patternsInput = expressionInput(
      "-* +*pattern*",
      "Patterns that select and deselect, as in a logging script",
    );
    this.showInput = expressionInput("Show only", "Show only: regular expression");
    this.hideInput = expressionInput("Hide", "Hide: regular expression");
    this.rangeSelect = element(
      "select",
      { "aria-label": "A stretch of time" },
      ...RANGES.map((label) => element("option", {}, label)),
    );
    this.fields = element(
      "form",
      {
        class: "fields",
        submit: (event) => {
          event.preventDefault();
          this.submit();
        },
        change: (event) => {
          const { target } = event;
          if (target === this.rangeSelect) this.choose();
          else if (target !== this.fromInput && target !== this.toInput) this.submit();
        },
      },
      this.showInput,
      this.hideInput,
      this.patternsInput,
      element("label", { title: "Upper and lower case differ" }, this.exactBox, "Aa"),
      this.rangeSelect,
      this.times,
      this.logs.element,
    );
    this.element = element("div", { class: "logbar" }, this.fields, this.options(), this.fault);
  }

  focus(): void {
    this.showInput.focus();
    this.showInput.select();
  }

  show(query: LogQuery): void {
    this.query = query;
    this.patternsInput.value = query.patterns;
    this.logs.show(query);
    this.showInput.value = query.show;
    this.hideInput.value = query.hide;
    this.exactBox.checked = !query.isCaseIgnored;
    this.fromInput.value = toInput(query.from);
    this.toInput.value = toInput(query.to);
    const isBeginning = query.from === BEGINNING && query.to === "";
    this.showTimes(!isBeginning && (query.from !== "" || query.to !== ""));
    if (isBeginning) this.rangeSelect.selectedIndex = STRETCH - 1;
    this.checkFaults();
  }

  /** The names of the log directories, among which one may be chosen. */
  offer(logs: readonly string[], stderrLogs: readonly string[]): void {
    this.logs.offer(logs, stderrLogs);
  }

  private options(): HTMLElement {
    const zoneBox = element("input", { type: "checkbox", checked: zone() === "utc" });
    zoneBox.addEventListener("change", () => {
      setZone(zoneBox.checked ? "utc" : "local");
      if (this.query !== undefined) this.show(this.query);
      this.listener.redraw();
    });
    const wrapBox = element("input", { type: "checkbox", checked: true });
    wrapBox.addEventListener("change", () => {
      document.body.classList.toggle("unwrapped", !wrapBox.checked);
    });
    return element(
      "span",
      { class: "options" },
      element("label", {}, zoneBox, "UTC"),
      element("label", {}, wrapBox, "Wrap"),
    );
  }

  private submit(): void {
    if (!this.checkFaults()) return;
    this.listener.ask({
      patterns: this.patternsInput.value,
      show: this.showInput.value,
      hide: this.hideInput.value,
      isCaseIgnored: !this.exactBox.checked,
      from: fromInput(this.fromInput.value, this.query?.from),
      to: fromInput(this.toInput.value, this.query?.to),
      ...this.logs.chosen,
    });
  }

  /** @returns whether all of them can be used */
  private checkFaults(): boolean {
    const fields: [HTMLInputElement, (text: string) => string | undefined][] = [
      [this.showInput, faultOf],
      [this.hideInput, faultOf],
      [this.patternsInput, patternFaultOf],
    ];
    const faults = fields.map(([input, find]) => {
      const fault = find(input.value);
      input.setAttribute("aria-invalid", String(fault !== undefined));
      return fault;
    });
    const words = faults.find((fault) => fault !== undefined);
    setText(this.fault, words ?? "");
    return words === undefined;
  }

  private choose(): void {
    const chosen = this.rangeSelect.selectedIndex;
    const midnight = new Date();
    if (zone() === "utc") midnight.setUTCHours(0, 0, 0, 0);
    else midnight.setHours(0, 0, 0, 0);
    const ago = (minutes: number): string =>
      new Date(Date.now() - minutes * MINUTE_MS).toISOString();
    if (chosen === STRETCH) {
      this.showTimes(true);
      this.fromInput.focus();
      return;
    }
    const from = ["", ago(15), ago(60), midnight.toISOString(), BEGINNING][chosen] ?? "";
    if (this.query !== undefined) this.listener.ask({ ...this.query, from, to: "" });
  }

  private showTimes(isStretch: boolean): void {
    this.times.hidden = !isStretch;
    this.rangeSelect.selectedIndex = isStretch ? STRETCH : 0;
  }
}

function expressionInput(placeholder: string, label: string): HTMLInputElement {
  return element("input", {
    type: "search",
    class: "expression",
    placeholder,
    "aria-label": label,
    autocomplete: "off",
    spellcheck: "false",
  });
}

function timeInput(label: string): HTMLInputElement {
  return element("input", { type: "datetime-local", step: 1, "aria-label": label });
}
