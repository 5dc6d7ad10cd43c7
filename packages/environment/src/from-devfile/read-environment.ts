import type { Devfile } from '@devstead/devfile';
import type { Diagnostic } from '@devstead/kit';
import type { Environment } from '../types.ts';
import { reportIgnoredParts } from './ignored-parts.ts';
import { readArtifacts } from './read-artifacts.ts';
import { readCommands } from './read-commands.ts';
import { readContainers } from './read-containers.ts';
import { readEvents } from './read-events.ts';
import { readProjects } from './read-projects.ts';
import { readStarters } from './read-starters.ts';
import { readVolumes } from './read-volumes.ts';
import { type OriginsOf, originOfRule, type Reading, startReading } from './reading.ts';

export interface EnvironmentReading {
  readonly environment: Environment;
  /** Codes `environment.*`; with an error among them the environment is for showing, not for running. */
  readonly diagnostics: readonly Diagnostic[];
}

interface ReadOptions {
  readonly originsOf: OriginsOf;
  /** The devfile's name as people see it, relative: it stands in the model and in the diagnostics. */
  readonly file: string;
  /** The environment's name when the devfile has no `metadata.name`, usually that of its folder. */
  readonly fallbackName: string;
}

/**
 * The environment that a devfile 2.x describes, each value with where it came from. The devfile has been checked and
 * its variables substituted; what only the model can judge comes back as diagnostics (devfile 2, 1.3, 1.6 and 1.7).
 */
export function readEnvironmentFromDevfile(devfile: Devfile, options: ReadOptions): EnvironmentReading {
  const reading = startReading(devfile, options.originsOf, options.file);
  reportIgnoredParts(reading);
  const name = reading.take(
    'name',
    { at: ['metadata', 'name'], value: devfile.metadata?.name || undefined },
    { value: options.fallbackName, rule: 'without metadata.name, the folder names the environment' },
  );
  recordSource(reading);
  const projects = readProjects(reading);
  const containers = readContainers(reading, projects);
  const artifacts = readArtifacts(reading);
  const commands = readCommands(reading, containers);
  const environment = {
    schemaVersion: 'environment/v2',
    name,
    source: { format: 'devfile', version: devfile.schemaVersion, file: options.file },
    network: 'shared',
    containers,
    ...(artifacts.length === 0 ? {} : { artifacts }),
    volumes: readVolumes(reading),
    commands,
    events: readEvents(reading, commands),
    projects,
    starters: readStarters(reading),
  } as const;
  return {
    environment: { ...environment, provenance: Object.fromEntries(reading.provenance) },
    diagnostics: reading.diagnostics,
  };
}

function recordSource(reading: Reading): void {
  reading.record('source.format', reading.originsAt(['schemaVersion']));
  reading.record('source.version', reading.originsAt(['schemaVersion']));
  reading.record('source.file', [{ kind: 'file', file: reading.file }]);
  reading.record('network', [originOfRule('containers share one network and one localhost')]);
}
