import type { DocumentPath } from '../../types.ts';
import { matchesPath } from '../names/match-path.ts';
import type { Shape } from './shape.ts';

/** A new element of a list of a devfile 1.0.0. */
export interface Element1 {
  readonly label: string;
  readonly shape: Shape;
}

/** A text with what stands in it until something is typed. */
function text(placeholder = '', options: readonly string[] = []): Shape {
  return { kind: 'text', placeholder, options, isText: true };
}

/** A value that is never in quotes. */
function bare(placeholder = '', options: readonly string[] = []): Shape {
  return { kind: 'text', placeholder, options, isText: false };
}

function map(fields: Readonly<Record<string, Shape>>): Shape {
  return { kind: 'map', fields: Object.entries(fields) };
}

const action = map({ type: text('exec'), component: text(), command: text(), workdir: text('${CHE_PROJECTS_ROOT}') });
const elements: Readonly<Record<string, readonly Element1[]>> = {
  components: [
    {
      label: 'dockerimage component',
      shape: map({
        alias: text(),
        type: text('dockerimage'),
        image: text(),
        memoryLimit: text('512Mi'),
        mountSources: bare('', ['true', 'false']),
      }),
    },
    { label: 'kubernetes component', shape: map({ alias: text(), type: text('kubernetes'), reference: text() }) },
    { label: 'chePlugin component', shape: map({ type: text('chePlugin'), id: text('publisher/name/latest') }) },
    { label: 'cheEditor component', shape: map({ type: text('cheEditor'), id: text('publisher/name/latest') }) },
  ],
  projects: [
    {
      label: 'git project',
      shape: map({ name: text(), source: map({ type: text('git'), location: text() }) }),
    },
  ],
  commands: [{ label: 'exec command', shape: map({ name: text(), actions: { kind: 'list', item: action } }) }],
  'commands.*.actions': [{ label: 'exec action', shape: action }],
};

/** The elements that people put into the list at a path, with the fields each needs (devfile-v1-che 2.1). */
export function listElements1(list: DocumentPath): readonly Element1[] {
  return Object.entries(elements).find(([pattern]) => matchesPath(list, pattern))?.[1] ?? [];
}
