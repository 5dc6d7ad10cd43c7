import type { Source } from '../read-source.ts';
import type { SchemaVersion } from '../schema-version.ts';
import { completeElements } from './complete-elements.ts';
import { type Import, listImports, nameTarget } from './imports.ts';
import { type Contribution, findUnknownOverrides, mergeContent } from './merge-content.ts';
import { type ImportRun, openImport } from './open-import.ts';
import { override } from './override.ts';
import { signElements } from './provenance-attributes.ts';
import { rebaseUris } from './rebase-uris.ts';
import { joinMap, openChild, openMap, type Traced, traceSource } from './trace.ts';

/**
 * The devfile of a source with everything its parents and plugins bring, and where each value stands (devfile-v2 1.5).
 * Nothing when an import cannot be used; what is wrong is noted in the run.
 */
export async function flattenDevfile(run: ImportRun, source: Source): Promise<Traced | undefined> {
  const { devfile } = source;
  if (devfile === undefined) return undefined;
  const main: Traced = { value: devfile, trace: traceSource(source) };
  const imports = listImports(devfile);
  if (imports.length === 0) return main;
  const contributions: Contribution[] = [];
  let isWhole = true;
  for (const one of imports) {
    const content = await contribute(run, source, main, one);
    if (content === undefined) isWhole = false;
    else contributions.push({ kind: one.kind, content });
  }
  if (!isWhole) return undefined;
  const { merged, problems } = mergeContent(main, contributions);
  run.problems.push(...problems);
  return problems.length > 0 ? undefined : merged;
}

/** What one import brings, with its overrides applied. */
async function contribute(run: ImportRun, source: Source, main: Traced, one: Import): Promise<Traced | undefined> {
  const imported = await openImport(run, source, one);
  if (imported === undefined) return undefined;
  const isOfSchema = imported.problems.length === 0 && imported.devfile !== undefined;
  const content = isOfSchema ? await flattenDevfile(run, imported) : undefined;
  if (isNewer(imported.version, source.version)) {
    const path = [...one.path, one.target.kind];
    run.problems.push({
      code: 'devfile.import-newer',
      severity: 'error',
      path,
      place: { source, path, isOverride: false },
      message: `the ${one.kind} ${imported.file} is of version ${imported.version}, and this devfile of ${source.version}`,
      hint: `Raise \`schemaVersion\` to ${imported.version}.`,
    });
    return undefined;
  }
  if (content === undefined) return undefined;
  const reference = one.path.reduce(openChild, main);
  const moved = rebaseUris(content, imported.location, source.location);
  const brought = signElements(moved, 'api.devfile.io/imported-from', nameTarget(one.target), reference.trace.places);
  const overrides = readOverrides(source, one, reference);
  if (overrides === undefined) return brought;
  const unknown = findUnknownOverrides(overrides, brought, one.kind);
  run.problems.push(...unknown);
  if (unknown.length > 0) return undefined;
  const by = source.importer?.reference ?? 'main devfile';
  const signed = signElements(overrides, `api.devfile.io/${one.kind}-override-from`, by, overrides.trace.places);
  return completeElements(override(brought, signed, ''));
}

const overridable = [
  'attributes',
  'variables',
  'components',
  'commands',
  'projects',
  'starterProjects',
  'dependentProjects',
];

/** The part of a `parent` or `plugin` that changes what it brings. */
function readOverrides(source: Source, { path }: Import, reference: Traced): Traced | undefined {
  const written = { value: reference.value, trace: traceSource(source, path, true) };
  const parts = openMap(written).filter(([field]) => overridable.includes(field));
  return parts.length === 0 ? undefined : joinMap(parts, written.trace.places);
}

function isNewer(imported: SchemaVersion | undefined, own: SchemaVersion | undefined): boolean {
  if (imported === undefined || own === undefined) return false;
  const [left = [], right = []] = [imported, own].map((version) => version.split('.').map(Number));
  const first = left.findIndex((number, index) => number !== right[index]);
  return first !== -1 && (left[first] ?? 0) > (right[first] ?? 0);
}
