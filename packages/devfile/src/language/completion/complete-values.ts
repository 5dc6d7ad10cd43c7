import { resolvePlainScalar } from '../../resolve-scalar.ts';
import { schemaVersions } from '../../schema-version.ts';
import { listAttributesAt } from '../attributes-table.ts';
import { describeOwner, ownerKind } from '../names/describe-name.ts';
import type { InheritedName } from '../names/inherited.ts';
import { listNames, type NamePlace } from '../names/list-names.ts';
import { matchesPath, withoutParent } from '../names/match-path.ts';
import { remotePlaces, starterAttribute, usePlaces } from '../names/name-places-table.ts';
import type { LanguageDocument } from '../open-document.ts';
import type { CompletionContext } from './find-context.ts';
import { putIn } from './put-in.ts';
import type { CompletionItem } from './types.ts';

interface Value {
  readonly value: string;
  readonly kind?: CompletionItem['kind'];
  readonly detail?: string;
  readonly rank?: number;
  /** A number or a boolean: never in quotes. */
  readonly isBare?: boolean;
}

/** Values that the schema lists, defaults, and names of what the place may name. */
export function completeValues(
  document: LanguageDocument,
  context: CompletionContext,
  inherited: readonly InheritedName[],
): CompletionItem[] {
  return listValues(context, inherited).map(({ value, kind = 'value', detail, rank, isBare = false }) =>
    putIn(document, context, {
      label: value,
      kind,
      ...(detail !== undefined && { detail }),
      text: isBare ? value : quote(value, context),
      ...(rank !== undefined && { rank }),
    }),
  );
}

/** In the quotes that are there, else in quotes only where YAML takes the text for something else. */
function quote(value: string, { style, probe }: CompletionContext): string {
  if (probe.isJson || style === 'double') return JSON.stringify(value);
  if (style === 'single') return `'${value.replaceAll("'", "''")}'`;
  return typeof resolvePlainScalar(value) === 'string' ? value : JSON.stringify(value);
}

function listValues(context: CompletionContext, inherited: readonly InheritedName[]): readonly Value[] {
  const { path, schema, probe } = context;
  if (path.length === 1 && path[0] === 'schemaVersion') {
    return schemaVersions.toReversed().map((value, index) => ({ value, rank: index }));
  }
  if (path.at(-2) === 'attributes') return listAttributeValues(context);
  const names = listUsableNames(context, inherited);
  if (names.length > 0) return names;
  if (schema.type === 'boolean') return ['true', 'false'].map((value) => ({ value, isBare: true }));
  if (schema.enum !== undefined) {
    return schema.enum.map((value, rank) => ({ value, rank, ...(value === schema.default && { detail: 'default' }) }));
  }
  if (probe.isDevfile1 && matchesPath(path, 'commands.*.actions.*.type')) return actionTypes1.map(toPlain);
  if (probe.isDevfile1 && path.at(-1) === 'workdir') return ['${CHE_PROJECTS_ROOT}'].map(toPlain);
  if (path.at(-1) === 'workingDir') return ['${PROJECT_SOURCE}', '${PROJECTS_ROOT}'].map(toPlain);
  return typeof schema.default === 'string' ? [{ value: schema.default, detail: 'default' }] : [];
}

/** Actions of a devfile 1.0.0, the usual first. */
const actionTypes1 = ['exec', 'vscode-launch', 'vscode-task', 'che'];

function toPlain(value: string, rank: number): Value {
  return { value, rank };
}

function listAttributeValues(context: CompletionContext): readonly Value[] {
  const { path, probe } = context;
  if (path.at(-1) === starterAttribute) return listDefined(probe, 'starter project').map(toValue);
  const known = listAttributesAt(probe.version, path).find(({ name }) => name === path.at(-1));
  return (known?.values ?? []).map((value) => ({ value }));
}

function listUsableNames({ path, probe }: CompletionContext, inherited: readonly InheritedName[]): readonly Value[] {
  const written = withoutParent(path);
  if (remotePlaces.some((pattern) => matchesPath(written, pattern))) {
    const scope = path.slice(0, -2).join('\0');
    return listDefined(probe, 'remote')
      .filter((name) => name.scope === scope)
      .map(toValue);
  }
  const place = Object.entries(usePlaces).find(([pattern]) => matchesPath(written, pattern))?.[1];
  if (place === undefined) return [];
  const { kind, ofKinds = [] } = place;
  const rankOf = (ownKind: string) => (ofKinds.length === 0 || ofKinds.includes(ownKind) ? 1 : 5);
  // Other components cannot be meant; other commands can, inside composites.
  const isMeant = (ownKind: string) => kind === 'command' || ofKinds.includes(ownKind);
  const defined = listDefined(probe, kind);
  const own = new Set(defined.map(({ name }) => name));
  const itself = written[0] === 'commands' ? written[1] : undefined;
  return [
    ...defined
      .filter(
        (name) => isMeant(ownerKind(name)) && (kind !== 'command' || itself === undefined || name.path[1] !== itself),
      )
      .map((name) => ({ ...toValue(name), rank: rankOf(ownerKind(name)) })),
    ...inherited
      .filter((each) => each.kind === kind && isMeant(each.ownKind) && !own.has(each.name))
      .map(
        ({ name, ownKind }): Value => ({
          value: name,
          kind: 'name',
          detail: `${ownKind} of a parent`,
          rank: rankOf(ownKind),
        }),
      ),
  ];
}

function toValue(name: NamePlace): Value {
  return { value: name.name, kind: 'name', detail: describeOwner(name) };
}

/** Each name once: overrides of a parent's elements name what the parent has. */
function listDefined(probe: LanguageDocument, kind: NamePlace['kind']): NamePlace[] {
  const given = listNames(probe).filter(
    (name) => name.kind === kind && (name.isDefinition || name.owner !== undefined) && name.name !== '',
  );
  return [...new Map(given.map((name) => [`${name.scope}\0${name.name}`, name])).values()];
}
