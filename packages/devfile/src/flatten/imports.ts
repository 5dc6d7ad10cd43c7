import type { Devfile, DocumentPath } from '../types.ts';

/** A devfile that another one names, and how it changes it. */
export interface Import {
  readonly kind: 'parent' | 'plugin';
  /** Where it stands in the devfile that names it: `parent`, or a component's `plugin`. */
  readonly path: DocumentPath;
  readonly target: ImportTarget;
}

/** What the devfile is named by (devfile-v2 1.5). */
export type ImportTarget =
  | { readonly kind: 'uri'; readonly uri: string }
  | { readonly kind: 'id'; readonly id: string; readonly registryUrl?: string; readonly version?: string }
  | { readonly kind: 'kubernetes'; readonly name: string; readonly namespace?: string };

/** The parent, then the plugins in their order. */
export function listImports({ parent, components = [] }: Devfile): Import[] {
  const imports: Import[] = [];
  if (parent !== undefined) imports.push({ kind: 'parent', path: ['parent'], target: readTarget(parent) });
  for (const [index, { plugin }] of components.entries()) {
    if (plugin === undefined) continue;
    imports.push({ kind: 'plugin', path: ['components', index, 'plugin'], target: readTarget(plugin) });
  }
  return imports;
}

/** The schema has accepted it, so that it has one of the three. */
function readTarget(reference: Readonly<Record<string, unknown>>): ImportTarget {
  const { uri, id, registryUrl, version, kubernetes } = reference;
  if (typeof uri === 'string') return { kind: 'uri', uri };
  if (typeof id === 'string') {
    return {
      kind: 'id',
      id,
      ...(typeof registryUrl === 'string' && registryUrl !== '' ? { registryUrl } : {}),
      ...(typeof version === 'string' && version !== '' ? { version } : {}),
    };
  }
  const { name, namespace } = (kubernetes ?? {}) as Readonly<Record<string, unknown>>;
  return {
    kind: 'kubernetes',
    name: String(name),
    ...(typeof namespace === 'string' ? { namespace } : {}),
  };
}

/** The name in the form that tools of the format write into attributes. */
export function nameTarget(target: ImportTarget): string {
  switch (target.kind) {
    case 'uri':
      return `uri: ${target.uri}`;
    case 'id':
      return `id: ${target.id}, registryURL: ${target.registryUrl ?? ''}`;
    default:
      return `name: ${target.name}, namespace: ${target.namespace ?? ''}`;
  }
}
