/** `%(name)s` in values, as Python's `%` has it. */
import { Mistake } from "./ini.ts";

export type Names = ReadonlyMap<string, string | number>;

const FORMAT = /%(?:\(([^)]*)\))?([#0\- +]*)([0-9]*)(?:\.([0-9]+))?[hlL]?(.?)/gs;

/**
 * @param what  where the text stands, for complaints
 * @throws Mistake
 */
export function expand(text: string, names: Names, what: string): string {
  return text.replaceAll(
    FORMAT,
    (
      whole,
      name: string | undefined,
      flags: string,
      width: string,
      precision: string | undefined,
      kind: string,
    ) => {
      if (kind === "%" && name === undefined) return "%";
      if (name === undefined || kind === "")
        throw new Mistake(
          `${what}: ${whole} in "${text}" is no expansion: a percent sign is written %%`,
        );
      const value = names.get(name);
      if (value === undefined)
        throw new Mistake(`${what}: there is no ${name} for "${text}"; there is ${known(names)}`);
      return padded(
        formatted(
          value,
          kind,
          precision,
          flags,
          () => new Mistake(`${what}: %(${name})${kind} in "${text}" cannot be: write %(${name})s`),
        ),
        flags,
        width,
      );
    },
  );
}

function known(names: Names): string {
  const own = [...names.keys()].filter((name) => !name.startsWith("ENV_"));
  return `${own.sort().join(", ")}, and ENV_X for each variable X of the environment`;
}

function formatted(
  value: string | number,
  kind: string,
  precision: string | undefined,
  flags: string,
  mistake: () => Mistake,
): string {
  if (kind === "s")
    return String(value).slice(0, precision === undefined ? undefined : Number(precision));
  if (typeof value !== "number") throw mistake();
  const sign = flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const digits = (base: number): string =>
    value.toString(base).padStart(Number(precision ?? 0), "0");
  switch (kind) {
    case "d":
    case "i":
    case "u":
      return `${value < 0 ? "" : sign}${digits(10)}`;
    case "x":
      return `${sign}${digits(16)}`;
    case "X":
      return `${sign}${digits(16).toUpperCase()}`;
    case "o":
      return `${sign}${digits(8)}`;
    default:
      throw mistake();
  }
}

function padded(text: string, flags: string, width: string): string {
  if (flags.includes("-")) return text.padEnd(Number(width));
  return text.padStart(Number(width), flags.includes("0") && /^[0-9a-f]+$/i.test(text) ? "0" : " ");
}
