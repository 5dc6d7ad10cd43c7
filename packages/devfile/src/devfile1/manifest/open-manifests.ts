import type { ImportRun } from '../../flatten/open-import.ts';
import type { Source } from '../../read-source.ts';
import type { DocumentPath, Origin } from '../../types.ts';
import type { References } from '../open-references.ts';
import type { Component1, Devfile1 } from '../types.ts';
import { applyEntrypoints, type ChangedObject, matchesLabels } from './apply-entrypoints.ts';
import { findContentPlace } from './content-place.ts';
import { readManifest, type WrittenObject } from './read-manifest.ts';
import type { ManifestObject } from './types.ts';

/** The objects of each component that has a manifest, by the component's index. */
export type Manifests = ReadonlyMap<number, readonly ManifestObject[]>;

interface Opening {
  readonly run: ImportRun;
  readonly source: Source;
  readonly references: References;
  readonly toFilePath: (path: DocumentPath) => DocumentPath;
}

/**
 * Reads the manifests of a devfile's components, as far as they were brought in: the objects that each component selects,
 * with its entrypoints put in (devfile-v1-che 2.1). Gives `devfile.bad-manifest`, `devfile.empty-selection` and
 * `devfile.unknown-entrypoint`.
 */
export async function openManifests(opening: Opening, { components = [] }: Devfile1): Promise<Manifests> {
  const manifests = new Map<number, readonly ManifestObject[]>();
  for (const [index, component] of components.entries()) {
    if (component.type !== 'kubernetes' && component.type !== 'openshift') continue;
    const objects = await openManifest(opening, component, index);
    if (objects !== undefined) manifests.set(index, objects);
  }
  return manifests;
}

async function openManifest(
  { run, source, references, toFilePath }: Opening,
  component: Component1,
  index: number,
): Promise<readonly ManifestObject[] | undefined> {
  const at: DocumentPath = ['components', index];
  const { referenceContent, selector, entrypoints = [] } = component;
  const named = references.get(at.join('.'));
  const text = referenceContent ?? named?.text;
  if (text === undefined) return undefined;
  const field = toFilePath([...at, referenceContent === undefined ? 'reference' : 'referenceContent']);
  const toPlace = referenceContent === undefined ? undefined : findContentPlace(source, field);
  const file = named?.file ?? source.file;
  const { objects, diagnostics, faults } = await readManifest(text, file, run.limits);
  const fieldPlace = source.positions.locate(field);
  const report = (message: string, place: { readonly line: number; readonly column: number }): void => {
    const found = toPlace === undefined ? place : (toPlace(place) ?? fieldPlace);
    run.problems.push({
      code: 'devfile.bad-manifest',
      severity: 'error',
      path: field,
      place: { source, path: field, isOverride: false },
      message: `the manifest cannot be used: ${file}:${found.line}: ${message}`,
    });
  };
  for (const { message, severity, line = 1, column = 1 } of diagnostics) {
    if (severity === 'error') report(message, { line, column });
  }
  for (const { message, ...place } of faults) report(message, place);
  const selected = objects.filter(({ labels }) => matchesLabels(labels, selector));
  const note = (
    code: 'devfile.empty-selection' | 'devfile.unknown-entrypoint',
    path: DocumentPath,
    message: string,
  ): void => {
    const severity = code === 'devfile.empty-selection' ? 'warning' : 'error';
    run.problems.push({ code, severity, path, place: { source, path, isOverride: false }, message });
  };
  if (objects.length > 0 && selected.length === 0) {
    note('devfile.empty-selection', toFilePath([...at, 'selector']), 'no object of the manifest has these labels');
  }
  const { changed, unmatched } = applyEntrypoints(selected, entrypoints);
  for (const entrypoint of selected.length === 0 ? [] : unmatched) {
    const path = toFilePath([...at, 'entrypoints', entrypoint]);
    note('devfile.unknown-entrypoint', path, 'no container of the manifest is the one this entrypoint is for');
  }
  const locateInDevfile = (path: DocumentPath): Origin => {
    const { line, column } = source.positions.locate(toFilePath(path));
    return { kind: 'file', file: source.file, line, column };
  };
  const findOrigins = (object: WrittenObject, path: DocumentPath): readonly Origin[] => {
    const place = object.locate(path);
    if (toPlace === undefined) {
      const { line, column } = place;
      return [{ kind: 'file', file, line, column }];
    }
    const { line, column } = toPlace(place) ?? fieldPlace;
    return [{ kind: 'file', file: source.file, line, column }];
  };
  return changed.map(
    ({ object, value, changes }): ManifestObject => ({
      kind: object.kind,
      name: object.name,
      labels: object.labels,
      value,
      originsOf: (path) => {
        const change = findChange(changes, path);
        const written = findOrigins(object, path);
        if (change === undefined) return written;
        return [
          { ...locateInDevfile([...at, 'entrypoints', change.entrypoint, change.field]), kind: 'override' },
          ...written,
        ];
      },
    }),
  );
}

function findChange(
  changes: ChangedObject['changes'],
  path: DocumentPath,
): ChangedObject['changes'][number] | undefined {
  return changes.findLast((change) => change.path.every((step, index) => path[index] === step));
}
