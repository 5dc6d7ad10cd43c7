import { findRepeated, type Problem, type Rule } from '../problem.ts';
import type { Component } from '../types.ts';

const reservedNames = new Set(['PROJECTS_ROOT', 'PROJECT_SOURCE']);

/** Names, volume mounts and environment of components. */
export const checkComponents: Rule = ({ components = [] }) => [
  ...checkNames(components),
  ...checkVolumes(components),
  ...components.flatMap((component, index) => checkContainer(component, index)),
];

function checkNames(components: readonly Component[]): Problem[] {
  return findRepeated(components, ({ name }) => name).map(({ index, key }) => ({
    code: 'devfile.duplicate-component',
    severity: 'error',
    path: ['components', index, 'name'],
    message: `there is already a component ${key}`,
  }));
}

function checkVolumes(components: readonly Component[]): Problem[] {
  const volumes = components.filter(({ volume }) => volume !== undefined).map(({ name }) => name);
  const known = new Set(volumes);
  const mounted = new Set<string>();
  const unknown = components.flatMap(({ name, container }, index) =>
    (container?.volumeMounts ?? []).flatMap((mount, mountIndex): Problem[] => {
      mounted.add(mount.name);
      if (known.has(mount.name)) return [];
      return [
        {
          code: 'devfile.unknown-volume',
          severity: 'error',
          path: ['components', index, 'container', 'volumeMounts', mountIndex, 'name'],
          message: `container ${name} mounts the volume ${mount.name}, and there is no such volume component`,
          hint: `Add a component: \`- name: ${mount.name}\` with \`volume: {}\`.`,
          misspelt: { written: mount.name, known: volumes },
        },
      ];
    }),
  );
  const unused = components.flatMap(({ name, volume }, index): Problem[] =>
    volume === undefined || mounted.has(name)
      ? []
      : [
          {
            code: 'devfile.unused-volume',
            severity: 'warning',
            path: ['components', index, 'name'],
            message: `no container mounts the volume ${name}`,
          },
        ],
  );
  return [...unknown, ...unused];
}

function checkContainer({ name, container }: Component, index: number): Problem[] {
  if (container === undefined) return [];
  const problems: Problem[] = (container.env ?? []).flatMap((variable, variableIndex) =>
    reservedNames.has(variable.name)
      ? [
          {
            code: 'devfile.reserved-env',
            severity: 'error',
            path: ['components', index, 'container', 'env', variableIndex, 'name'],
            message: `container ${name} sets ${variable.name}, which the environment sets itself`,
          },
        ]
      : [],
  );
  if (container.image.trim() === '') {
    problems.push({
      code: 'devfile.empty-image',
      severity: 'warning',
      path: ['components', index, 'container', 'image'],
      message: `container ${name} has an empty image name`,
    });
  }
  return problems;
}
