/**
 * The two filters in plain TypeScript over whole inputs: what the kernel and its callers are checked
 * against. Bytes are the characters of latin1 strings.
 */
import { fromUnixNanos, UNIX_EPOCH_SECONDS } from "../../src/tai64/instant.ts";
import { formatLabel } from "../../src/tai64/label.ts";
import type { AskLocalTime } from "../../src/tai64/local-time.ts";
import type { Style } from "../../src/tai64/styles.ts";

/** What tai64nlocal writes. */
export function localised(input: string, ask: AskLocalTime, style: Style): string {
  let output = "";
  for (let at = 0; at < input.length; ) {
    const lf = input.indexOf("\n", at);
    const end = lf < 0 ? input.length : lf + 1;
    const digits = /^@([0-9a-f]*)/.exec(input.slice(at, end))?.[1];
    // A stamp that the input cuts off is dropped.
    if (digits !== undefined && at + 1 + digits.length === input.length) break;
    if (digits !== undefined) {
      output += converted(digits, ask, style) ?? `@${digits}`;
      at += 1 + digits.length;
    }
    output += input.slice(at, end);
    at = end;
  }
  return output;
}

/** What tai64nlocal --anywhere writes. */
export function localisedAnywhere(input: string, ask: AskLocalTime, style: Style): string {
  return input.replace(/@([0-7][0-9a-f]{23})(?![0-9a-f])/g, (label, digits: string) => {
    if (Number.parseInt(digits.slice(16), 16) > 999_999_999) return label;
    return converted(digits, ask, style) ?? label;
  });
}

function converted(digits: string, ask: AskLocalTime, style: Style): string | undefined {
  const value = BigInt(`0x0${digits}`);
  const seconds = BigInt.asUintN(64, value >> 32n);
  const unixSeconds = BigInt.asIntN(64, seconds - UNIX_EPOCH_SECONDS);
  const local = ask(unixSeconds);
  const nanos = Number(value & 0xffff_ffffn);
  return local && style.render({ unixSeconds, nanos, local });
}

/** What tai64n writes when the pieces are read one by one, each at one of the times. */
export function stamped(pieces: readonly string[], times: readonly bigint[]): string {
  let output = "";
  let next = 0n;
  let inLine = false;
  pieces.forEach((piece, i) => {
    if (times[i]! > next) next = times[i]!;
    for (const byte of piece) {
      if (!inLine) output += `${formatLabel(fromUnixNanos(next++))} `;
      output += byte;
      inLine = byte !== "\n";
    }
  });
  return output;
}
