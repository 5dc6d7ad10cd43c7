import type { Component1, ComponentType1 } from '../types.ts';

type Field = keyof Component1;

const ofAll: readonly Field[] = ['alias', 'type', 'automountWorkspaceSecrets'];
const ofContainers: readonly Field[] = ['env', 'endpoints', 'volumes', 'mountSources'];
const amounts: readonly Field[] = ['memoryLimit', 'memoryRequest', 'cpuLimit', 'cpuRequest'];
const ofEditor: readonly Field[] = [
  ...ofAll,
  ...amounts,
  'id',
  'reference',
  'registryUrl',
  'env',
  'endpoints',
  'volumes',
];
const ofManifest: readonly Field[] = [
  ...ofAll,
  ...ofContainers,
  ...amounts,
  'reference',
  'referenceContent',
  'selector',
  'entrypoints',
];

/** The fields that mean something for a component, by its type (devfile-v1-che 2.1). */
export const fieldsOfTypes: Readonly<Record<ComponentType1, ReadonlySet<string>>> = {
  cheEditor: new Set<string>(ofEditor),
  chePlugin: new Set<string>([...ofEditor, 'preferences']),
  kubernetes: new Set<string>(ofManifest),
  openshift: new Set<string>(ofManifest),
  dockerimage: new Set<string>([...ofAll, ...ofContainers, ...amounts, 'image', 'command', 'args']),
};
