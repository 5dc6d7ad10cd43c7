import type { ContainerComponent, DocumentPath, VolumeMount } from '../../types.ts';
import { readAmount } from '../read-amount.ts';
import type { Component1 } from '../types.ts';
import type { Conversion } from './conversion.ts';
import { convertEndpoints } from './endpoints.ts';
import { nameFromImage } from './name-from-image.ts';
import { renameProjectsRoot } from './projects-root.ts';

/** Set by every runtime of the later format, so that no devfile may. */
const reserved = new Set(['PROJECTS_ROOT', 'PROJECT_SOURCE']);

/** A dockerimage as a container component; `mountSources` is written, because its default is another one there. */
export function convertContainer(conversion: Conversion, component: Component1, index: number): void {
  const at: DocumentPath = ['components', index];
  const { image = '', alias } = component;
  const name =
    alias === undefined
      ? conversion.names.components.take(nameFromImage(image))
      : conversion.name('components', alias, [...at, 'alias']);
  const path = ['components', conversion.components.length];
  const below = [...path, 'container'];
  const { endpoints, attributes } = convertEndpoints(conversion, component, at, below);
  const secrets = component.automountWorkspaceSecrets;
  if (secrets !== undefined) {
    conversion.change(
      'value',
      [...at, 'automountWorkspaceSecrets'],
      `whether ${name} gets secrets is an attribute`,
      'info',
    );
  }
  const all = { ...attributes, ...(secrets === undefined ? {} : { automountWorkspaceSecrets: secrets }) };
  conversion.components.push({
    name,
    ...(Object.keys(all).length === 0 ? {} : { attributes: all }),
    container: {
      image,
      ...convertAmounts(component),
      ...takeWords(component, 'command'),
      ...takeWords(component, 'args'),
      mountSources: component.mountSources ?? false,
      ...convertVariables(conversion, component, name, at, below),
      ...convertMounts(conversion, component, at, below),
      ...(endpoints.length === 0 ? {} : { endpoints }),
    },
  });
  conversion.containers.set(index, name);
  conversion.from(path, at);
  conversion.from([...path, 'name'], [...at, alias === undefined ? 'image' : 'alias']);
  conversion.from(below, at);
  if (component.mountSources === undefined) {
    conversion.byRule([...below, 'mountSources'], 'mountSources is false unless said');
  }
}

function convertAmounts(component: Component1): Partial<ContainerComponent> {
  const fields = ['memoryLimit', 'memoryRequest', 'cpuLimit', 'cpuRequest'] as const;
  return Object.fromEntries(
    fields.flatMap((field) => {
      const amount = readAmount(component[field]);
      return amount === undefined ? [] : [[field, amount]];
    }),
  );
}

function takeWords(component: Component1, field: 'command' | 'args'): Pick<ContainerComponent, 'command' | 'args'> {
  const words = component[field];
  return words === undefined ? {} : { [field]: words.map(renameProjectsRoot) };
}

function convertVariables(
  conversion: Conversion,
  { env = [] }: Component1,
  name: string,
  at: DocumentPath,
  below: DocumentPath,
): Pick<ContainerComponent, 'env'> {
  const kept = env.flatMap((variable, index) => {
    if (!reserved.has(variable.name)) return [{ variable, index }];
    const message = `${name} does not set ${variable.name}, which is the place of the sources`;
    conversion.drop('value', [...at, 'env', index], message);
    return [];
  });
  for (const [index, { index: written }] of kept.entries()) {
    conversion.from([...below, 'env', index], [...at, 'env', written]);
  }
  if (kept.length === 0) return {};
  return { env: kept.map(({ variable }) => ({ ...variable, value: renameProjectsRoot(variable.value) })) };
}

function convertMounts(
  conversion: Conversion,
  { volumes = [] }: Component1,
  at: DocumentPath,
  below: DocumentPath,
): Pick<ContainerComponent, 'volumeMounts'> {
  if (volumes.length === 0) return {};
  const volumeMounts = volumes.map(({ name, containerPath }, index): VolumeMount => {
    const place = [...at, 'volumes', index];
    const given = conversion.volumes.get(name) ?? nameVolume(conversion, name, [...place, 'name']);
    const path = [...below, 'volumeMounts', index];
    conversion.from(path, place);
    conversion.from([...path, 'path'], [...place, 'containerPath']);
    return { name: given, path: containerPath };
  });
  return { volumeMounts };
}

/** Volumes are components, and get their names after those who have one; they are added at the end. */
function nameVolume(conversion: Conversion, name: string, at: DocumentPath): string {
  const given = conversion.name('components', name, at);
  conversion.volumes.set(name, given);
  return given;
}
