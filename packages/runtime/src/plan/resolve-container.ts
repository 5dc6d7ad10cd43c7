import type { Container, Environment, EnvVariable } from '@devstead/environment';
import { eventCommands } from '@devstead/environment/commands';
import { listContainerNames } from '@devstead/environment/replicas';
import type { ImageConfig } from '../images/types.ts';
import { indexTokenPath } from '../index-service/index-place.ts';
import type { ContainerSpec, Mount, ReadyCheck } from './container-spec.ts';
import { resolveService, resolveServiceMounts } from './resolve-service.ts';

/** What joining a container with its image needs to know. */
export interface ResolveInput {
  readonly environment: Environment;
  /** What these containers are a part of, where they are not all: names and conditions come from all. */
  readonly whole?: Environment;
  /** For each container's image reference: the image used and its configuration. */
  readonly images: ReadonlyMap<string, { readonly name: string; readonly config: ImageConfig }>;
  /** The folder of the machine that is mounted at the sources' root. */
  readonly projectFolder: string;
  /** Folders of the machine that stand for projects, by the projects' places below the sources' root. */
  readonly boundProjects?: readonly { readonly clonePath: string; readonly folder: string }[];
  /** The folder that all work trees of the project's repository share, for a work tree: Git looks for it at its path. */
  readonly repositoryFolder?: string;
  /** Variables every container gets unless the environment sets them: proxies, the CA bundle's place. */
  readonly machineEnv: readonly EnvVariable[];
  /** The address by which containers reach services of the machine that listen on all its addresses. */
  readonly gateway?: string;
  /** The CA bundle to mount, a file of the machine. */
  readonly caBundle?: string;
  /** The user's variable with a token for the package index. */
  readonly indexTokenVariable?: string;
}

/** Where the machine's CA bundle lies in every container. */
export const caBundlePath = '/etc/devstead/ca-certificates.crt';

/** That of slirp4netns(1), behind which nothing of the machine answers. */
const defaultGateway = '10.0.2.2';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Programs that end at once when they have no terminal and nothing to do: shells and read-eval-print loops. */
const interactivePrograms = new Set([
  'sh',
  'ash',
  'bash',
  'dash',
  'zsh',
  'fish',
  'python',
  'python3',
  'node',
  'irb',
  'jshell',
]);

const stopGraceMs = 10_000;

/** Joins every container of an environment with its image. */
export function resolveContainers(input: ResolveInput): ContainerSpec[] {
  return input.environment.containers.flatMap((container) => {
    const spec = resolveContainer(container, input);
    return listContainerNames(container).map((name) => ({ ...spec, name }));
  });
}

function resolveContainer(container: Container, input: ResolveInput): ContainerSpec {
  const image = input.images.get(container.image);
  if (image === undefined) throw new Error(`no image resolved for ${container.image}`);
  const { service } = container;
  const program = resolveProgram(container, image.config);
  const checks = isIdle(program.argv) ? [] : resolveChecks(container, image.config);
  return {
    name: container.name,
    image: container.image,
    imageName: image.name,
    ...program,
    env: mergeEnv(
      [{ name: 'PATH', value: defaultPath }],
      Object.entries(image.config.env).map(([name, value]) => ({ name, value })),
      input.machineEnv,
      container.env,
    ),
    user: parseUser(image.config.user),
    workingDir: image.config.workingDir,
    commandDir: container.sources?.project ?? image.config.workingDir,
    mounts: [...resolveMounts(container, input), ...resolveToken(input, parseUser(image.config.user))],
    resources: container.resources,
    stopSignal: image.config.stopSignal,
    stopGraceMs,
    checks,
    ...(container.aliases === undefined ? {} : { aliases: container.aliases }),
    ...(container.dedicated && service === undefined ? { dedicated: true } : {}),
    ...resolveApplied(container, input.environment, checks.length > 0 || isIdle(program.argv)),
    ...(service === undefined
      ? {}
      : resolveService(
          container,
          service,
          input.whole ?? input.environment,
          image.config,
          input.gateway ?? defaultGateway,
        )),
  };
}

/**
 * What preStart applies runs to its end before the others start, as an init container does, unless it has a pod of its
 * own; what postStop applies has nothing else to do either, and neither has what is to run once. A service, or what only stays alive, is left running.
 */
