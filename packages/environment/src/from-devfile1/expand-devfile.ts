import type { Component1, Devfile1, DocumentPath, ManifestObject, Origin } from '@devstead/devfile';
import { expandPlugin } from './expand-plugin.ts';
import { expandReferences } from './expand-references.ts';
import { Expansion, noExtras } from './expansion.ts';
import { gatherCatalog } from './manifest/data-objects.ts';
import { expandManifest } from './manifest/expand-manifest.ts';
import { addSharedVariables } from './shared-variables.ts';
import type { SoundDevfile1 } from './types.ts';

/** A devfile 1.0.0 all of whose components are dockerimages. */
export interface ExpandedDevfile {
  readonly devfile: Devfile1;
  readonly expansion: Expansion;
  readonly originsOf: (path: DocumentPath) => readonly Origin[];
  /** The containers of each editor and plugin, in the order of `plugins`. */
  readonly pluginContainers: readonly (readonly string[])[];
}

/**
 * Makes containers of everything in a devfile that runs some: manifests, editors and plugins become dockerimage components,
 * and commands name the container that they run in.
 */
export function expandDevfile1(read: SoundDevfile1): ExpandedDevfile {
  const expansion = new Expansion();
  const { components = [], commands = [] } = read.devfile;
  const objects = [...read.manifests.values()].flat();
  const catalog = gatherCatalog(objects);
  const pluginContainers = new Map<number, readonly string[]>();
  // People's own containers keep their names.
  for (const { alias, type } of components) if (type === 'dockerimage' && alias !== undefined) expansion.name(alias);
  for (const [index, component] of components.entries()) {
    const originsOf = (path: DocumentPath) => read.originsOf(['components', index, ...path]);
    if (component.type === 'dockerimage') {
      addContainer(expansion, component, originsOf);
    } else if (component.type === 'kubernetes' || component.type === 'openshift') {
      const own: readonly ManifestObject[] = read.manifests.get(index) ?? [];
      expandManifest(expansion, { component, objects: own, originsOf }, catalog);
    } else {
      const place = read.plugins.findIndex((plugin) => plugin.component === index);
      const plugin = read.plugins[place];
      if (plugin !== undefined) pluginContainers.set(place, expandPlugin(expansion, { plugin, component, originsOf }));
    }
  }
  addSharedVariables(expansion, read);
  return {
    expansion,
    devfile: {
      ...read.devfile,
      components: expansion.components.map(({ component }) => component),
      commands: commands.map((command) => ({
        ...command,
        actions: command.actions.map((action) =>
          action.component === undefined
            ? action
            : { ...action, component: expansion.targets.get(action.component) ?? action.component },
        ),
      })),
    },
    originsOf: (path) => {
      const [section, index, ...rest] = path;
      if (section !== 'components' || typeof index !== 'number') return read.originsOf(path);
      return expansion.components[index]?.originsOf(rest) ?? [];
    },
    pluginContainers: read.plugins.map((_, place) => pluginContainers.get(place) ?? []),
  };
}

/** A dockerimage; by the names of its discoverable endpoints others reach it. */
function addContainer(
  expansion: Expansion,
  component: Component1,
  originsOf: (path: DocumentPath) => readonly Origin[],
): void {
  const { alias, env = [], endpoints = [] } = component;
  if (component.automountWorkspaceSecrets === true) {
    const at = originsOf(['automountWorkspaceSecrets']);
    const message = 'automountWorkspaceSecrets has no effect here: secrets of a workspace are objects of a cluster.';
    expansion.report('environment.attribute-ignored', 'info', at, message);
  }
  if (alias !== undefined) expansion.targets.set(alias, alias);
  const aliases = endpoints.flatMap(({ name, attributes }, index) =>
    attributes?.['discoverable'] === 'true' ? [{ value: name, origins: originsOf(['endpoints', index]) }] : [],
  );
  expansion.components.push({
    extras: { ...noExtras, aliases },
    component: { ...component, ...(env.length === 0 ? {} : { env: expandReferences(env) }) },
    originsOf,
  });
}
