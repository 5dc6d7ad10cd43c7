import type { Origin } from '@devstead/devfile';
import {
  type Component1,
  type DocumentPath,
  type Endpoint1,
  findPodSpec,
  listContainers,
  type ManifestObject,
} from '@devstead/devfile';
import { expandReferences } from '../expand-references.ts';
import { type ContainerExtras, type Expansion, noExtras } from '../expansion.ts';
import type { Catalog } from './data-objects.ts';
import { entranceKinds, readEntrances } from './read-entrances.ts';
import { type NamedPorts, type PodServices, readPodServices } from './read-services.ts';
import { readAt, readList, readText, readTexts, readWords } from './read-value.ts';
import { readManifestVariables } from './read-variables.ts';
import { readManifestMounts } from './read-volumes.ts';
import { reportParts } from './report-parts.ts';

/** A component with a manifest, and where its own values stand. */
export interface ManifestComponent1 {
  readonly component: Component1;
  readonly objects: readonly ManifestObject[];
  readonly originsOf: (path: DocumentPath) => readonly Origin[];
}

/** Objects that others name; alone they are nothing that runs. */
const named = new Set(['ConfigMap', 'Secret', 'PersistentVolumeClaim', 'Service', 'ServiceAccount', ...entranceKinds]);

/**
 * The containers of the objects of a manifest, each as a dockerimage component (devfile-v1-che 2.5). Kinds that run none and
 * that nothing here takes the place of give `environment.object-ignored`.
 */
export function expandManifest(expansion: Expansion, own: ManifestComponent1, catalog: Catalog): void {
  const services = own.objects.filter(({ kind }) => kind === 'Service');
  const entrances = readEntrances(expansion, own.objects);
  const reached = new Set<string>();
  const pods = own.objects.flatMap((object) => {
    const podSpec = isRun(expansion, object) ? findPodSpec(object.kind) : undefined;
    return podSpec === undefined ? [] : [{ object, podSpec }];
  });
  const count = pods.reduce((sum, { object, podSpec }) => sum + listContainers(object.value, podSpec).length, 0);
  let isFirst = true;
  for (const { object, podSpec } of pods) {
    reportParts(expansion, object, podSpec);
    const [labels, ports] = [readPodLabels(object, podSpec), readPortNames(object, podSpec)];
    const found = readPodServices(expansion, services, entrances, labels, ports);
    for (const { value } of found.aliases) reached.add(value);
    for (const path of listContainers(object.value, podSpec, 'initContainers')) {
      expandContainer(expansion, own, { object, podSpec, path, catalog, isInit: true, isAlone: false });
    }
    for (const [index, path] of listContainers(object.value, podSpec).entries()) {
      const services1 = index === 0 ? found : undefined;
      const input = { object, podSpec, path, catalog, isInit: false, isAlone: count === 1 };
      const name = expandContainer(expansion, own, input, services1, isFirst ? own.component.endpoints : undefined);
      if (isFirst && own.component.alias !== undefined) expansion.targets.set(own.component.alias, name);
      isFirst = false;
    }
  }
  for (const { service, object, at } of entrances.filter((one) => !reached.has(one.service))) {
    const message = `${object.kind} ${object.name} leads to ${service}, which is no Service of a pod of this manifest.`;
    expansion.report('environment.unknown-object', 'warning', object.originsOf(at), message);
  }
}

function isRun(expansion: Expansion, object: ManifestObject): boolean {
  const { kind, name } = object;
  if (named.has(kind)) return false;
  const isTimed = kind === 'CronJob';
  if (findPodSpec(kind) === undefined || isTimed) {
    const reason = isTimed ? 'nothing is run at times here' : 'only a cluster has it';
    expansion.report(
      'environment.object-ignored',
      'warning',
      object.originsOf(['kind']),
      `${kind} ${name} is left out: ${reason}.`,
    );
    return false;
  }
  if (kind === 'Job') return true;
  const replicas = readText(object.value, 'spec', 'replicas');
  if (replicas === undefined || replicas === '1') return true;
  const isNone = replicas === '0';
  const message = isNone ? `${kind} ${name} has no replicas, and is not started.` : `${kind} ${name} runs once here.`;
  expansion.report('environment.object-part', 'info', object.originsOf(['spec', 'replicas']), message);
  return !isNone;
}

function readPodLabels({ kind, value }: ManifestObject, podSpec: DocumentPath): ReadonlyMap<string, string> {
  const pod = kind === 'Pod' ? [] : podSpec.slice(0, -1);
  return readTexts(value, ...pod, 'metadata', 'labels');
}

function readPortNames({ value }: ManifestObject, podSpec: DocumentPath): NamedPorts {
  const ports = listContainers(value, podSpec).flatMap((path) => readList(value, ...path, 'ports'));
  return new Map(
    ports.flatMap((port): [string, number][] => {
      const name = readText(port, 'name');
      const number = Number(readText(port, 'containerPort'));
      return name === undefined || !Number.isInteger(number) ? [] : [[name, number]];
    }),
  );
}