function resolveApplied(
  { name, appliedBy, dedicated, runsOnce }: Container,
  environment: Environment,
  isService: boolean,
): Pick<ContainerSpec, 'applied'> {
  if (appliedBy === undefined) return {};
  if (runsOnce === true) return { applied: 'finish' };
  const isIn = (event: 'preStart' | 'postStop'): boolean =>
    eventCommands(environment, event).some(({ commands }) =>
      commands.some((command) => command.type === 'apply' && command.component === name),
    );
  const ends = !isService && ((!dedicated && isIn('preStart')) || isIn('postStop'));
  return { applied: ends ? 'finish' : 'serve' };
}

type Program = Pick<ContainerSpec, 'argv' | 'keptAlive' | 'mayEnd'>;

function resolveProgram(container: Container, config: ImageConfig): Program {
  const isOwn = container.command !== undefined || container.args !== undefined;
  const argv = [
    ...(container.command ?? config.entrypoint),
    ...(container.args ?? (container.command === undefined ? config.command : [])),
  ];
  // A service does what it is told, be it nothing for long.
  if (isOwn || container.service !== undefined) return { argv, mayEnd: false };
  const name = argv[0]?.split('/').at(-1) ?? '';
  if (argv.length === 0) return { argv: [], keptAlive: 'the image has no command', mayEnd: true };
  if (argv.length === 1 && interactivePrograms.has(name)) {
    return { argv: [], keptAlive: `the image's command (${name}) ends without a terminal`, mayEnd: true };
  }
  return { argv, mayEnd: true };
}

/** True of programs that serve nothing and only keep a container alive. */
function isIdle(argv: readonly string[]): boolean {
  return argv.length === 0 || /(?:^| )(?:tail -f \/dev\/null|sleep infinity)$/.test(argv.join(' '));
}

/** Joins lists of variables: a later list's value wins, the place of the first mention stays. */
export function mergeEnv(...lists: readonly (readonly EnvVariable[])[]): EnvVariable[] {
  const merged = new Map<string, string>();
  for (const { name, value } of lists.flat()) merged.set(name, value);
  return [...merged].map(([name, value]) => ({ name, value }));
}

function parseUser(user: string): ContainerSpec['user'] {
  const [uid = '0', gid = '0'] = user.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** As a secret: its value stands in no description of the container. */
function resolveToken({ indexTokenVariable: variable }: ResolveInput, owner: ContainerSpec['user']): Mount[] {
  return variable === undefined ? [] : [{ type: 'file', variable, path: indexTokenPath, mode: 0o400, owner }];
}

function resolveMounts(container: Container, input: ResolveInput): Mount[] {
  const { sources } = container;
  const { boundProjects = [], repositoryFolder } = input;
  return [
    ...(sources === undefined
      ? []
      : [
          { type: 'folder' as const, source: input.projectFolder, path: sources.root },
          ...boundProjects.map(({ clonePath, folder }) => ({
            type: 'folder' as const,
            source: folder,
            path: `${sources.root}/${clonePath}`,
          })),
          ...(repositoryFolder === undefined || repositoryFolder.startsWith(`${sources.root}/`)
            ? []
            : [{ type: 'folder' as const, source: repositoryFolder, path: repositoryFolder }]),
        ]),
    ...container.mounts.map(({ volume, path, subPath, readOnly }) => ({
      type: 'volume' as const,
      volume,
      path,
      ...(subPath === undefined ? {} : { subPath }),
      ...(readOnly === true ? { isReadOnly: true as const } : {}),
    })),
    ...(container.files ?? []).map(({ path, text }) => ({ type: 'file' as const, path, text, mode: 0o444 })),
    ...(container.service === undefined ? [] : resolveServiceMounts(container.service, input.environment)),
    ...(input.caBundle === undefined ? [] : [{ type: 'file' as const, source: input.caBundle, path: caBundlePath }]),
  ];
}

/**
 * A service is ready when the ports its image opens (where the image names none: those of its endpoints; where it names
 * some that it may open: those of them that are endpoints) accept connections and the image's own check passes. A container with a command of its own, or whose image only keeps it
 * alive, is ready when it runs: which of its endpoints are served, and which only a later `run` will, nobody can know.
 */
function resolveChecks(container: Container, config: ImageConfig): ReadyCheck[] {
  if (container.command !== undefined || container.args !== undefined) return [];
  const declared = container.endpoints.filter((endpoint) => endpoint.protocol !== 'udp').map(({ port }) => port);
  const { exposedPorts } = config;
  const expected = exposedPorts === undefined ? declared : declared.filter((port) => exposedPorts.includes(port));
  const ports = config.ports.length > 0 ? config.ports : expected;
  return [
    ...ports.map((port) => ({ type: 'listen' as const, port })),
    ...(config.ready === undefined ? [] : [{ type: 'command' as const, argv: config.ready }]),
  ];
}
