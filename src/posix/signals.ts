/** Signals by name and number. */
import { constants } from "node:os";

const NUMBERS: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals));

/** Cannot be caught; the kernel's own news of a child; and a process's own mistakes, which come again when caught. */
const LEFT_ALONE = new Set(
  ["KILL", "STOP", "CHLD", "SEGV", "BUS", "FPE", "ILL"].map((n) => `SIG${n}`),
);

/** Every signal that can be caught and passed on, each by the first of its names. */
export const CATCHABLE: readonly NodeJS.Signals[] = [...NUMBERS]
  .filter(([name, number], at, all) => {
    return !LEFT_ALONE.has(name) && all.findIndex((other) => other[1] === number) === at;
  })
  .map(([name]) => name as NodeJS.Signals);

/** @returns the number of a signal; 0 for a name that this system does not know */
export function signalNumber(name: string): number {
  return NUMBERS.get(name) ?? 0;
}

/** The set of some signals: bit n-1 for signal n. */
export function signalBits(names: readonly NodeJS.Signals[]): bigint {
  return names.reduce((set, name) => set | (1n << BigInt(signalNumber(name) - 1)), 0n);
}

/** By number; where there are two names for one (ABRT and IOT), the first. */
const NAMES: ReadonlyMap<number, string> = new Map(
  [...NUMBERS].reverse().map(([name, number]) => [number, name]),
);

/** @returns the name of a signal, as in `SIGTERM`; undefined for a number that this system does not name */
export function signalName(number: number): NodeJS.Signals | undefined {
  return NAMES.get(number) as NodeJS.Signals | undefined;
}
