import type { Container, Environment, FileObject, Service } from '@devstead/environment';
import { listContainerNames } from '@devstead/environment/replicas';
import type { ImageConfig } from '../images/types.ts';
import { chooseCapabilities } from './capabilities.ts';
import type { ContainerSpec, HealthCheck, Mount, NetworkMembership, StartCondition } from './container-spec.ts';

/** Compose Specification, `healthcheck`: what holds where nothing is said. */
const healthDefaults = { intervalMs: 30_000, timeoutMs: 30_000, retries: 3, startPeriodMs: 0 } as const;

/** What a service adds to the spec of its container (Compose Specification, Services). */
export function resolveService(
  { name }: Container,
  service: Service,
  environment: Environment,
  image: ImageConfig,
  gateway: string,
): Partial<ContainerSpec> {
  const { stop, restart } = service;
  const health = resolveHealth(service, image);
  const capabilities = chooseCapabilities(service.capAdd, service.capDrop);
  const { maxRetries } = restart;
  return {
    mayEnd: false,
    checks: [],
    ...(service.user === undefined ? {} : { userText: service.user }),
    ...(service.groups.length === 0 ? {} : { groups: service.groups }),
    ...(service.workingDir === undefined ? {} : { workingDir: service.workingDir, commandDir: service.workingDir }),
    stopSignal: stop.signal === undefined ? image.stopSignal : normaliseSignal(stop.signal),
    stopGraceMs: stop.gracePeriodMs,
    ...resolveNetwork(name, service, environment),
    ...(service.hostname === undefined ? {} : { hostname: service.hostname }),
    ...resolveNames(service, gateway),
    ...(health === undefined ? {} : { health }),
    restart: { policy: restart.policy, ...(maxRetries === undefined ? {} : { maxRetries }) },
    startsAfter: resolveConditions(service, environment),
    ...(service.readOnly ? { isReadOnly: true } : {}),
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(service.shmSizeBytes === undefined ? {} : { shmBytes: service.shmSizeBytes }),
    ...(service.pidsLimit === undefined ? {} : { processLimit: service.pidsLimit }),
    ...(service.ulimits.length === 0 ? {} : { limits: service.ulimits.map(readLimit) }),
    ...(service.sysctls.length === 0
      ? {}
      : { sysctls: Object.fromEntries(service.sysctls.map((one) => [one.name, one.value])) }),
  };
}

/** Folders, memory and files that a service mounts beside volumes. */
export function resolveServiceMounts(service: Service, environment: Environment): Mount[] {
  const files = [
    ...service.secrets.map((file) => ({ file, objects: environment.secrets })),
    ...service.configs.map((file) => ({ file, objects: environment.configs })),
  ];
  return [
    ...service.binds
      .filter(({ source }) => !isEngineSocket(source))
      .map(
        ({ source, path, readOnly, createSource }): Mount => ({
          type: 'folder',
          source,
          path,
          ...(readOnly ? { isReadOnly: true } : {}),
          ...(createSource ? { isMade: true } : {}),
        }),
      ),
    ...service.tmpfs.map((mount): Mount => ({ type: 'memory', ...mount })),
    ...files.flatMap(({ file, objects }): Mount[] => {
      const object = objects?.find((one) => one.name === file.source);
      const content = object === undefined ? undefined : findContent(object);
      if (content === undefined) return [];
      const { uid, gid, mode = 0o444, path } = file;
      const owner = { uid: Number(uid ?? 0), gid: Number(gid ?? 0) };
      return [{ type: 'file', path, mode, owner, ...content }];
    }),
  ];
}

/** Who has it is the machine's root: it is never given to a container. */
function isEngineSocket(path: string): boolean {
  return /\/(?:docker|podman|containerd|crio|buildkitd)\.sock$/.test(path);
}

/** Values of variables are not in a spec, which is written down and shown. */
function findContent({
  file,
  variable,
  content,
}: FileObject): { source: string } | { variable: string } | { text: string } | undefined {
  if (file !== undefined) return { source: file };
  if (variable !== undefined) return { variable };
  return content === undefined ? undefined : { text: content };
}

