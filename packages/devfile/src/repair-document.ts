import { findNearestName } from '@devstead/kit';
import { Draft } from './draft.ts';
import { type CompiledSchema, findSchemaErrors, type SchemaError, suggestField } from './schema-errors.ts';
import type { DocumentPath } from './types.ts';

/** A value that is wrong or missing. */
export interface Fault {
  /** As the fields would be called if they were spelt right; numbers of list elements may be lower than in the file. */
  readonly path: DocumentPath;
  readonly filePath: DocumentPath;
}

export interface Repaired {
  /** Has the shape of a devfile; names and texts may have a form, and objects fields, that the schema refuses. */
  readonly document: unknown;
  readonly faults: readonly Fault[];
  toFilePath(path: DocumentPath): DocumentPath;
}

/** Each round moves what cannot be repaired one level up, and a devfile is not that deep. */
const mostRounds = 20;
/** With more than this there is little left to judge, and more than anybody reads. */
const mostErrors = 2000;

/**
 * Makes a document that the rules can judge out of one that its schema refuses, reading each mistake as what was most
 * likely meant: misspelt fields get their name, numbers their quotes, required texts a stand-in. What is left without a
 * meaning goes, at the lowest level at which the rest keeps its shape. Nothing when no shape can be
 * kept, or hardly anything.
 */
export function repairDocument(
  document: unknown,
  validate: CompiledSchema,
  errors: readonly SchemaError[],
): Repaired | undefined {
  const draft = new Draft(document);
  const faults: Fault[] = [];
  let left = errors;
  for (let round = 0; round < mostRounds && left.length <= mostErrors; round++) {
    const renames = listRenames(left);
    const edits = renames.length > 0 ? renames : left.flatMap((error) => chooseEdits(error, draft));
    for (const { path } of edits) faults.push({ path, filePath: draft.toFilePath(path) });
    const isDone = edits.every(({ apply }) => apply === undefined);
    if (isDone) return { document: draft.value, faults, toFilePath: (path) => draft.toFilePath(path) };
    if (edits.some(({ path }) => path.length === 0)) return undefined;
    for (const { apply } of edits) apply?.(draft);
    draft.closeGaps();
    left = findSchemaErrors(draft.value, validate);
  }
  return undefined;
}

interface Edit {
  /** The value at fault. */
  readonly path: DocumentPath;
  /** Absent when the shape is that of a devfile all the same. */
  readonly apply?: (draft: Draft) => void;
}

/** Alone in their round, the deepest first: with the right names other errors go away. */
function listRenames(errors: readonly SchemaError[]): Edit[] {
  const renames = errors.flatMap((error) => {
    const name = error.keyword === 'onlyFields' ? suggestField(error) : undefined;
    if (name === undefined) return [];
    const path = [...error.path, String(error.params['field'])];
    return [{ path, apply: (draft: Draft) => draft.rename(path, name) }];
  });
  return renames.sort((left, right) => right.path.length - left.path.length);
}

function chooseEdits(error: SchemaError, draft: Draft): Edit[] {
  const { keyword, params, path, value } = error;
  switch (keyword) {
    case 'onlyFields':
      // Other versions may know the field, and rules look at it: nobody has judged what is in it.
      return [setOrRemove([...path, String(params['field'])], undefined)];
    case 'exactlyOneField':
      return (params['fields'] as readonly string[]).map((field) => ({ path: [...path, field] }));
    case 'type':
      // A variable goes: what its value is used for would be at fault as well.
      if (path[0] === 'variables' && path.length > 1) return [setOrRemove(path, undefined)];
      return [setOrRemove(path, convert(value, [params['type']].flat()) ?? chooseStandIn(path, draft))];
    case 'enum': {
      const allowed = (params['allowedValues'] as unknown[]).map(String);
      return [setOrRemove(path, typeof value === 'string' ? findNearestName(value, allowed) : undefined)];
    }
    case 'required': {
      const missing = [...path, String(params['missingProperty'])];
      const standIn = chooseStandIn(missing, draft);
      if (standIn !== undefined) return [setOrRemove(missing, standIn)];
      return [{ path: missing }, setOrRemove(path, undefined)];
    }
    default:
      return [{ path }];
  }
}

function setOrRemove(path: DocumentPath, value: unknown): Edit {
  return { path, apply: (draft) => (value === undefined ? draft.remove(path) : draft.set(path, value)) };
}

/** The value in the type wanted, where it is clear what was meant; nothing else may be empty but maps and lists. */
function convert(value: unknown, types: readonly unknown[]): unknown {
  if (types.includes('string') && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if (types.includes('integer') && typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value);
  if (types.includes('boolean') && value === 'true') return true;
  if (types.includes('boolean') && value === 'false') return false;
  if (types.includes('object') && value === null) return Object.create(null);
  if (types.includes('array') && value === null) return [];
  return undefined;
}

/** Texts that must be there and that no rule takes for anything else. */
const standIns: Readonly<Record<string, string>> = {
  'components.*.container.image': 'unread',
  'components.*.container.env.*.value': 'unread',
  'components.*.image.imageName': 'unread',
  'commands.*.exec.commandLine': 'unread',
  'commands.*.exec.component': 'unread',
  'commands.*.exec.env.*.value': 'unread',
  'commands.*.apply.component': 'unread',
};
const namePaths = ['components.*.name', 'commands.*.id', 'projects.*.name'];

function chooseStandIn(path: DocumentPath, draft: Draft): string | undefined {
  const pattern = path.map((key) => (typeof key === 'number' ? '*' : key)).join('.');
  if (namePaths.includes(pattern)) return `number ${Number(draft.toFilePath(path)[1]) + 1}`;
  const isRemote = path.at(-3) === 'git' && path.at(-2) === 'remotes';
  return isRemote ? 'unread' : standIns[pattern];
}
