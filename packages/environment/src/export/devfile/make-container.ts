import type { Component, ContainerComponent, VolumeMount } from '@devstead/devfile';
import { present } from '../../from-compose/to-environment/read-values.ts';
import type { Container, Resources } from '../../types.ts';
import type { Losses } from '../losses.ts';
import { reportContainerExtras } from '../report-container-extras.ts';
import { formatBytes, formatMillis } from '../text/amounts.ts';
import type { ExportSource } from '../types.ts';
import { makeEndpoints } from './make-endpoints.ts';
import type { Naming } from './naming.ts';
import { reportService } from './report-service.ts';

export interface ContainerScope {
  readonly source: ExportSource;
  readonly losses: Losses;
  readonly naming: Naming;
  /** Which container has a port of the shared network. */
  readonly owners: ReadonlyMap<number, string>;
  readonly addComponent: (wanted: string, component: Omit<Component, 'name'>) => string;
}

const usualRoot = '/projects';
const reserved = new Set(['PROJECTS_ROOT', 'PROJECT_SOURCE']);

/** A container of the model as a component (devfile 2, 1.2). `mountSources` is always written: its default is not one. */
export function makeContainer(container: Container, scope: ContainerScope): Component {
  const { name, image, command, args, service } = container;
  const { losses, naming } = scope;
  const root = findRoot(container, scope);
  const mounts = [...makeMounts(container, scope), ...makeTmpfs(container, scope)];
  const { endpoints, isApart } = makeEndpoints(container, scope);
  const resources = limitRequests(container, losses);
  const isDedicated = service === undefined ? container.dedicated : isApart;
  const component: ContainerComponent = {
    image,
    ...present({
      command: command === undefined || command.length === 0 ? undefined : command,
      args: args === undefined || args.length === 0 ? undefined : args,
      env: listOrNone(makeVariables(container, losses)),
      memoryLimit: mapAmount(resources.memoryLimitBytes, formatBytes),
      memoryRequest: mapAmount(resources.memoryRequestBytes, formatBytes),
      cpuLimit: mapAmount(resources.cpuLimitMillis, formatMillis),
      cpuRequest: mapAmount(resources.cpuRequestMillis, formatMillis),
      dedicatedPod: isDedicated ? true : undefined,
    }),
    mountSources: root !== undefined,
    ...present({
      sourceMapping: root === usualRoot ? undefined : root,
      volumeMounts: listOrNone(mounts),
      endpoints: listOrNone(endpoints),
    }),
  };
  reportContainerExtras(container, losses);
  if (container.runsOnce === true)
    losses.change(`containers.${container.name}.runsOnce`, `${container.name} is started again when it has ended.`);
  if (service !== undefined) reportService(container, service, losses);
  return { name: naming.container(name), container: component };
}

/** A devfile may not ask for more than it allows. */
function limitRequests({ name, resources }: Container, losses: Losses): Resources {
  const { memoryLimitBytes, memoryRequestBytes, cpuLimitMillis, cpuRequestMillis } = resources;
  const isMemoryOver = (memoryRequestBytes ?? 0) > (memoryLimitBytes ?? Number.POSITIVE_INFINITY);
  const isCpuOver = (cpuRequestMillis ?? 0) > (cpuLimitMillis ?? Number.POSITIVE_INFINITY);
  const message = `${name} asks for as much as its limit allows; it asked for more.`;
  if (isMemoryOver) losses.change(`containers.${name}.resources.memoryRequestBytes`, message);
  if (isCpuOver) losses.change(`containers.${name}.resources.cpuRequestMillis`, message);
  return {
    ...resources,
    ...(isMemoryOver && memoryLimitBytes !== undefined ? { memoryRequestBytes: memoryLimitBytes } : {}),
    ...(isCpuOver && cpuLimitMillis !== undefined ? { cpuRequestMillis: cpuLimitMillis } : {}),
  };
}

function listOrNone<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

function mapAmount(amount: number | undefined, format: (amount: number) => string): string | undefined {
  return amount === undefined ? undefined : format(amount);
}

/** Where the sources are: the model's place, or where a service has the project's folder mounted. */
function findRoot({ name, sources, service }: Container, { source, losses }: ContainerScope): string | undefined {
  let root = sources?.root;
  for (const { source: folder, path, readOnly } of service?.binds ?? []) {
    const at = `containers.${name}.service.binds.${path}`;
    if (folder === source.folder && root === undefined) {
      root = path;
      if (readOnly) losses.change(at, `${name} can write to the sources, which were mounted read-only.`);
    } else {
      losses.drop(
        at,
        `${folder} is not mounted at ${path} in ${name}: a devfile mounts the sources as one folder, and nothing else of the machine.`,
        folder.startsWith(`${source.folder}/`)
          ? { hint: `It is below PROJECT_SOURCE: set \`mountSources: true\`, and let ${name} use it there.` }
          : {},
      );
    }
  }
  return root;
}

function makeVariables({ name, env, sources }: Container, losses: Losses): { name: string; value: string }[] {
  return env.flatMap((variable) => {
    if (!reserved.has(variable.name)) return [{ name: variable.name, value: variable.value }];
    if (sources === undefined) {
      losses.drop(
        `containers.${name}.env.${variable.name}`,
        `${variable.name} is a name that devfiles set themselves.`,
      );
    }
    return [];
  });
}

function makeMounts({ name, mounts }: Container, { naming, losses }: ContainerScope): VolumeMount[] {
  return mounts.map(({ volume, path, readOnly, subPath }) => {
    const at = `containers.${name}.mounts.${volume}`;
    if (readOnly === true) losses.drop(`${at}.readOnly`, `${name} can write to volume ${volume}.`);
    if (subPath !== undefined) {
      losses.drop(`${at}.subPath`, `${name} has the whole of volume ${volume} at ${path}, not its folder ${subPath}.`);
    }
    const mounted = naming.volume(volume);
    return { name: mounted, ...(path === `/${mounted}` ? {} : { path }) };
  });
}

/** Memory as a file system comes nearest to a volume that goes with the workspace. */
function makeTmpfs({ name, service }: Container, { addComponent, losses }: ContainerScope): VolumeMount[] {
  return (service?.tmpfs ?? []).map(({ path, sizeBytes }) => {
    losses.change(
      `containers.${name}.service.tmpfs.${path}`,
      `${path} of ${name} is a volume that goes when the workspace stops, on a disk and not in memory.`,
      { severity: 'info' },
    );
    const volume = addComponent(`${name}${path}`, {
      volume: { ephemeral: true, ...(sizeBytes === undefined ? {} : { size: formatBytes(sizeBytes) }) },
    });
    return { name: volume, path };
  });
}
