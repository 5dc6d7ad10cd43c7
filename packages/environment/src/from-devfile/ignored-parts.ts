import type { Attributes, Component, DocumentPath } from '@devstead/devfile';
import type { Reading } from './reading.ts';
import { storageTypeAttribute, supportedStorageTypes } from './storage-type.ts';

const ignoredKinds = ['plugin'] as const satisfies readonly (keyof Component)[];

const overrides = ['pod-overrides', 'container-overrides'];

/** Attributes that change what an operator runs, by where they stand (devfile 2, 1.6). */
const ignoredAttributes = {
  devfile: [
    ...overrides,
    'controller.devfile.io/project-clone',
    'controller.devfile.io/bootstrap-devworkspace',
    'controller.devfile.io/runtime-class',
    'controller.devfile.io/scc',
    'controller.devfile.io/restore-workspace',
  ],
  component: overrides,
} as const;

/**
 * Says what the environment leaves out: `environment.component-ignored` for components that are not run, and
 * `environment.attribute-ignored` for attributes that would change the environment elsewhere. Commands that apply such
 * a component stay in the model.
 */
export function reportIgnoredParts(reading: Reading): void {
  const { attributes, components = [] } = reading.devfile;
  reportAttributes(reading, attributes, ['attributes'], ignoredAttributes.devfile);
  reportStorageType(reading, attributes?.[storageTypeAttribute]);
  for (const [index, component] of components.entries()) {
    reportComponent(reading, component, ['components', index]);
    reportAttributes(reading, component.attributes, ['components', index, 'attributes'], ignoredAttributes.component);
  }
}

function reportComponent(reading: Reading, component: Component, at: DocumentPath): void {
  const kind = ignoredKinds.find((candidate) => component[candidate] !== undefined);
  if (kind === undefined) return;
  reading.report({
    code: 'environment.component-ignored',
    severity: 'warning',
    at: [...at, 'name'],
    message: `Component "${component.name}" (${kind}) is not run by this version.`,
  });
}

function reportAttributes(
  reading: Reading,
  attributes: Attributes | undefined,
  at: DocumentPath,
  ignored: readonly string[],
): void {
  for (const name of ignored) {
    if (attributes?.[name] !== undefined)
      reportAttribute(reading, [...at, name], `Attribute ${name} has no effect here.`);
  }
}

function reportStorageType(reading: Reading, type: unknown): void {
  if (type === undefined || supportedStorageTypes.includes(type)) return;
  const message = `Storage type ${JSON.stringify(type)} has no effect here: volumes are kept with the workspace.`;
  reportAttribute(reading, ['attributes', storageTypeAttribute], message);
}

function reportAttribute(reading: Reading, at: DocumentPath, message: string): void {
  reading.report({ code: 'environment.attribute-ignored', severity: 'warning', at, message });
}
