/** Logging scripts and inputs made by chance, which 0.76 and ours must treat alike. */
import type { Chance } from "../../support/random.ts";

export interface RandomCase {
  readonly script: readonly string[];
  /** Names of the log directories, in script order. */
  readonly logdirs: readonly { readonly name: string; readonly size: number }[];
  readonly statuses: readonly string[];
  readonly stamped: boolean;
  readonly input: Buffer;
}

/** No letter of these stands in a TAI64N stamp, so that patterns see the same in both programs' stamps. */
const LETTERS = ["x", "y", "z", " ", "*", "."];
/** Words that 0.76 passes over; those that mean something to encore or to us are left out. */
const IGNORED = ["", "foo", "logs/x", "t", "?", "_./x", "#", "x=y", "1"];
const SIZES = ["s4096", "s0", "sfoo", "s", "s5000x", "s6007", "s8192", "s99999", "s20000"];
const LENGTHS = [199, 200, 201, 511, 512, 513, 973, 974, 975, 998, 999, 1000, 1001, 1023, 1024];

/** Files are never removed: their whole content is to be compared. */
const KEEP_ALL = "n1000";

export function randomCase(chance: Chance, logdirCount: number): RandomCase {
  const logdirs: { name: string; size: number }[] = [];
  const statuses: string[] = [];
  const script: string[] = [];
  const stamped = chance.once(2);
  if (stamped) script.push(chance.from(["t", "tzzz"]));
  script.push(KEEP_ALL);
  let size = 99_999;
  while (logdirs.length < logdirCount) {
    switch (chance.below(13)) {
      case 0:
      case 1:
      case 2:
      case 3:
        script.push(chance.from(["+", "-"]) + randomPattern(chance, stamped));
        break;
      case 4: {
        const word = chance.from(SIZES);
        size = Math.max(4096, Number.parseInt(word.slice(1), 10) || 0);
        script.push(word);
        break;
      }
      case 5:
        statuses.push(`status${chance.below(4)}`);
        script.push(`=${statuses.at(-1) ?? ""}`);
        break;
      case 6:
        script.push(chance.once(3) ? chance.from(["e", "errors"]) : chance.from(["-*", "+*"]));
        break;
      case 7:
        script.push(chance.from(IGNORED));
        break;
      case 8:
        if (chance.once(6)) script.push("!cat");
        break;
      default: {
        const name = chance.from(["./", "././", ".//"]) + `d${logdirs.length}`;
        script.push(name);
        logdirs.push({ name, size });
      }
    }
  }
  return { script, logdirs, statuses, stamped, input: randomInput(chance) };
}

function randomPattern(chance: Chance, stamped: boolean): string {
  const length = chance.below(6);
  const text = chance.list(length, () => chance.from(LETTERS)).join("");
  const front = stamped ? chance.from(["* ", "@*", "*"]) : "";
  const end = chance.from(["", "*", "*", "*"]);
  return front + text + end;
}

function randomInput(chance: Chance): Buffer {
  const count = chance.from([3, 50, 150, 600]);
  const lines = chance.list(1 + chance.below(count), () => randomLine(chance));
  const end = chance.once(3) ? "" : "\n";
  return Buffer.from(lines.join("\n") + end, "latin1");
}

function randomLine(chance: Chance): string {
  const bytes = chance.once(30) ? ["\0", "\xff", "x", "y"] : LETTERS;
  const kind = chance.below(20);
  if (kind === 0) return "";
  if (kind === 1) return filled(chance, bytes, chance.from(LENGTHS));
  if (kind === 2 && chance.once(8)) return filled(chance, bytes, 1002 + chance.below(19_000));
  if (kind === 3) return filled(chance, bytes, chance.below(1500));
  return filled(chance, bytes, chance.below(12));
}

/** Long lines repeat a short piece, so that patterns meet them as often as short ones. */
function filled(chance: Chance, bytes: readonly string[], length: number): string {
  const piece = chance.list(Math.min(length, 40), () => chance.from(bytes)).join("");
  return piece.repeat(Math.ceil(length / Math.max(1, piece.length))).slice(0, length);
}

/** The input cut at random places, or given at once. */
export function randomPieces(chance: Chance, input: Buffer): Buffer[] {
  if (chance.once(2)) return [input];
  const pieces: Buffer[] = [];
  for (let at = 0; at < input.length; ) {
    const length = 1 + chance.below(4000);
    pieces.push(input.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
