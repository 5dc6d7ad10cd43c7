import type { Diagnostic } from '@devstead/kit';
import type { Container, Environment, FileObject, Network, Volume } from '../../types.ts';
import type { ComposeProject } from '../project/types.ts';
import { Reporter } from '../report.ts';
import { type ComposeNode, listAt, type MapNode, mapAt, nodeAt } from '../tree/node.ts';
import { Notes } from './notes.ts';
import { readService } from './read-service.ts';
import { present, readFlag, readText, readVariables } from './read-values.ts';
import { reportIgnoredKeys } from './report-ignored-keys.ts';

export interface ComposeEnvironmentReading {
  readonly environment: Environment;
  /** `compose.ignored-key` and `compose.needs-trust`. */
  readonly diagnostics: readonly Diagnostic[];
}

interface Options {
  /** A compose file's name as people see it. */
  nameFile(path: string): string;
}

/**
 * The environment that a compose project describes, each value with where it came from, and what of the project has no
 * effect here. The project has been read without errors.
 */
export function readEnvironmentFromCompose(project: ComposeProject, options: Options): ComposeEnvironmentReading {
  const nameFile = (path: string) => options.nameFile(path);
  const report = new Reporter(nameFile);
  const notes = new Notes(nameFile);
  const { model, name, folder } = project;
  notes.set('name', project.nameOrigins);
  const files = project.files.map((path) => nameFile(path));
  notes.set('source', [{ kind: 'file', file: files[0] ?? '' }]);
  notes.rule('network', 'services meet in the networks they name');
  notes.rule('events', 'a compose project has no events of the environment');
  const containers: Container[] = [];
  const anonymous: Volume[] = [];
  for (const [service, { node }] of mapAt(model, 'services')?.entries ?? []) {
    if (node.kind !== 'map') continue;
    const reading = readService(service, node, { projectName: name, folder, model, notes, report });
    containers.push(reading.container);
    anonymous.push(...reading.anonymous);
  }
  reportIgnoredKeys(model, report);
  const secrets = readFileObjects(model, 'secrets', notes);
  const configs = readFileObjects(model, 'configs', notes);
  const environment: Omit<Environment, 'provenance'> = {
    schemaVersion: 'environment/v2',
    name,
    source: { format: 'compose', version: 'spec', file: files[0] ?? '', ...(files.length > 1 ? { files } : {}) },
    network: 'named',
    containers,
    volumes: [...readVolumes(model, notes), ...anonymous],
    networks: readNetworks(model, notes),
    ...(secrets.length === 0 ? {} : { secrets }),
    ...(configs.length === 0 ? {} : { configs }),
    commands: [],
    events: { preStart: [], postStart: [], preStop: [], postStop: [] },
    projects: [],
    starters: [],
  };
  const provenance = notes.provenanceOf({ ...environment, provenance: {} });
  return { environment: { ...environment, provenance }, diagnostics: report.diagnostics };
}

function readVolumes(model: MapNode, notes: Notes): readonly Volume[] {
  return listResources(model, 'volumes').map(([name, node]) => {
    const path = `volumes.${name}`;
    noteResource(path, node, notes);
    const labels = readVariables(nodeAt(node, 'labels'), `${path}.labels`, notes);
    return {
      name,
      ephemeral: false,
      ...present({ fullName: readText(node, 'name') }),
      ...(readFlag(node, 'external') ? { external: true } : {}),
      ...(labels.length === 0 ? {} : { labels }),
    };
  });
}

function readNetworks(model: MapNode, notes: Notes): readonly Network[] {
  return listResources(model, 'networks').map(([name, node]) => {
    const path = `networks.${name}`;
    noteResource(path, node, notes);
    const pools = listAt(node, 'ipam', 'config');
    notes.note(`${path}.subnets`, pools);
    return {
      name,
      fullName: readText(node, 'name') ?? name,
      internal: readFlag(node, 'internal'),
      external: readFlag(node, 'external'),
      subnets: (pools?.items ?? []).flatMap((pool) => readText(pool, 'subnet') ?? []),
      labels: readVariables(nodeAt(node, 'labels'), `${path}.labels`, notes),
    };
  });
}

function readFileObjects(model: MapNode, section: 'secrets' | 'configs', notes: Notes): readonly FileObject[] {
  return listResources(model, section).map(([name, node]) => {
    const path = `${section}.${name}`;
    noteResource(path, node, notes);
    return {
      name,
      fullName: readText(node, 'name') ?? name,
      external: readFlag(node, 'external'),
      ...present({
        file: readText(node, 'file'),
        variable: readText(node, 'environment'),
        content: readText(node, 'content'),
      }),
    };
  });
}

const resourceFields = {
  name: 'fullName',
  internal: 'internal',
  external: 'external',
  file: 'file',
  environment: 'variable',
  content: 'content',
};

function noteResource(path: string, node: ComposeNode, notes: Notes): void {
  notes.note(path, node);
  for (const [key, field] of Object.entries(resourceFields)) notes.note(`${path}.${field}`, nodeAt(node, key));
}

function listResources(model: MapNode, section: string): readonly (readonly [string, ComposeNode])[] {
  return [...(mapAt(model, section)?.entries ?? [])].map(([name, { node }]) => [name, node] as const);
}
