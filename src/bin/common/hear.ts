/** Signals to a command that keeps services running. */
import { signalNumber } from "../../posix/signals.ts";

/**
 * Hears signals from now on. What the caller ignores, the services ignore too, and so does the command.
 *
 * @param ignored  bit n-1 for signal n
 */
export function hearSignals(
  ignored: bigint,
  actions: Readonly<Partial<Record<NodeJS.Signals, () => void>>>,
): void {
  for (const [signal, action] of Object.entries(actions)) {
    const isIgnored = ((ignored >> BigInt(signalNumber(signal) - 1)) & 1n) === 1n;
    if (!isIgnored) process.on(signal, action);
  }
}
