import { findRepeated, type Problem, weighDeparture } from '../../problem.ts';
import { parseQuantity, suggestQuantity } from '../../quantity.ts';
import type { DocumentPath, Profile } from '../../types.ts';
import { identify, nameComponent } from '../name-component.ts';
import { readAmount } from '../read-amount.ts';
import type { Component1, Devfile1 } from '../types.ts';
import { fieldsOfTypes } from './fields-of-types-table.ts';

/** Components alone and beside each other (devfile-v1-che 2.1 and 2.2). */
export function checkComponents1({ components = [] }: Devfile1, profile: Profile): Problem[] {
  return [
    ...checkNames(components),
    ...checkEditors(components),
    ...components.flatMap((component, index) => {
      const path: DocumentPath = ['components', index];
      return [
        ...checkFields(component, index, path),
        ...checkNeeds(component, index, path, profile),
        ...checkEndpoints(component, index, path),
        ...checkVariables(component, index, path),
        ...checkAmounts(component, index, path),
      ];
    }),
  ];
}

function checkNames(components: readonly Component1[]): Problem[] {
  const aliases = findRepeated(components, ({ alias }) => alias);
  const repeatedAliases = new Set(aliases.map(({ index }) => index));
  const alike = findRepeated(components, (component) => `${component.type}\0${identify(component)}`);
  return [
    ...aliases.map(
      ({ index, key }): Problem => ({
        code: 'devfile.duplicate-component',
        severity: 'error',
        path: ['components', index, 'alias'],
        message: `there is already a component with the alias ${key}`,
      }),
    ),
    ...alike
      .filter(({ index }) => !repeatedAliases.has(index))
      .map(({ index, first }): Problem => {
        const component = components[index];
        const name = component === undefined ? '' : nameComponent(component, index);
        return {
          code: 'devfile.ambiguous-component',
          severity: 'error',
          path: ['components', index],
          at: 'key',
          message: `${name} and component number ${first + 1} cannot be told apart`,
        };
      }),
    ...components.flatMap((component, index): Problem[] => {
      if (component.automountWorkspaceSecrets === undefined || component.alias !== undefined) return [];
      const path = ['components', index, 'automountWorkspaceSecrets'];
      const message = `${nameComponent(component, index)} says whether it gets secrets, and has no alias to say it for`;
      return [{ code: 'devfile.secrets-without-alias', severity: 'error', path, at: 'key', message }];
    }),
  ];
}

function checkEditors(components: readonly Component1[]): Problem[] {
  const editors = components.flatMap((component, index) =>
    component.type === 'cheEditor' ? [{ component, index }] : [],
  );
  return editors.slice(1).map(({ component, index }) => ({
    code: 'devfile.multiple-editors',
    severity: 'error',
    path: ['components', index],
    at: 'key',
    message: `${nameComponent(component, index)} is a second editor`,
  }));
}

const knownFields: ReadonlySet<string> = new Set(Object.values(fieldsOfTypes).flatMap((fields) => [...fields]));

/** Nothing refuses a field of another type, and nothing looks at it. */
function checkFields(component: Component1, index: number, path: DocumentPath): Problem[] {
  const known = fieldsOfTypes[component.type];
  return Object.keys(component)
    .filter((field) => !known.has(field) && knownFields.has(field))
    .map((field) => ({
      code: 'devfile.field-of-other-type',
      severity: 'warning',
      path: [...path, field],
      at: 'key',
      message: `${field} has no effect on ${nameComponent(component, index)}, which is a ${component.type}`,
    }));
}

function checkNeeds(component: Component1, index: number, path: DocumentPath, profile: Profile): Problem[] {
  const { type, id, reference, referenceContent, image, memoryLimit } = component;
  const name = nameComponent(component, index);
  const missing = (field: string, more: Partial<Problem> = {}): Problem => ({
    code: 'devfile.schema-missing-field',
    severity: 'error',
    path,
    at: 'key',
    message: `${name} needs the field ${field}`,
    ...more,
  });
  switch (type) {
    case 'dockerimage':
      return [
        ...(image === undefined ? [missing('image', { hint: 'Add it, for example `image: python:3.12`.' })] : []),
        ...(memoryLimit === undefined
          ? [missing('memoryLimit', { ...weighDeparture(profile), hint: 'Add it, for example `memoryLimit: 512Mi`.' })]
          : []),
      ];
    case 'kubernetes':
    case 'openshift':
      return reference === undefined && referenceContent === undefined
        ? [missing('reference or referenceContent')]
        : [];
    default: {
      const found = [id, reference].filter((value) => value !== undefined).length;
      if (found === 1) return [];
      const message = `${name} needs exactly one of id, reference, and has ${found === 0 ? 'none' : 'both'}`;
      const hint = found === 0 ? 'Add one of id, reference.' : 'Keep one of them.';
      return [{ code: 'devfile.schema-one-of', severity: 'error', path, at: 'key', message, hint }];
    }
  }
}

function checkEndpoints(component: Component1, index: number, path: DocumentPath): Problem[] {
  const { endpoints = [] } = component;
  return [
    ...findRepeated(endpoints, ({ name }) => name).map(
      ({ index: repeated, key }): Problem => ({
        code: 'devfile.duplicate-endpoint',
        severity: 'error',
        path: [...path, 'endpoints', repeated, 'name'],
        message: `${nameComponent(component, index)} already has an endpoint ${key}`,
      }),
    ),
    ...endpoints.flatMap(({ name, port }, endpoint): Problem[] => {
      if (port >= 1 && port <= 65535) return [];
      const message = `port ${port} of endpoint ${name} is not between 1 and 65535`;
      return [
        { code: 'devfile.port-range', severity: 'warning', path: [...path, 'endpoints', endpoint, 'port'], message },
      ];
    }),
  ];
}

function checkVariables(component: Component1, index: number, path: DocumentPath): Problem[] {
  return findRepeated(component.env ?? [], ({ name }) => name).map(({ index: repeated, key }) => ({
    code: 'devfile.duplicate-env',
    severity: 'error',
    path: [...path, 'env', repeated, 'name'],
    message: `${nameComponent(component, index)} already sets ${key}`,
  }));
}

function checkAmounts(component: Component1, index: number, path: DocumentPath): Problem[] {
  return (['memory', 'cpu'] as const).flatMap((resource) => {
    const [limit, request] = [component[`${resource}Limit`], component[`${resource}Request`]].map(readAmount);
    const problems = (['Limit', 'Request'] as const).flatMap((kind): Problem[] => {
      const written = component[`${resource}${kind}`];
      const amount = readAmount(written);
      const quantity = amount === undefined || amount === '' ? 0n : parseQuantity(amount);
      if (quantity !== undefined && quantity >= 0n) return [];
      const meant = suggestQuantity(String(written), resource);
      const hint = meant === undefined ? 'Write it like `512Mi`, `2G` or `500m`.' : `Write \`${meant}\`.`;
      const message = `${resource}${kind} is ${String(written)}, which is no quantity`;
      return [
        { code: 'devfile.bad-quantity', severity: 'error', path: [...path, `${resource}${kind}`], message, hint },
      ];
    });
    const [most, asked] = [parseQuantity(limit ?? ''), parseQuantity(request ?? '')];
    if (problems.length > 0 || most === undefined || asked === undefined || asked <= most) return problems;
    const message = `${nameComponent(component, index)} asks for ${request} of ${resource}, and its limit is ${limit}`;
    return [{ code: 'devfile.request-above-limit', severity: 'error', path: [...path, `${resource}Request`], message }];
  });
}
