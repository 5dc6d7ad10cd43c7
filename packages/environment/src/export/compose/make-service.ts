import { present } from '../../from-compose/to-environment/read-values.ts';
import type {
  Service,
  ServiceBuild,
  ServiceDependency,
  ServiceFile,
  ServiceHealthcheck,
  ServicePort,
  WatchRule,
} from '../../service-types.ts';
import type { Container, Resources } from '../../types.ts';
import { formatComposeBytes } from '../text/amounts.ts';
import { type ComposeScope, toMap } from './scope.ts';

/** A container with a service's part as that service: every field of the model that a compose file can hold. */
export function makeService(container: Container, service: Service, scope: ComposeScope): object {
  const { name, image, command, args, env, resources } = container;
  const { dns, stop, restart, networkMode, networkOf } = service;
  reportPrivileges(name, service, scope);
  return present({
    build: mapValue(service.build, (build) => makeBuild(build, scope)),
    image,
    pull_policy: service.pullPolicy,
    scale: service.replicas === 1 ? undefined : service.replicas,
    container_name: service.containerName,
    hostname: service.hostname,
    entrypoint: command,
    command: args,
    user: service.user,
    group_add: listOrNone(service.groups),
    working_dir: service.workingDir,
    environment: toMap(env),
    init: service.init ? true : undefined,
    privileged: service.trust.some(({ kind }) => kind === 'privileged') ? true : undefined,
    read_only: service.readOnly ? true : undefined,
    cap_add: listOrNone(service.capAdd),
    cap_drop: listOrNone(service.capDrop),
    security_opt: listOrNone(service.securityOptions),
    network_mode:
      networkMode === 'networks' ? undefined : networkMode === 'service' ? `service:${networkOf}` : networkMode,
    networks: networkMode === 'networks' ? makeNetworks(service) : undefined,
    links: listOrNone(service.links),
    extra_hosts: listOrNone(
      service.extraHosts.flatMap(({ host, addresses }) => addresses.map((address) => `${host}=${address}`)),
    ),
    dns: listOrNone(dns.servers),
    dns_search: listOrNone(dns.search),
    dns_opt: listOrNone(dns.options),
    depends_on: makeDependencies(service.dependsOn),
    healthcheck: mapValue(service.healthcheck, makeHealthcheck),
    restart:
      restart.policy === 'no'
        ? undefined
        : restart.maxRetries === undefined
          ? restart.policy
          : `${restart.policy}:${restart.maxRetries}`,
    stop_signal: stop.signal,
    stop_grace_period: stop.gracePeriodMs === 10_000 ? undefined : formatDuration(stop.gracePeriodMs),
    volumes: listOrNone(makeVolumes(container, service, scope)),
    secrets: listOrNone(service.secrets.map(makeFile)),
    configs: listOrNone(service.configs.map(makeFile)),
    shm_size: service.shmSizeBytes,
    pids_limit: service.pidsLimit,
    ulimits:
      listOrNone(service.ulimits) &&
      Object.fromEntries(service.ulimits.map(({ name: limit, ...values }) => [limit, values])),
    sysctls: toMap(service.sysctls),
    labels: toMap(service.labels),
    ports: listOrNone(service.ports.map(makePort)),
    expose: listOrNone(service.expose),
    deploy: makeLimits(resources),
    develop: listOrNone(service.watch) && { watch: service.watch.map((rule) => makeWatch(rule, scope)) },
    profiles: listOrNone(service.profiles),
  });
}

function listOrNone<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

function mapValue<From, To>(value: From | undefined, make: (value: From) => To): To | undefined {
  return value === undefined ? undefined : make(value);
}

/** Of these the model has only the words in which they are asked for. */
function reportPrivileges(name: string, { trust, networkMode }: Service, { losses }: ComposeScope): void {
  const at = `containers.${name}.service.trust`;
  for (const { kind, detail } of trust) {
    const isHeld = kind === 'host-namespace' && networkMode === 'host';
    if (kind === 'device' || (kind === 'host-namespace' && !isHeld)) losses.drop(at, `${name} is without ${detail}.`);
  }
}

function makeBuild(
  { context, dockerfile, dockerfileInline, target, args }: ServiceBuild,
  { writePath }: ComposeScope,
): object {
  return present({
    context: writePath(context),
    dockerfile,
    dockerfile_inline: dockerfileInline,
    target,
    args: toMap(args),
  });
}

function makeNetworks({ networks }: Service): object | undefined {
  const [only, ...others] = networks;
  const isUsual =
    others.length === 0 && only?.network === 'default' && only.aliases.length === 0 && only.address === undefined;
  if (networks.length === 0 || isUsual) return undefined;
  return Object.fromEntries(
    networks.map(({ network, aliases, address }) => [
      network,
      present({ aliases: listOrNone(aliases), ipv4_address: address }),
    ]),
  );
}

