/** What the modes of new files lack. */

/** Runs `action`, which makes files at once, under a umask. */
export function withUmask<T>(mask: number, action: () => T): T {
  const before = process.umask(mask);
  try {
    return action();
  } finally {
    process.umask(before);
  }
}
