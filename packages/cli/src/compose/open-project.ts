import type { Environment } from '@devstead/environment';
import { listContainerNames } from '@devstead/environment/replicas';
import { AppError, findNearNames } from '@devstead/kit';
import { openRuntime, type Runtime, readRecordedEnvironment, type Workspace } from '@devstead/runtime';
import type { Io } from '../io.ts';
import type { LoadedEnvironment } from '../load-environment.ts';
import { readSettings, type Settings } from '../settings.ts';
import { openUpWorkspace } from '../up/open-up-workspace.ts';
import { loadProject } from './load-project.ts';
import { type ProjectOptions, toRequest } from './project-options.ts';

/** A compose project and the workspace it has or will have. */
export interface OpenedProject {
  readonly loaded: LoadedEnvironment;
  readonly settings: Settings;
  readonly workspace: Workspace;
  readonly runtime: Runtime;
  /** As it was brought up last; as it is described where it never was. */
  readonly environment: Environment;
}

/** Reads the project that docker compose's flags mean. Throws COMPOSE_INVALID. */
export async function openProject(io: Io, options: ProjectOptions, printsErrorsOnly = true): Promise<OpenedProject> {
  const loaded = await loadProject(io, toRequest(io, options), { printsErrorsOnly });
  const settings = readSettings(io, loaded.folder);
  // As `devstead up` has it: with the branch in a linked work tree, unless somebody names the project.
  const { projectName } = options;
  const named = projectName === undefined ? {} : { name: loaded.environment.name };
  const { workspace } = openUpWorkspace(io, settings, loaded, named);
  const runtime = openRuntime(workspace, settings);
  const environment = readRecordedEnvironment(workspace) ?? loaded.environment;
  return { loaded, settings, workspace, runtime, environment };
}

/** The containers of services; of all when none is named. Throws UNKNOWN_CONTAINER. */
export function listServiceContainers(environment: Environment, services: readonly string[]): string[] {
  const known = environment.containers.map(({ name }) => name);
  const unknown = services.find((service) => !known.includes(service));
  if (unknown !== undefined) {
    const near = findNearNames(unknown, known);
    const hint = near.length === 0 ? {} : { hint: `Did you mean ${near.join(' or ')}?` };
    throw new AppError('UNKNOWN_CONTAINER', `no such service: ${unknown}`, hint);
  }
  return environment.containers
    .filter(({ name }) => services.length === 0 || services.includes(name))
    .flatMap(listContainerNames);
}
