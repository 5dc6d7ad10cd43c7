import { convertDevfile1 } from '@devstead/devfile';
import { normalizeContainerPath } from '../from-devfile/container-path.ts';
import { type EnvironmentReading, readEnvironmentFromDevfile } from '../from-devfile/read-environment.ts';
import type { Container } from '../types.ts';
import { completeDevfile } from './complete-devfile.ts';
import { completeProvenance } from './complete-provenance.ts';
import { expandDevfile1 } from './expand-devfile.ts';
import type { ContainerExtras } from './expansion.ts';
import { readEditor } from './read-editor.ts';
import type { SoundDevfile1 } from './types.ts';

interface ReadOptions {
  /** The devfile's name as people see it, relative: it stands in the model and in the diagnostics. */
  readonly file: string;
  /** The environment's name when the devfile has none, usually that of its folder. */
  readonly fallbackName: string;
}

/**
 * The environment that a devfile 1.0.0 describes, each value with where it came from (devfile-v1-che 2.1 and 2.5). Manifests,
 * editors and plugins become containers; then it goes through the words of 2.x, so that both formats mean the same here.
 */
export function readEnvironmentFromDevfile1(
  read: SoundDevfile1,
  { file, fallbackName }: ReadOptions,
): EnvironmentReading {
  const expanded = expandDevfile1(read);
  const { expansion } = expanded;
  const { devfile, originsOf } = expanded;
  const converted = convertDevfile1({ devfile, file, originsOf, references: read.references, manifests: new Map() });
  const completed = completeDevfile(converted, expanded, read.plugins);
  const reading = readEnvironmentFromDevfile(completed.devfile, { originsOf: completed.originsOf, file, fallbackName });
  const extras = new Map<string, ContainerExtras>();
  for (const [index, name] of converted.containers) {
    const own = expansion.components[index]?.extras;
    if (own !== undefined) extras.set(name, own);
  }
  const pluginContainers = expanded.pluginContainers.map((names) =>
    names.map((name) => findGivenName(name, expanded.devfile.components ?? [], converted.containers)),
  );
  const environment = {
    ...reading.environment,
    source: { ...reading.environment.source, version: read.devfile.apiVersion },
    containers: reading.environment.containers.map((container) => addExtras(container, extras.get(container.name))),
    editor: readEditor(read, pluginContainers),
  };
  const losses = converted.losses.filter(
    ({ topic, diagnostic }) => topic === 'command' || (topic === 'value' && diagnostic.code === 'convert.dropped'),
  );
  return {
    environment: { ...environment, provenance: completeProvenance(environment, extras, read, file) },
    diagnostics: [
      ...expansion.diagnostics.map((diagnostic) => ({ file, ...diagnostic })),
      ...losses.map(({ diagnostic }) => diagnostic),
      ...reading.diagnostics,
    ],
  };
}

function findGivenName(
  name: string,
  components: readonly { readonly alias?: string }[],
  containers: ReadonlyMap<number, string>,
): string {
  return containers.get(components.findIndex(({ alias }) => alias === name)) ?? name;
}

function addExtras(container: Container, extras: ContainerExtras | undefined): Container {
  if (extras === undefined) return container;
  const aliases = [...new Set(extras.aliases.map(({ value }) => value.toLowerCase()))].filter(
    (alias) => alias !== container.name && isHostName(alias),
  );
  const files = extras.files.flatMap(({ value }) => {
    const path = normalizeContainerPath(value.path);
    return path === undefined ? [] : [{ ...value, path }];
  });
  const traits = new Map([...extras.mounts].map(([path, { value }]) => [normalizeContainerPath(path) ?? path, value]));
  const mounts = container.mounts.map((mount) => ({ ...mount, ...traits.get(mount.path) }));
  return {
    ...container,
    mounts,
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(files.length === 0 ? {} : { files }),
    ...(extras.isOnce ? { runsOnce: true as const } : {}),
  };
}

function isHostName(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text);
}
