import type { Container } from '@devstead/environment';
import type { Io } from '../../io.ts';
import type { LoadedEnvironment } from '../../load-environment.ts';
import { listServiceContainers, type OpenedProject, openProject } from '../open-project.ts';
import type { ProjectOptions } from '../project-options.ts';

/** A project as one command is run in it. */
export interface ProjectOfOneOff extends OpenedProject {
  /** What goes on afterwards and is recorded: without a service that only a profile has. */
  readonly lasting: LoadedEnvironment;
}

/**
 * The project with a service that is asked for by name: where only a profile has it, that profile is active for the service
 * and what it needs, and others of the profile stay away (Compose Specification, Profiles). Throws COMPOSE_INVALID,
 * UNKNOWN_CONTAINER.
 */
export async function openProjectWith(io: Io, options: ProjectOptions, service: string): Promise<ProjectOfOneOff> {
  const project = await openProject(io, options, false);
  const { environment } = project.loaded;
  if (environment.containers.some(({ name }) => name === service)) return { ...project, lasting: project.loaded };
  const all = await openProject(io, { ...options, profile: ['*'] });
  listServiceContainers(all.loaded.environment, [service]);
  const own = all.loaded.environment.containers.find(({ name }) => name === service)?.service?.profiles ?? [];
  const wide = await openProject(io, { ...options, profile: [...(options.profile ?? []), ...own] });
  const kept = new Set(environment.containers.map(({ name }) => name));
  const wanted = listWithNeeds(wide.loaded.environment.containers, service);
  const containers = wide.loaded.environment.containers.filter(({ name }) => kept.has(name) || wanted.has(name));
  const load = (chosen: typeof containers): LoadedEnvironment => {
    return { ...project.loaded, environment: { ...wide.loaded.environment, containers: chosen } };
  };
  return { ...project, loaded: load(containers), lasting: load(containers.filter(({ name }) => name !== service)) };
}

/** The services that one waits for, directly. */
export function listNeeds(containers: readonly Container[], service: string): string[] {
  const own = containers.find(({ name }) => name === service)?.service;
  const names = [...(own?.dependsOn ?? []).map((one) => one.service), ...(own?.networkOf ? [own.networkOf] : [])];
  return [...new Set(names)].filter((name) => containers.some((one) => one.name === name));
}

function listWithNeeds(containers: readonly Container[], service: string): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [service];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    waiting.push(...listNeeds(containers, name));
  }
  return found;
}
