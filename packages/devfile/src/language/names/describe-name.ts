import { findEntry, readText } from '../tree/node.ts';
import type { NamePlace } from './list-names.ts';

const kinds = [
  'container',
  'kubernetes',
  'openshift',
  'volume',
  'image',
  'plugin',
  'exec',
  'apply',
  'composite',
  'git',
  'zip',
  'github',
];

/** Types of components of a devfile 1.0.0. */
const types1 = ['dockerimage', 'kubernetes', 'openshift', 'chePlugin', 'cheEditor'];

/** What kind of component, command or project has the name: `container`, `exec`, `git`. */
export function ownerKind({ owner }: NamePlace): string {
  const type = readText(findEntry(owner?.value, 'type')?.value);
  if (type !== undefined && types1.includes(type)) return type;
  return kinds.find((kind) => findEntry(owner?.value, kind) !== undefined) ?? '';
}

/** What has the name, in a few words: the image of a container, the command line of a command, the value of a variable. */
export function describeOwner(name: NamePlace): string {
  const { kind, owner } = name;
  if (kind === 'variable' || kind === 'remote') return firstLine(readText(owner?.value) ?? '');
  const ownKind = ownerKind(name);
  const body = types1.includes(ownKind) ? owner?.value : findEntry(owner?.value, ownKind)?.value;
  const shown = ['image', 'commandLine', 'component', 'imageName', 'uri', 'size', 'id', 'reference'].map((field) =>
    readText(findEntry(body, field)?.value),
  );
  const text = firstLine(shown.find((each) => each !== undefined) ?? '');
  return text === '' ? ownKind : `${ownKind}: ${text}`;
}

const longest = 80;

function firstLine(text: string): string {
  const line = text.replace(/^[|>][-+0-9]*\s*\n\s*/, '').split('\n', 1)[0] ?? '';
  return line.length > longest ? `${line.slice(0, longest)}...` : line;
}
