import { getAt } from '../../document-path.ts';
import { Draft } from '../../draft.ts';
import type { DocumentPath } from '../../types.ts';
import type { Entrypoint1, Texts } from '../types.ts';
import { findPodSpec, listContainers } from './pod-spec.ts';
import type { WrittenObject } from './read-manifest.ts';

/** An object with the commands that a component gives its containers. */
export interface ChangedObject {
  readonly object: WrittenObject;
  readonly value: WrittenObject['value'];
  /** Fields that come from the component, by their path in the object, and from which entrypoint. */
  readonly changes: readonly {
    readonly path: DocumentPath;
    readonly entrypoint: number;
    readonly field: 'command' | 'args';
  }[];
}

/** True for an object that has all labels of a selector. */
export function matchesLabels(labels: Texts, selector: Texts = {}): boolean {
  return Object.entries(selector).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

/**
 * Puts the commands and arguments of entrypoints into the containers that they are for; of several for one container the
 * last counts. Also which entrypoints are for no container.
 */
export function applyEntrypoints(
  objects: readonly WrittenObject[],
  entrypoints: readonly Entrypoint1[],
): { readonly changed: readonly ChangedObject[]; readonly unmatched: readonly number[] } {
  const matched = new Set<number>();
  const changed = objects.map((object): ChangedObject => {
    const podSpec = findPodSpec(object.kind);
    const draft = new Draft(object.value);
    const changes: ChangedObject['changes'][number][] = [];
    for (const container of podSpec === undefined ? [] : listContainers(object.value, podSpec)) {
      for (const [index, entrypoint] of entrypoints.entries()) {
        if (!isFor(entrypoint, object, getAt(object.value, [...container, 'name']))) continue;
        matched.add(index);
        for (const field of ['command', 'args'] as const) {
          const words = entrypoint[field];
          if (words === undefined) continue;
          draft.set([...container, field], words);
          changes.push({ path: [...container, field], entrypoint: index, field });
        }
      }
    }
    return { object, value: draft.value as WrittenObject['value'], changes };
  });
  return { changed, unmatched: entrypoints.flatMap((_, index) => (matched.has(index) ? [] : [index])) };
}

function isFor(
  { parentName, parentSelector, containerName }: Entrypoint1,
  object: WrittenObject,
  name: unknown,
): boolean {
  if (parentName !== undefined && parentName !== object.name) return false;
  if (containerName !== undefined && containerName !== name) return false;
  return matchesLabels(object.labels, parentSelector);
}
