import type { Devfile } from '../../types.ts';
import type { NameKind } from './name-places-table.ts';

/** A name that parents and plugins bring in. */
export interface InheritedName {
  readonly kind: NameKind;
  readonly name: string;
  /** Of a component or command: `container`, `exec`. */
  readonly ownKind: string;
}

/** Names of a flattened devfile, which an editor proposes beside those of the file itself. */
export function listInherited(devfile: Devfile | undefined): InheritedName[] {
  if (devfile === undefined) return [];
  const { components = [], commands = [], variables = {}, starterProjects = [] } = devfile;
  return [
    ...components.map(
      (component): InheritedName => ({ kind: 'component', name: component.name, ownKind: findKind(component) }),
    ),
    ...commands.map((command): InheritedName => ({ kind: 'command', name: command.id, ownKind: findKind(command) })),
    ...Object.keys(variables).map((name): InheritedName => ({ kind: 'variable', name, ownKind: '' })),
    ...starterProjects.map(({ name }): InheritedName => ({ kind: 'starter project', name, ownKind: '' })),
  ];
}

function findKind(element: object): string {
  return Object.keys(element).find((key) => key !== 'name' && key !== 'id' && key !== 'attributes') ?? '';
}