const conditions = {
  started: 'service_started',
  healthy: 'service_healthy',
  completed: 'service_completed_successfully',
} as const satisfies Record<ServiceDependency['condition'], string>;

function makeDependencies(dependencies: readonly ServiceDependency[]): object | undefined {
  if (dependencies.length === 0) return undefined;
  return Object.fromEntries(
    dependencies.map(({ service, condition, restart, required }) => [
      service,
      present({
        condition: conditions[condition],
        restart: restart ? true : undefined,
        required: required ? undefined : false,
      }),
    ]),
  );
}

function makeHealthcheck({ disabled, test, retries, ...times }: ServiceHealthcheck): object {
  return present({
    disable: disabled ? true : undefined,
    test: test === undefined ? undefined : test,
    interval: mapValue(times.intervalMs, formatDuration),
    timeout: mapValue(times.timeoutMs, formatDuration),
    retries,
    start_period: mapValue(times.startPeriodMs, formatDuration),
    start_interval: mapValue(times.startIntervalMs, formatDuration),
  });
}

function formatDuration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** Short forms where they say the same; folders of the machine that are not to be made need the long one. */
function makeVolumes(
  { mounts }: Container,
  { binds, tmpfs }: Service,
  { source, writePath }: ComposeScope,
): (string | object)[] {
  const isAnonymous = (volume: string) =>
    source.environment.volumes.some((one) => one.name === volume && one.anonymous === true);
  return [
    ...mounts.map(({ volume, path, readOnly, subPath }) => {
      const isNamed = !isAnonymous(volume);
      // A single letter before a colon would be a drive.
      if (isNamed && volume.length > 1 && subPath === undefined && !path.includes(':'))
        return `${volume}:${path}${readOnly === true ? ':ro' : ''}`;
      return present({
        type: 'volume',
        source: isNamed ? volume : undefined,
        target: path,
        read_only: readOnly,
        volume: subPath === undefined ? undefined : { subpath: subPath },
      });
    }),
    ...binds.map(({ source: from, path, readOnly, createSource }) => {
      const written = writePath(from);
      if (createSource && !`${written}${path}`.includes(':')) return `${written}:${path}${readOnly ? ':ro' : ''}`;
      return present({
        type: 'bind',
        source: written,
        target: path,
        read_only: readOnly ? true : undefined,
        bind: { create_host_path: createSource },
      });
    }),
    ...tmpfs.map(({ path, sizeBytes, mode }) => {
      const options = present({ size: sizeBytes, mode });
      return { type: 'tmpfs', target: path, ...(Object.keys(options).length === 0 ? {} : { tmpfs: options }) };
    }),
  ];
}

function makeFile({ source, path, uid, gid, mode }: ServiceFile): object {
  return present({ source, target: path, uid, gid, mode: mode === undefined ? undefined : `0${mode.toString(8)}` });
}

function makePort({ target, published, hostIp, protocol, name }: ServicePort): string | object {
  const suffix = protocol === 'tcp' ? '' : `/${protocol}`;
  const isPlain = name === undefined && (hostIp === undefined || !hostIp.includes(':'));
  if (!isPlain || (hostIp !== undefined && published === undefined)) {
    return present({ name, target, published, host_ip: hostIp, protocol });
  }
  return [hostIp, published, String(target)].filter((part) => part !== undefined).join(':') + suffix;
}

function makeWatch(
  { path, action, target, ignore, include, initialSync, exec }: WatchRule,
  { writePath }: ComposeScope,
): object {
  return present({
    path: writePath(path),
    action,
    target,
    ignore: listOrNone(ignore),
    include: listOrNone(include),
    initial_sync: initialSync ? true : undefined,
    exec: mapValue(exec, ({ command, user, workingDir }) => present({ command, user, working_dir: workingDir })),
  });
}

/** Limits and requests where docker compose has both; undefined for none. */
export function makeLimits({
  memoryLimitBytes,
  memoryRequestBytes,
  cpuLimitMillis,
  cpuRequestMillis,
}: Resources): object | undefined {
  const part = (millis: number | undefined, bytes: number | undefined): object | undefined => {
    const values = present({
      cpus: millis === undefined ? undefined : String(millis / 1000),
      memory: mapValue(bytes, formatComposeBytes),
    });
    return Object.keys(values).length === 0 ? undefined : values;
  };
  const resources = present({
    limits: part(cpuLimitMillis, memoryLimitBytes),
    reservations: part(cpuRequestMillis, memoryRequestBytes),
  });
  return Object.keys(resources).length === 0 ? undefined : { resources };
}
