import type { ServiceBuild } from '../../service-types.ts';
import { type ComposeNode, listAt, type MapNode, mapAt, nodeAt } from '../tree/node.ts';
import type { Notes } from './notes.ts';
import { present, readBytes, readFlag, readText, readTexts, readUlimits, readVariables } from './read-values.ts';

/** How the image of a service is built (Compose Build Specification). */
export function readBuild(node: MapNode, path: string, notes: Notes): ServiceBuild | undefined {
  const build = mapAt(node, 'build');
  if (build === undefined) return undefined;
  return {
    context: readText(build, 'context') ?? '.',
    ...present({
      dockerfile: readText(build, 'dockerfile'),
      dockerfileInline: readText(build, 'dockerfile_inline'),
      target: readText(build, 'target'),
    }),
    args: readVariables(nodeAt(build, 'args'), `${path}.build.args`, notes),
    ...readBuildExtras(build, `${path}.build`, notes),
  };
}

/** What few builds have; nothing of it is in the model where nothing is written. */
function readBuildExtras(build: MapNode, path: string, notes: Notes): Partial<ServiceBuild> {
  const secrets = (listAt(build, 'secrets')?.items ?? []).flatMap((item) => {
    const source = readText(item) ?? readText(item, 'source');
    return source === undefined ? [] : [{ id: readText(item, 'target') ?? source, source }];
  });
  for (const key of ['secrets', 'network', 'pull', 'tags', 'ssh', 'platforms'])
    notes.note(`${path}.${key}`, nodeAt(build, key));
  notes.note(`${path}.extraHosts`, nodeAt(build, 'extra_hosts'));
  notes.note(`${path}.noCache`, nodeAt(build, 'no_cache'));
  notes.note(`${path}.shmSizeBytes`, nodeAt(build, 'shm_size'));
  const filled = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);
  return present({
    labels: filled(readVariables(nodeAt(build, 'labels'), `${path}.labels`, notes)),
    contexts: filled(readVariables(nodeAt(build, 'additional_contexts'), `${path}.contexts`, notes)),
    secrets: filled(secrets),
    extraHosts: filled(readTexts(build, 'extra_hosts')),
    network: readText(build, 'network'),
    noCache: readFlag(build, 'no_cache') ? true : undefined,
    pull: readFlag(build, 'pull') ? true : undefined,
    tags: filled(readTexts(build, 'tags')),
    ssh: filled(readKeys(nodeAt(build, 'ssh'))),
    platforms: filled(readTexts(build, 'platforms')),
    shmSizeBytes: readBytes(build, 'shm_size'),
    ulimits: filled(readUlimits(build, path, notes)),
  });
}

/** Keys for steps: `ID`, which is the user's agent, or `ID` with a path. */
function readKeys(node: ComposeNode | undefined): NonNullable<ServiceBuild['ssh']> {
  const written = node?.kind === 'map' ? [...node.entries].map(([id, entry]) => [id, readText(entry.node)]) : [];
  const listed = readTexts(node).map((text) => /^([^:=]+)(?:(?:: ?|=)(.*))?$/s.exec(text)?.slice(1) ?? [text]);
  return [...written, ...listed].map(([id = '', path = '']) => ({ id, ...(path === '' ? {} : { path }) }));
}
