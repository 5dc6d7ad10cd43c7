/** What a figure must be, and whether it is. */
export interface Verdict {
  readonly what: string;
  readonly ratio: number;
  readonly target: string;
  readonly isReached: boolean;
}

const verdicts: Verdict[] = [];

/** Notes a figure that must be at least so much. */
export function expectAtLeast(what: string, ratio: number, least: number): void {
  verdicts.push({ what, ratio, target: `at least ${least}`, isReached: ratio >= least });
}

/** Notes a figure that must be at most so much. */
export function expectAtMost(what: string, ratio: number, most: number): void {
  verdicts.push({ what, ratio, target: `at most ${most}`, isReached: ratio <= most });
}

/** Prints all that was noted; returns how many figures miss their targets. */
export function printVerdicts(): number {
  console.log('\nTargets');
  for (const { what, ratio, target, isReached } of verdicts) {
    console.log(
      `${isReached ? 'reached' : 'MISSED '}  ${what.padEnd(66)} ${formatFigure(ratio).padStart(8)}  ${target}`,
    );
  }
  return verdicts.filter(({ isReached }) => !isReached).length;
}

/** Three digits that count. */
export function formatFigure(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
