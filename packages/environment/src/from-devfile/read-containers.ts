import type { ContainerComponent, DocumentPath } from '@devstead/devfile';
import type { Container, Project } from '../types.ts';
import { listStarters } from './applied.ts';
import { readEndpoints } from './read-endpoints.ts';
import { readMounts } from './read-mounts.ts';
import { readResources } from './read-resources.ts';
import { readSources, readSourceVariables } from './read-sources.ts';
import { readVariables } from './read-variables.ts';
import { originOfRule, type Reading } from './reading.ts';
import { addSharedVariables, collectSharedVariables, type SharedVariable } from './workspace-env.ts';

interface Surroundings {
  readonly projects: readonly Project[];
  readonly shared: readonly SharedVariable[];
}

/** The container components, in the devfile's order, each with its sources, variables, mounts, endpoints and limits. */
export function readContainers(reading: Reading, projects: readonly Project[]): readonly Container[] {
  const surroundings = { projects, shared: collectSharedVariables(reading) };
  return (reading.devfile.components ?? []).flatMap(({ name, container }, index) => {
    if (container === undefined) return [];
    reading.record(`containers.${name}.name`, reading.originsAt(['components', index, 'name']));
    return [readContainer(reading, name, container, ['components', index, 'container'], surroundings)];
  });
}

function readContainer(
  reading: Reading,
  name: string,
  container: ContainerComponent,
  at: DocumentPath,
  { projects, shared }: Surroundings,
): Container {
  const path = `containers.${name}`;
  reading.record(`${path}.image`, reading.originsAt([...at, 'image']));
  const sources = readSources(reading, container, path, at, projects);
  const own = [
    ...(sources === undefined ? [] : readSourceVariables(reading, sources, path)),
    ...readVariables(reading, container.env ?? [], path, [...at, 'env'], sources),
  ];
  return {
    name,
    image: container.image,
    ...readWords(reading, container, 'command', path, at),
    ...readWords(reading, container, 'args', path, at),
    env: addSharedVariables(reading, own, shared, path),
    mounts: readMounts(reading, container.volumeMounts ?? [], path, [...at, 'volumeMounts'], sources),
    endpoints: readEndpoints(reading, container.endpoints ?? [], path, [...at, 'endpoints']),
    resources: readResources(reading, container, path, at),
    ...(sources === undefined ? {} : { sources }),
    dedicated: reading.take(
      `${path}.dedicated`,
      { at: [...at, 'dedicatedPod'], value: container.dedicatedPod },
      { value: false, rule: 'dedicatedPod is false unless said' },
    ),
    ...readStarters(reading, name, path),
  };
}

function readStarters(reading: Reading, name: string, path: string): Pick<Container, 'appliedBy'> {
  const starters = listStarters(reading.devfile, name);
  if (starters.length === 0) return {};
  reading.record(`${path}.appliedBy`, [
    originOfRule('a container that a command applies, and in which none runs, starts when it is applied'),
    ...starters.flatMap(({ index }) => reading.originsAt(['commands', index, 'apply', 'component']).slice(0, 1)),
  ]);
  return { appliedBy: starters.map(({ id }) => id) };
}

/** An empty list replaces nothing, as on Kubernetes: the image's own stays. */
function readWords(
  reading: Reading,
  container: ContainerComponent,
  field: 'command' | 'args',
  path: string,
  at: DocumentPath,
): Pick<Container, 'command' | 'args'> {
  const words = container[field];
  if (words === undefined || words.length === 0) return {};
  reading.record(`${path}.${field}`, reading.originsAt([...at, field]));
  return { [field]: [...words] };
}
