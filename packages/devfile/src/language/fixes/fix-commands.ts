import { findEntry, listChildren, readText } from '../tree/node.ts';
import { hasOwnLines, insertBelow, removeLines } from './text-of.ts';
import type { Fixer, Proposal } from './types.ts';

const kinds = ['exec', 'apply', 'composite'];

/** Makes one command the default of its group, or one of several defaults none. */
export const fixGroup: Fixer = ({ document, spot, diagnostic }) => {
  if (diagnostic.code === 'devfile.many-default-commands') {
    if (spot?.node.kind !== 'scalar') return [];
    const { start, end } = spot.node;
    return [{ title: 'Make it no default', changes: [{ start, end, newText: 'false' }], isSafe: false }];
  }
  const group = spot?.node.kind === 'scalar' ? spot.node.value : '';
  return listChildren(findEntry(document.tree, 'commands')?.value).flatMap((command): Proposal[] => {
    const id = readText(findEntry(command.value, 'id')?.value) ?? '';
    return kinds.flatMap((kind): Proposal[] => {
      const map = findEntry(findEntry(command.value, kind)?.value, 'group')?.value;
      const named = findEntry(map, 'kind');
      if (map?.kind !== 'map' || named === undefined || readText(named.value) !== group) return [];
      const title = `Make ${id} the default`;
      const present = findEntry(map, 'isDefault')?.value;
      if (present !== undefined)
        return [{ title, changes: [{ start: present.start, end: present.end, newText: 'true' }], isSafe: false }];
      const margin = ' '.repeat(document.lines.positionAt(named.start).character);
      const key = document.isJson ? '"isDefault"' : 'isDefault';
      const change = map.isFlow
        ? { start: named.end, end: named.end, newText: `, ${key}: true` }
        : insertBelow(document, named.end, [`${margin}isDefault: true`]);
      return [{ title, changes: [change], isSafe: false }];
    });
  });
};

/** Moves an exec command from preStart to postStart, where other tools run it too. */
export const fixPreStart: Fixer = ({ document, spot }) => {
  const item = spot?.trail.at(-1);
  const events = findEntry(document.tree, 'events')?.value;
  const name = readText(spot?.node);
  const before = findEntry(events, 'preStart');
  if (
    item === undefined ||
    name === undefined ||
    before?.value?.kind !== 'list' ||
    before.value.isFlow ||
    !hasOwnLines(document, item.span)
  )
    return [];
  const isLast = before.value.items.length === 1;
  const after = findEntry(events, 'postStart');
  const title = 'Move it to postStart';
  const removed = removeLines(document, isLast ? before : item.span);
  if (after === undefined) {
    const margin = ' '.repeat(document.lines.positionAt(before.start).character);
    const lines = [`${margin}postStart:`, `${margin}  - ${name}`];
    if (isLast) {
      const key = { start: before.key.start, end: before.key.end, newText: 'postStart' };
      return [{ title, changes: [key], isSafe: false }];
    }
    return [
      {
        title,
        changes: [removed, insertBelow(document, before.end, lines)].toSorted(
          (left, right) => left.start - right.start,
        ),
        isSafe: false,
      },
    ];
  }
  const first = after.value?.kind === 'list' && !after.value.isFlow ? after.value.items[0] : undefined;
  if (first === undefined) return [];
  const margin = ' '.repeat(document.lines.positionAt(first.start).character);
  const put = {
    start: first.start,
    end: first.start,
    newText: `- ${name}${document.text.includes('\r\n') ? '\r\n' : '\n'}${margin}`,
  };
  return [{ title, changes: [removed, put].toSorted((left, right) => left.start - right.start), isSafe: false }];
};
