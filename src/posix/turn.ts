/** Resolves when the event loop has dealt with what is ready: signals, timers and the others have their turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