interface ContainerInput {
  readonly object: ManifestObject;
  readonly podSpec: DocumentPath;
  readonly path: DocumentPath;
  readonly catalog: Catalog;
  readonly isInit: boolean;
  /** It is the only container of its component. */
  readonly isAlone: boolean;
}

function expandContainer(
  expansion: Expansion,
  { component, originsOf }: ManifestComponent1,
  { object, podSpec, path, catalog, isInit, isAlone }: ContainerInput,
  services: PodServices = { aliases: [], endpoints: [] },
  endpoints: readonly Endpoint1[] = [],
): string {
  const { value } = object;
  const own = readText(value, ...path, 'name') ?? object.name;
  const name = expansion.name(isAlone && component.alias !== undefined ? component.alias : own || 'container');
  const mounts = readManifestMounts({ expansion, object, podSpec, catalog }, path);
  const given = (component.env ?? []).map((variable, index) => ({
    ...variable,
    origins: originsOf(['env', index, 'value']),
  }));
  const variables = new Map(
    [...readManifestVariables(expansion, object, path, catalog), ...given].map((variable) => [variable.name, variable]),
  );
  const env = expandReferences([...variables.values()]);
  const mountSources = component.mountSources === true || mounts.hasSources;
  const allEndpoints = [
    ...services.endpoints.map(({ endpoint, object: service, path: at }) => ({
      endpoint,
      origins: service.originsOf(at),
    })),
    ...endpoints.map((endpoint, index) => ({ endpoint, origins: originsOf(['endpoints', index]) })),
  ];
  const unique = [...new Map(allEndpoints.map((one) => [one.endpoint.port, one])).values()];
  const volumes = [
    ...mounts.volumes.map(({ volume, path: at }) => ({ volume, origins: object.originsOf(at) })),
    ...(component.volumes ?? []).map((volume, index) => ({ volume, origins: originsOf(['volumes', index]) })),
  ];
  const extras: ContainerExtras = {
    ...noExtras,
    aliases: [...services.aliases],
    files: mounts.files,
    mounts: mounts.mounts,
    isFirst: isInit,
    isOnce: !isInit && object.kind === 'Job',
  };
  const fields: Readonly<Record<string, DocumentPath>> = {
    alias: [...path, 'name'],
    image: [...path, 'image'],
    command: [...path, 'command'],
    args: [...path, 'args'],
    memoryLimit: [...path, 'resources', 'limits', 'memory'],
    memoryRequest: [...path, 'resources', 'requests', 'memory'],
    cpuLimit: [...path, 'resources', 'limits', 'cpu'],
    cpuRequest: [...path, 'resources', 'requests', 'cpu'],
  };
  expansion.components.push({
    extras,
    component: {
      alias: name,
      type: 'dockerimage',
      image: readText(value, ...path, 'image') ?? '',
      ...readWordsOf(value, path, 'command'),
      ...readWordsOf(value, path, 'args'),
      ...readAmounts(value, path, fields),
      mountSources,
      ...(env.length === 0
        ? {}
        : { env: env.map(({ name: variable, value: text }) => ({ name: variable, value: text })) }),
      ...(volumes.length === 0 ? {} : { volumes: volumes.map(({ volume }) => volume) }),
      ...(unique.length === 0 ? {} : { endpoints: unique.map(({ endpoint }) => endpoint) }),
    },
    originsOf: ([field = '', index = 0]) => {
      const at = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (at !== undefined) return object.originsOf(at);
      if (field === 'env') return env[Number(index)]?.origins ?? object.originsOf(path);
      if (field === 'volumes') return volumes[Number(index)]?.origins ?? object.originsOf(path);
      if (field === 'endpoints') return unique[Number(index)]?.origins ?? object.originsOf(path);
      return field === 'mountSources' && component.mountSources === true
        ? originsOf(['mountSources'])
        : object.originsOf(path);
    },
  });
  return name;
}

function readWordsOf(
  value: unknown,
  path: DocumentPath,
  field: 'command' | 'args',
): Pick<Component1, 'command' | 'args'> {
  const words = readWords(value, ...path, field);
  return words === undefined ? {} : { [field]: words };
}

function readAmounts(
  value: unknown,
  path: DocumentPath,
  fields: Readonly<Record<string, DocumentPath>>,
): Partial<Component1> {
  const amounts = ['memoryLimit', 'memoryRequest', 'cpuLimit', 'cpuRequest'];
  return Object.fromEntries(
    amounts.flatMap((field) => {
      const amount = readText(readAt(value, ...(fields[field] ?? path)));
      return amount === undefined ? [] : [[field, amount]];
    }),
  );
}
