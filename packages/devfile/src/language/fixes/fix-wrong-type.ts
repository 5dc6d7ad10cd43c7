import { resolvePlainScalar } from '../../resolve-scalar.ts';
import { schemaAt } from '../schema/schema-node.ts';
import { findEntry, type ScalarNode } from '../tree/node.ts';
import { hasOwnLines, removeLines, textOf } from './text-of.ts';
import type { Fixer, Problem, Proposal } from './types.ts';
import { writeVariable } from './write-variable.ts';

/** Texts get quotes, numbers and booleans lose them, one name becomes a list, a field left empty may go. */
export const fixWrongType: Fixer = (problem) => {
  const { spot, document } = problem;
  const schema = spot === undefined ? undefined : schemaAt(document.version, spot.path);
  if (spot?.role === 'key') return [...listVariables(problem), ...removeEmpty(problem)];
  if (schema === undefined || spot?.node.kind !== 'scalar') return [];
  if (schema.type === 'string') return quote(problem, spot.node, spot.path.at(-1));
  if (schema.type === 'array') return wrap(problem, spot.node);
  if (spot.node.style === 'plain') return [];
  const value = resolvePlainScalar(spot.node.value);
  const isMeant = schema.type === 'boolean' ? value === true || value === false : Number.isInteger(value);
  if (!isMeant || spot.node.value !== String(value)) return [];
  return [
    { title: 'Take the quotes away', changes: [{ ...spanOf(spot.node), newText: spot.node.value }], isSafe: true },
  ];
};

function spanOf({ start, end }: ScalarNode): { start: number; end: number } {
  return { start, end };
}

/** A number of bytes is hardly what a size without a unit means. */
const amounts = new Set<string | number | undefined>(['memoryLimit', 'memoryRequest', 'size']);

function quote({ document }: Problem, node: ScalarNode, field: string | number | undefined): readonly Proposal[] {
  const written = textOf(document, node);
  if (node.style !== 'plain' || written === '' || /["\\\r\n]/.test(written)) return [];
  const inQuotes = { title: 'Put the value in quotes', changes: [{ ...spanOf(node), newText: `"${written}"` }] };
  if (amounts.has(field)) {
    const withUnit = {
      title: `Change it to ${written}Mi`,
      changes: [{ ...spanOf(node), newText: `${written}Mi` }],
      isSafe: false,
    };
    return /^\d+$/.test(written) ? [withUnit, { ...inQuotes, isSafe: false }] : [{ ...inQuotes, isSafe: false }];
  }
  if (field === 'version' && /^\d+(\.\d+)?$/.test(written)) {
    const full = written.includes('.') ? `${written}.0` : `${written}.0.0`;
    return [
      {
        title: `Change it to ${full}`,
        changes: [{ ...spanOf(node), newText: document.isJson ? `"${full}"` : full }],
        isSafe: true,
      },
    ];
  }
  return [{ ...inQuotes, isSafe: true }];
}

/** Texts with spaces may be several: `command: npm start`. */
function wrap({ document }: Problem, node: ScalarNode): readonly Proposal[] {
  const written = textOf(document, node);
  if (written === '' || node.style === 'block' || /[\r\n]/.test(written)) return [];
  const isOneName = /^[\w./:-]+$/.test(node.value) && !node.value.endsWith(':');
  const words = node.value.split(/\s+/).map((word) => JSON.stringify(word));
  const list = {
    title: 'Make it a list',
    changes: [{ ...spanOf(node), newText: isOneName ? `[${written}]` : `[${JSON.stringify(node.value)}]` }],
    isSafe: isOneName,
  };
  if (isOneName || words.length < 2) return [list];
  return [
    {
      title: 'Make it a list of words',
      changes: [{ ...spanOf(node), newText: `[${words.join(', ')}]` }],
      isSafe: false,
    },
    list,
  ];
}

/** A field with nothing in it says nothing, so it may go where it need not be there. */
function removeEmpty({ document, spot }: Problem): readonly Proposal[] {
  const entry = spot?.map?.entries.find(({ key }) => key === spot.node);
  if (entry === undefined || entry.value !== undefined || spot?.map === undefined || spot.map.isFlow) return [];
  const parent = schemaAt(document.version, spot.path.slice(0, -1));
  const isNeeded = [...(parent?.required ?? []), ...(parent?.choices ?? [])].includes(entry.key.value);
  const isAlone = spot.map.entries.length < 2 || !hasOwnLines(document, entry);
  if (isNeeded || isAlone) return [];
  return [
    { title: `Remove the empty field ${entry.key.value}`, changes: [removeLines(document, entry)], isSafe: true },
  ];
}

/** Variables written as a map, as other formats have them, become a list. */
function listVariables({ document, spot }: Problem): readonly Proposal[] {
  const map = spot?.path.at(-1) === 'env' ? findEntry(spot.map, 'env')?.value : undefined;
  if (map?.kind !== 'map' || map.isFlow) return [];
  const changes = map.entries.map((entry) => writeVariable(document, entry, '- '));
  const whole = changes.filter((change) => change !== undefined);
  return whole.length === changes.length ? [{ title: 'Make it a list', changes: whole, isSafe: true }] : [];
}
