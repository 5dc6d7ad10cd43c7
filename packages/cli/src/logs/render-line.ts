import type { LogLine } from '@devstead/runtime';
import { type Colour, paint } from '../colour.ts';
import { harmlessText } from '../harmless-text.ts';

const containerColours: readonly Colour[] = [
  'cyan',
  'yellow',
  'green',
  'magenta',
  'blue',
  'brightCyan',
  'brightYellow',
  'brightGreen',
  'brightMagenta',
  'brightBlue',
];

interface RenderOptions {
  readonly hasColour: boolean;
  readonly hasTimes: boolean;
  /** Every container of the workspace, in the environment's order. */
  readonly known: readonly string[];
  /** Those that are shown; one alone needs no name before its lines. */
  readonly shown: readonly string[];
  /** Lines begin with the name of their container where there are several. */
  readonly isNamed: boolean;
}

/** Lines for people; a container keeps its colour whichever containers are shown, from one call to the next. */
export function makeLineRenderer({
  hasColour,
  hasTimes,
  known,
  shown,
  isNamed,
}: RenderOptions): (line: LogLine) => string {
  const names = [...known];
  let width = Math.max(...shown.map((name) => name.length), 0);
  const needsName = (container: string): boolean => isNamed && (shown.length > 1 || !shown.includes(container));
  return ({ container, at, text }) => {
    if (!names.includes(container)) names.push(container);
    width = Math.max(width, container.length);
    const colour = containerColours[names.indexOf(container) % containerColours.length] ?? 'cyan';
    const prefix = needsName(container) ? `${paint(colour, `${container.padEnd(width)} |`, hasColour)} ` : '';
    const time = hasTimes ? `${paint('grey', at, hasColour)} ` : '';
    return `${prefix}${time}${harmlessText(text, hasColour)}\n`;
  };
}

/** One line of `devstead logs --output json`. */
export function renderLineAsJson({ container, at, stream, text }: LogLine): string {
  return `${JSON.stringify({ schemaVersion: 'log-line/v1', container, at, stream, text })}\n`;
}