function resolveNetwork(name: string, service: Service, environment: Environment): Partial<ContainerSpec> {
  const { networkMode, networkOf, networks, containerName } = service;
  if (networkMode === 'service' && networkOf !== undefined) return { networkOf };
  if (networkMode !== 'networks') return { networks: [], isCutOff: true };
  const known = new Map((environment.networks ?? []).map((network) => [network.name, network]));
  const memberships = networks.map(({ network, aliases, address }): NetworkMembership => {
    const subnet = known.get(network)?.subnets.find((one) => one.includes('.'));
    const linked = listLinkNames(name, network, environment);
    const names = new Set([name, ...(containerName === undefined ? [] : [containerName]), ...aliases, ...linked]);
    return {
      network,
      aliases: [...names],
      ...(address === undefined ? {} : { address }),
      ...(subnet === undefined ? {} : { subnet }),
      ...(known.get(network)?.internal === true ? { isInternal: true as const } : {}),
    };
  });
  const leadsOut = networks.some(({ network }) => known.get(network)?.internal !== true);
  return { networks: memberships, ...(leadsOut ? {} : { isCutOff: true }) };
}

/** What services in a network call one by their `links`. Others there reach it by these names too. */
function listLinkNames(name: string, network: string, { containers }: Environment): string[] {
  return containers.flatMap(({ service }) => {
    if (service?.networks.some((one) => one.network === network) !== true) return [];
    return service.links.flatMap((link) => {
      const [target, alias] = link.split(':');
      return target === name && alias !== undefined ? [alias] : [];
    });
  });
}

/** hosts(5) and resolv.conf(5). */
function resolveNames({ extraHosts, dns }: Service, gateway: string): Partial<ContainerSpec> {
  const lines = extraHosts.flatMap(({ host, addresses }) =>
    addresses.map((address) => ({ name: host, address: address === 'host-gateway' ? gateway : address })),
  );
  const { servers, search, options } = dns;
  const isOwn = servers.length + search.length + options.length > 0;
  return {
    ...(lines.length === 0 ? {} : { extraHosts: lines }),
    ...(isOwn
      ? {
          resolver: [
            ...(search.length === 0 ? [] : [`search ${search.join(' ')}`]),
            ...servers.map((server) => `nameserver ${server}`),
            ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
          ],
        }
      : {}),
  };
}

function resolveHealth({ healthcheck }: Service, image: ImageConfig): HealthCheck | undefined {
  if (healthcheck?.disabled === true) return undefined;
  const argv = readTest(healthcheck?.test) ?? image.ready;
  if (argv === undefined) return undefined;
  const { intervalMs, timeoutMs, retries, startPeriodMs } = healthcheck ?? {};
  const own = image.health ?? {};
  return {
    argv,
    // Nothing and zero both mean that nothing is said.
    intervalMs: intervalMs || (own.intervalMs ?? healthDefaults.intervalMs),
    timeoutMs: timeoutMs || (own.timeoutMs ?? healthDefaults.timeoutMs),
    retries: retries || (own.retries ?? healthDefaults.retries),
    startPeriodMs: startPeriodMs ?? own.startPeriodMs ?? healthDefaults.startPeriodMs,
  };
}

function readTest([kind, ...words]: readonly string[] = []): readonly string[] | undefined {
  if (kind === 'CMD' && words.length > 0) return words;
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : undefined;
}

function resolveConditions({ dependsOn }: Service, environment: Environment): readonly StartCondition[] {
  return dependsOn.flatMap(({ service, condition, required, restart }) => {
    const other = environment.containers.find(({ name }) => name === service);
    if (other === undefined) return [];
    return listContainerNames(other).map((container) => ({
      container,
      condition,
      isRequired: required,
      ...(restart ? { restarts: true as const } : {}),
    }));
  });
}

function readLimit({ name, soft, hard }: Service['ulimits'][number]): { name: string; soft: number; hard: number } {
  const most = (value: number): number => (value < 0 ? Number.MAX_SAFE_INTEGER : value);
  return { name: name.toUpperCase(), soft: most(soft), hard: most(hard) };
}

function normaliseSignal(signal: string): string {
  const name = signal.toUpperCase();
  return name.startsWith('SIG') || /^\d+$/.test(name) ? name : `SIG${name}`;
}
