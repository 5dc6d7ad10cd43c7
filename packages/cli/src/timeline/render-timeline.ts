import type { TimedStart, TimedStep } from '@devstead/runtime';
import { formatMs } from '../format-amount.ts';
import { harmlessText } from '../harmless-text.ts';
import type { Io } from '../io.ts';
import { type Cell, renderTable } from '../render-table.ts';

interface RenderOptions {
  /** Which start is shown with its steps; 0 is the last one. */
  readonly chosen: number;
  readonly io: Io;
}

/** The last starts, newest first, and one of them step by step. */
export function renderTimeline(name: string, starts: readonly TimedStart[], { chosen, io }: RenderOptions): string {
  const shown = starts[chosen];
  if (shown === undefined) return `${name} was not started yet; devstead up does\n`;
  const { hasColour, columns } = io.stdout;
  const list = starts.map((start, index): Cell[] => [
    `${index === chosen ? '>' : ' '} ${index + 1}`,
    new Date(start.at).toISOString().slice(0, 19).replace('T', ' '),
    start.isDone ? formatMs(start.durationMs) : { text: 'not done', colour: 'red' },
    start.isDone ? compare(start.durationMs, start.usualMs) : '',
  ]);
  const steps = shown.steps.map((step) => describeStep(step));
  const table = renderTable([['  STEP', 'BEGAN', 'TOOK', 'THAN USUAL'], ...steps], { hasColour: false, indent: '' });
  const [head = '', ...lines] = table.trimEnd().split('\n');
  const bars = drawBars(shown, Math.max(0, Math.min(60, columns - longest([head, ...lines]) - 2)));
  const width = longest([head, ...lines]);
  const rows = lines.map((line, index) => `${line.padEnd(width)}  ${bars[index] ?? ''}`.trimEnd());
  return [
    renderTable([['  #', 'STARTED (UTC)', 'READY IN', 'THAN USUAL'], ...list], { hasColour, indent: '' }),
    `\n${head}\n`,
    ...rows.map((row) => `${row}\n`),
    renderCriticalPath(shown),
  ].join('');
}

function describeStep({ id, isCritical, beganMs, durationMs, failure, usualMs }: TimedStep): Cell[] {
  const label = `${isCritical ? '*' : ' '} ${harmlessText(id, false)}`;
  const compared = compare(durationMs, usualMs);
  return [
    label,
    formatMs(beganMs),
    failure === undefined ? formatMs(durationMs) : `${formatMs(durationMs)} ${failure}`,
    failure === undefined ? (typeof compared === 'string' ? compared : compared.text) : '',
  ];
}

/** Differences that are only noise are not worth a reader's time. */
const noiseMs = 50;
const noisePart = 0.2;

/** `slower by 1.2 s`, `quicker by 0.4 s`, `as usual`; empty when nothing is known to compare with. */
export function compare(durationMs: number, usualMs: number | undefined): Cell {
  if (usualMs === undefined) return '';
  const byMs = durationMs - usualMs;
  if (Math.abs(byMs) < Math.max(noiseMs, usualMs * noisePart)) return 'as usual';
  return byMs > 0
    ? { text: `slower by ${formatMs(byMs)}`, colour: 'yellow' }
    : { text: `quicker by ${formatMs(-byMs)}`, colour: 'green' };
}

/** When each step was under way, as a bar; critical ones solid. */
function drawBars({ steps, durationMs }: TimedStart, width: number): string[] {
  const total = Math.max(1, durationMs, ...steps.map((step) => step.beganMs + step.durationMs));
  return steps.map(({ beganMs, durationMs: took, isCritical }) => {
    const from = Math.min(width - 1, Math.floor((beganMs / total) * width));
    const length = Math.max(1, Math.round((took / total) * width));
    return width < 10 ? '' : ' '.repeat(from) + (isCritical ? '#' : '-').repeat(Math.min(length, width - from));
  });
}

function renderCriticalPath({ steps, criticalPath, durationMs }: TimedStart): string {
  const critical = criticalPath.flatMap((id) => steps.find((step) => step.id === id) ?? []);
  if (critical.length === 0) return '';
  const total = critical.reduce((sum, step) => sum + step.durationMs, 0);
  const words = critical.map(({ id, durationMs: took }) => `${harmlessText(id, false)} ${formatMs(took)}`);
  return `\ncritical path, ${formatMs(total)} of ${formatMs(durationMs)}:\n  ${words.join('\n  ')}\n`;
}

function longest(lines: readonly string[]): number {
  return Math.max(0, ...lines.map((line) => line.length));
}
