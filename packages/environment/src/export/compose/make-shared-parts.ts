import { present } from '../../from-compose/to-environment/read-values.ts';
import type { Container, Endpoint } from '../../types.ts';
import { findImageBuild } from '../image-build.ts';
import type { Losses } from '../losses.ts';
import { reportContainerExtras } from '../report-container-extras.ts';
import { makeLimits } from './make-service.ts';
import { type ComposeScope, toMap } from './scope.ts';

export interface SharedNetwork {
  /** The service whose network the others have; absent where all are apart. */
  readonly owner: string | undefined;
  readonly members: readonly string[];
  /** Of all members: only the owner can publish them. */
  readonly endpoints: readonly Endpoint[];
}

/** A container of a devfile as a service. */
export function makeSharedParts(container: Container, shared: SharedNetwork, scope: ComposeScope): object {
  const { name, image, command, args, env, dedicated, appliedBy } = container;
  const { losses } = scope;
  const isOwner = name === shared.owner;
  const others = shared.members.filter((member) => member !== name);
  reportContainerExtras(container, losses);
  if (!scope.describesPorts) reportEndpoints(container, losses);
  if (appliedBy !== undefined) {
    losses.change(`containers.${name}.appliedBy`, `${name} starts when it is named: docker compose up ${name}.`);
  }
  return present({
    build: findImageBuild(image, scope),
    image,
    entrypoint: command,
    command: args,
    environment: toMap(env),
    network_mode: dedicated || isOwner ? undefined : `service:${shared.owner}`,
    // What shares the network of a service is reached by its names.
    networks: isOwner && others.length > 0 ? { default: { aliases: others } } : undefined,
    volumes: listOrNone(makeVolumes(container, scope)),
    ...makePorts(isOwner ? shared.endpoints : dedicated ? container.endpoints : []),
    deploy: makeLimits(container.resources),
    profiles: appliedBy === undefined ? undefined : ['on-request'],
    // A container of a devfile is started again when it ends.
    restart: appliedBy === undefined ? 'unless-stopped' : undefined,
  });
}

function reportEndpoints({ name, endpoints }: Container, losses: Losses): void {
  for (const { name: endpoint, port, exposure, path, secure } of endpoints) {
    const at = `containers.${name}.endpoints.${endpoint}`;
    if (exposure !== 'public') {
      losses.drop(at, `Endpoint ${endpoint} (${exposure}) is port ${port} and nothing else.`, { severity: 'info' });
    }
    if (path !== undefined) losses.drop(`${at}.path`, `Endpoint ${endpoint} has no path.`, { severity: 'info' });
    if (secure) losses.drop(`${at}.secure`, `Nobody is asked to log in at endpoint ${endpoint}.`);
  }
}

function listOrNone<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

function makeVolumes({ mounts, sources }: Container, { source, writePath }: ComposeScope): (string | object)[] {
  const { projects } = source.environment;
  const folder = writePath(source.folder);
  // The folder stands for the only project, or for the place where several lie.
  const place = projects.length === 1 ? sources?.project : sources?.root;
  return [
    ...(place === undefined ? [] : [`${folder}:${place}`]),
    // A single letter before a colon would be a drive.
    ...mounts.map(({ volume, path }) =>
      volume.length > 1 ? `${volume}:${path}` : { type: 'volume', source: volume, target: path },
    ),
  ];
}

/** Public endpoints are published to this machine alone, by their own numbers; internal ones are there for services. */
function makePorts(endpoints: readonly Endpoint[]): object {
  const ports = new Map<number, object>();
  const exposed = new Set<string>();
  for (const { name, port, exposure, protocol } of endpoints) {
    const isUdp = protocol === 'udp';
    if (exposure === 'internal') exposed.add(isUdp ? `${port}/udp` : String(port));
    if (exposure !== 'public' || ports.has(port)) continue;
    const application = protocol === 'tcp' || isUdp ? undefined : protocol;
    ports.set(port, {
      name,
      target: port,
      published: String(port),
      host_ip: '127.0.0.1',
      ...(isUdp ? { protocol: 'udp' } : {}),
      ...present({ app_protocol: application }),
    });
  }
  return present({ ports: listOrNone([...ports.values()]), expose: listOrNone([...exposed]) });
}
