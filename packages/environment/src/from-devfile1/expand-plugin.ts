import type { Component1, DocumentPath, Origin, PluginContainer, ResolvedPlugin } from '@devstead/devfile';
import { expandReferences } from './expand-references.ts';
import { type Expansion, noExtras } from './expansion.ts';

interface PluginInput {
  readonly plugin: ResolvedPlugin;
  /** The component that names it; absent for the default editor. */
  readonly component?: Component1 | undefined;
  readonly originsOf: (path: DocumentPath) => readonly Origin[];
}

/**
 * The containers of an editor or a plugin, each as a dockerimage component: sidecars with the endpoints of the definition,
 * and with the limits of the component, which hold for each of them (devfile-v1-che 2.1). Returns their names.
 */
export function expandPlugin(expansion: Expansion, { plugin, component, originsOf }: PluginInput): readonly string[] {
  const { meta, source } = plugin;
  if (meta === undefined) return [];
  const origins: readonly Origin[] = [
    ...(source === undefined
      ? []
      : [{ kind: 'file' as const, file: source.file, ...source.positions.locate(['spec']) }]
    ).map(({ kind, file, line, column }) => ({ kind, file, line, column })),
    ...originsOf([]).map((origin): Origin => ({ ...origin, kind: 'plugin', detail: plugin.id })),
  ];
  const names: string[] = [];
  for (const [list, containers] of [
    ['initContainers', meta.initContainers],
    ['containers', meta.containers],
  ] as const) {
    for (const [index, container] of containers.entries()) {
      const isInit = list === 'initContainers';
      const isAlone = !isInit && containers.length === 1 && component?.alias !== undefined;
      const name = expansion.name(isAlone ? (component.alias ?? container.name) : container.name);
      const endpoints = isInit
        ? []
        : meta.endpoints.filter(({ targetPort }) => isServedBy(targetPort, index, containers));
      addContainer(expansion, { name, container, endpoints, isInit, component, originsOf, origins, plugin });
      if (!isInit) names.push(name);
    }
  }
  const [first] = names;
  if (component?.alias !== undefined && first !== undefined) expansion.targets.set(component.alias, first);
  return names;
}

/** An endpoint is that of the container that exposes its port; one that none exposes is the first one's. */
function isServedBy(port: number, index: number, containers: readonly PluginContainer[]): boolean {
  const server = containers.findIndex(({ ports }) => ports.includes(port));
  return Math.max(server, 0) === index;
}

interface Addition extends PluginInput {
  readonly name: string;
  readonly container: PluginContainer;
  readonly endpoints: NonNullable<ResolvedPlugin['meta']>['endpoints'];
  readonly isInit: boolean;
  readonly origins: readonly Origin[];
}

const amounts = ['memoryLimit', 'memoryRequest', 'cpuLimit', 'cpuRequest'] as const;

function addContainer(expansion: Expansion, addition: Addition): void {
  const { name, container, component, origins, originsOf } = addition;
  for (const volume of container.volumes) {
    const known = expansion.volumes.get(volume.name);
    const isEphemeral = volume.ephemeral && known?.isEphemeral !== false;
    expansion.volumes.set(volume.name, { isEphemeral, origins });
  }
  const env = expandReferences([
    ...new Map([...container.env, ...(component?.env ?? [])].map((variable) => [variable.name, variable])).values(),
  ]);
  const limits = amounts.flatMap((field): [string, string | number][] => {
    const amount = component?.[field] ?? container[field];
    return amount === undefined ? [] : [[field, amount]];
  });
  const endpoints = addition.endpoints.map(({ name: endpoint, targetPort, public: isPublic, attributes }) => ({
    name: endpoint,
    port: targetPort,
    attributes: { ...attributes, public: String(isPublic) },
  }));
  const volumes = [
    ...container.volumes.map(({ name: volume, mountPath }) => ({ name: volume, containerPath: mountPath })),
    ...(component?.volumes ?? []),
  ];
  expansion.components.push({
    extras: { ...noExtras, isFirst: addition.isInit },
    component: {
      alias: name,
      type: 'dockerimage',
      image: container.image,
      ...(container.command === undefined ? {} : { command: container.command }),
      ...(container.args === undefined ? {} : { args: container.args }),
      ...Object.fromEntries(limits),
      mountSources: container.mountSources,
      ...(env.length === 0 ? {} : { env }),
      ...(volumes.length === 0 ? {} : { volumes }),
      ...(endpoints.length === 0 ? {} : { endpoints }),
    },
    originsOf: ([field]) => {
      const isOwn = amounts.some((amount) => amount === field) && component?.[field as 'memoryLimit'] !== undefined;
      return isOwn && field !== undefined ? [...originsOf([field]), ...origins] : origins;
    },
  });
}
