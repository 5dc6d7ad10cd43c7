import { Session } from 'node:inspector/promises';

/** How much of the code was run. */
export interface Coverage {
  readonly functions: number;
  readonly functionsRun: number;
  /** Characters of code, those of functions inside functions counted once. */
  readonly characters: number;
  readonly charactersRun: number;
}

/** Counts what runs from now on, in files whose address is wanted. */
export async function startCoverage(isWanted: (url: string) => boolean): Promise<() => Promise<Coverage>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: false, detailed: true });
  return async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage');
    session.disconnect();
    const total = { functions: 0, functionsRun: 0, characters: 0, charactersRun: 0 };
    for (const { url, functions } of result) {
      if (!isWanted(url)) continue;
      for (const { functionName, ranges } of functions) {
        if (functionName === '') continue;
        total.functions++;
        if ((ranges[0]?.count ?? 0) > 0) total.functionsRun++;
      }
      const ranges = functions.flatMap((one) => one.ranges);
      const size = Math.max(0, ...ranges.map(({ endOffset }) => endOffset));
      const isRun = new Uint8Array(size);
      // Inner ranges come after the outer ones they differ from.
      for (const { startOffset, endOffset, count } of ranges.toSorted(byPlace)) {
        isRun.fill(count > 0 ? 1 : 0, startOffset, endOffset);
      }
      total.characters += size;
      total.charactersRun += isRun.reduce((sum, one) => sum + one, 0);
    }
    return total;
  };
}

interface Span {
  readonly startOffset: number;
  readonly endOffset: number;
}

function byPlace(left: Span, right: Span): number {
  return left.startOffset - right.startOffset || right.endOffset - left.endOffset;
}
