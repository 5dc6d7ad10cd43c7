import { profilesOf } from '../project/select-services.ts';
import type { ComposeProject } from '../project/types.ts';
import { listAt, mapAt, scalarAt, textAt } from '../tree/node.ts';
import { renderForHash } from './hash-text.ts';

/** The names of the enabled services, each after what it depends on, else by name. */
export function listServices({ model }: ComposeProject): readonly string[] {
  const services = mapAt(model, 'services');
  const names = [...(services?.entries.keys() ?? [])].sort();
  const result = new Set<string>();
  const entered = new Set<string>();
  const stack = names.toReversed();
  for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
    const left = [...(mapAt(services, name, 'depends_on')?.entries.keys() ?? [])].filter(
      (other) => !entered.has(other) && services?.entries.has(other) === true,
    );
    const isEntered = entered.has(name);
    entered.add(name);
    if (!isEntered && left.length > 0) stack.push(...left.sort().reverse());
    else {
      result.add(name);
      stack.pop();
    }
  }
  return [...result];
}

/** The names of networks, volumes or models that the enabled services use. */
export function listResources(
  { model }: ComposeProject,
  section: 'networks' | 'volumes' | 'models',
): readonly string[] {
  return [...(mapAt(model, section)?.entries.keys() ?? [])].sort();
}

/** Every profile of every service, enabled or not. */
export function listProfiles({ model, disabled }: ComposeProject): readonly string[] {
  const services = [...(mapAt(model, 'services')?.entries.values() ?? []), ...disabled.entries.values()];
  return [...new Set(services.flatMap(({ node }) => profilesOf(node)))].sort();
}

/** The images of the enabled services; one that is built without a name has that of its project and service. */
export function listImages({ name: project, model }: ComposeProject): readonly string[] {
  return [...(mapAt(model, 'services')?.entries ?? [])].flatMap(([name, { node }]) => {
    const image = textAt(node, 'image') ?? `${project}-${name}`;
    const mounted = (listAt(node, 'volumes')?.items ?? []).flatMap((mount) => {
      const source = textAt(mount, 'source');
      return scalarAt(mount, 'type')?.value === 'image' && source !== undefined ? [source] : [];
    });
    return [image, ...mounted];
  });
}

/** `NAME=value` of every variable that files are read with. */
export function listVariables({ variables }: ComposeProject): readonly string[] {
  return [...variables].map(([name, { value }]) => `${name}=${value}`).sort();
}

/** The text whose SHA-256 is a service's hash; undefined for a service that is not enabled. */
export function renderHashText({ model }: ComposeProject, service: string): string | undefined {
  const node = mapAt(model, 'services', service);
  return node === undefined ? undefined : renderForHash(node);
}
