/** Several cases at a time, no more than the machine has room for. */

const AT_ONCE = 2;

/** Runs `action` for each of `items`; the answers in the order of the items. */
export async function inParallel<T, R>(
  items: readonly T[],
  action: (item: T) => Promise<R>,
): Promise<R[]> {
  const answers: R[] = [];
  let next = 0;
  async function work(): Promise<void> {
    while (next < items.length) {
      const at = next++;
      answers[at] = await action(items[at] as T);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}
