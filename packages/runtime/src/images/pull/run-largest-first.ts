/**
 * Works through items, so many at a time and the largest first, so that no large one is left for the end. After a
 * failure the others are told to end by their signal and waited for, and the first failure is thrown.
 */
export async function runLargestFirst<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  atOnce: number,
  signal: AbortSignal | undefined,
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const left = [...items].sort((a, b) => sizeOf(b) - sizeOf(a));
  const stop = new AbortController();
  const both = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined && failures.length === 0; item = left.shift()) {
      try {
        await work(item, both);
      } catch (error) {
        failures.push(error);
        stop.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
