import type { ApplyCommand, CompositeCommand, Container, Environment, ExecCommand } from '@devstead/environment';
import type { ImageConfig } from '../images/types.ts';
import type { PlanUpInput } from './plan-up.ts';
import { resolveContainers } from './resolve-container.ts';
import type { Observed, PublishedPort } from './types.ts';

/** What a runtime finds where nothing was ever made. */
export const nothing: Observed = {
  isSandboxRunning: false,
  isConnected: false,
  connectedContainers: [],
  containers: {},
  volumes: [],
  images: {},
  publishedPorts: {},
  isSupervised: false,
  isIndexRelayed: false,
  finishedEvents: [],
  projects: [],
  hasRemains: false,
};

export function makeEnvironment(parts: Partial<Environment> = {}): Environment {
  return {
    schemaVersion: 'environment/v2',
    name: 'shop',
    source: { format: 'devfile', version: '2.2.2', file: 'devfile.yaml' },
    network: 'shared',
    containers: [],
    volumes: [],
    commands: [],
    projects: [],
    starters: [],
    provenance: {},
    ...parts,
    events: { preStart: [], postStart: [], preStop: [], postStop: [], ...parts.events },
  };
}

export function makeContainer(name: string, parts: Partial<Container> = {}): Container {
  return { name, image: name, env: [], mounts: [], endpoints: [], resources: {}, dedicated: false, ...parts };
}

export function makeCommand(id: string, container: string, parts: Partial<ExecCommand> = {}): ExecCommand {
  return { type: 'exec', id, container, commandLine: `make ${id}`, env: [], hotReloadCapable: false, ...parts };
}

export function makeComposite(id: string, commands: readonly string[], parallel: boolean): CompositeCommand {
  return { type: 'composite', id, commands, parallel };
}

export function makeApply(id: string, component: string): ApplyCommand {
  return { type: 'apply', id, component };
}

/** An image that serves at once, and says nothing else. */
export function makeImage(parts: Partial<ImageConfig> = {}): ImageConfig {
  return {
    user: '1000:0',
    env: {},
    entrypoint: [],
    command: ['serve'],
    workingDir: '/',
    ports: [],
    volumes: [],
    stopSignal: 'SIGTERM',
    ...parts,
  };
}

/** Every public endpoint published, in order, from 20001 on. */
function publishAll(environment: Environment): PublishedPort[] {
  return environment.containers
    .flatMap(({ name, endpoints }) => endpoints.map((endpoint) => ({ container: name, endpoint })))
    .filter(({ endpoint }) => endpoint.exposure === 'public')
    .map(({ container, endpoint: { name, port, protocol } }, index) => ({
      endpoint: name,
      container,
      port,
      hostPort: 20_001 + index,
      exposure: 'public',
      protocol,
    }));
}

/** What `planUp` is asked when each image is known by its reference and serves at once. */
export function askUp(
  environment: Environment,
  observed: Observed,
  change: Partial<PlanUpInput> & { readonly image?: Partial<ImageConfig> } = {},
): PlanUpInput {
  const { image, ...rest } = change;
  const images = new Map(
    environment.containers.map((container) => [container.image, { name: container.image, config: makeImage(image) }]),
  );
  return {
    environment,
    specs: resolveContainers({ environment, images, projectFolder: '/work-folder/project', machineEnv: [] }),
    observed,
    ports: publishAll(environment),
    staleImages: [],
    pulls: {},
    runsCommands: true,
    readyTimeoutMs: 60_000,
    ...rest,
  };
}
