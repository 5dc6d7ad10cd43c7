import type { Container, Environment, EnvVariable } from '@devstead/environment';
import { AppError } from '@devstead/kit';
import type { ContainerSpec, OneOff } from '../plan/container-spec.ts';
import { makeOneOff, planOneOff } from '../plan/plan-one-off.ts';
import type { Plan, PublishedPort } from '../plan/types.ts';
import { identify } from '../process/process-table.ts';
import type { RuntimeSettings } from '../settings.ts';
import type { Runtime } from '../types.ts';
import { keepOnly } from './choose-containers.ts';
import { choosePorts } from './choose-ports.ts';
import { portsOfOthers, resolveWorkspace } from './operations.ts';
import type { Workspace } from './workspace-record.ts';

/** A command in a container of its own, made as those of a service are. */
export interface OneOffOptions {
  readonly service: string;
  /** What the container is called. */
  readonly name: string;
  /** What stands in for the service's own arguments; empty: those. */
  readonly words: readonly string[];
  /** Stands in for the entry point; the service's own arguments are left out then. */
  readonly entrypoint?: string;
  /** As an image or a service names it. */
  readonly user?: string;
  /** It is found under the names of the service too. */
  readonly keepsAliases?: boolean;
  /** Ports of the service are published while it lives. */
  readonly publishesPorts: boolean;
  /** Its command is its own program, with these variables and in this folder, and it stays. */
  readonly detached?: {
    readonly isPassing: boolean;
    readonly env: readonly EnvVariable[];
    readonly workingDir?: string;
  };
  readonly readyTimeoutMs: number;
  readonly signal: AbortSignal;
}

/** A container for one command, thought through and not yet begun. */
export interface PreparedOneOff {
  readonly spec: ContainerSpec;
  /** What is to run in it. */
  readonly argv: readonly string[];
  /** Starts it. */
  readonly plan: Plan;
  readonly ports: readonly PublishedPort[];
}

/**
 * Thinks through a container beside those of a workspace that runs. It belongs to this process: where that is gone, the
 * next `up` removes it. Throws WORKSPACE_NOT_RUNNING, UNKNOWN_CONTAINER, USAGE for a name that is taken, PORT_IN_USE and
 * what images throw.
 */
export async function prepareOneOff(
  workspace: Workspace,
  environment: Environment,
  runtime: Runtime,
  settings: RuntimeSettings,
  options: OneOffOptions,
): Promise<PreparedOneOff> {
  const { service, name, publishesPorts, keepsAliases = false, readyTimeoutMs, signal } = options;
  const observed = await runtime.observe();
  if (!observed.isSandboxRunning) throw new AppError('WORKSPACE_NOT_RUNNING', `${workspace.name} is not running`);
  if (observed.containers[name] !== undefined || environment.containers.some((one) => one.name === name))
    throw new AppError('USAGE', `there is a container ${name} already`);
  const changed = {
    ...environment,
    containers: environment.containers.map((one) => (one.name === service ? changeContainer(one, options) : one)),
  };
  const names = new Set([service]);
  const resolved = await resolveWorkspace(workspace, changed, settings, names, signal);
  const [found] = resolved.specs;
  const owner = identify(process.pid);
  if (found === undefined || owner === undefined)
    throw new AppError('UNKNOWN_CONTAINER', `there is no service ${service}`);
  const spec = makeOneOff(found, name, { service, ...stay(owner, options) }, { keepsAliases });
  const ports = publishesPorts
    ? await choosePorts(keepOnly(changed, names), {
        first: settings.firstPort,
        before: {},
        taken: portsOfOthers(settings.stateFolder, workspace.id),
        held: {},
        includesInternal: false,
      })
    : [];
  return {
    spec,
    argv: found.argv,
    plan: planOneOff({ observed, ...resolved, readyTimeoutMs }, spec),
    ports: ports.map((port) => ({ ...port, container: name })),
  };
}

function stay(owner: NonNullable<OneOff['owner']>, { detached }: OneOffOptions): Omit<OneOff, 'service'> {
  if (detached === undefined) return { owner };
  return detached.isPassing ? { isPassing: true } : {};
}

function changeContainer(container: Container, { words, entrypoint, user, detached }: OneOffOptions): Container {
  const { args, service, ...rest } = container;
  const { env = [], workingDir } = detached ?? {};
  const own = entrypoint === undefined ? args : undefined;
  const changed = words.length > 0 ? words : own;
  return {
    ...rest,
    ...(entrypoint === undefined ? {} : { command: [entrypoint] }),
    ...(changed === undefined ? {} : { args: changed }),
    env: [...rest.env.filter(({ name }) => !env.some((one) => one.name === name)), ...env],
    ...(service === undefined
      ? {}
      : {
          service: {
            ...service,
            replicas: 1,
            ...(user === undefined ? {} : { user }),
            ...(workingDir === undefined ? {} : { workingDir }),
          },
        }),
  };
}
