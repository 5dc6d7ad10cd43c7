import type { Service, WatchRule } from '../../service-types.ts';
import type { Container, Resources, Volume } from '../../types.ts';
import type { Reporter } from '../report.ts';
import { listAt, type MapNode, mapAt, nodeAt } from '../tree/node.ts';
import { findTrust, normalizeCapabilities } from './find-trust.ts';
import type { Notes } from './notes.ts';
import { readBuild } from './read-build.ts';
import { readDependencies, readHealthcheck, readReplicas, readRestart, readStop } from './read-lifecycle.ts';
import { readFiles, readMounts } from './read-mounts.ts';
import { readExtraHosts, readNetworks, readPorts } from './read-networking.ts';
import {
  present,
  readBytes,
  readFlag,
  readMillis,
  readNumber,
  readText,
  readTexts,
  readUlimits,
  readVariables,
} from './read-values.ts';

export interface ServiceScope {
  readonly projectName: string;
  readonly folder: string;
  readonly model: MapNode;
  readonly notes: Notes;
  readonly report: Reporter;
}

interface ServiceReading {
  readonly container: Container;
  readonly anonymous: readonly Volume[];
}

/** One service as a container of the model. */
export function readService(name: string, node: MapNode, scope: ServiceScope): ServiceReading {
  const { notes } = scope;
  const path = `containers.${name}`;
  notes.note(path, node);
  notes.rule(`${path}.dedicated`, 'a service has a network of its own');
  noteFields(node, path, notes);
  const { mounts, anonymous, binds, tmpfs } = readMounts(node, { name, path, notes, report: scope.report });
  const entrypoint = nodeAt(node, 'entrypoint') === undefined ? undefined : readTexts(node, 'entrypoint');
  const command = nodeAt(node, 'command') === undefined ? undefined : readTexts(node, 'command');
  const container: Container = {
    name,
    image: readImage(name, node, path, scope),
    ...present({ command: entrypoint, args: command }),
    env: readVariables(nodeAt(node, 'environment'), `${path}.env`, notes),
    mounts,
    endpoints: [],
    resources: readResources(node, path, notes),
    dedicated: true,
    service: readRest(name, node, { ...scope, path: `${path}.service` }, { binds, tmpfs }),
  };
  return { container, anonymous };
}

function readImage(name: string, node: MapNode, path: string, { projectName, notes }: ServiceScope): string {
  const image = nodeAt(node, 'image');
  if (image !== undefined) notes.note(`${path}.image`, image);
  else notes.rule(`${path}.image`, 'an image that is built without a name has that of its project and service');
  return readText(image) ?? `${projectName}-${name}`;
}

/** Fields that have the same shape in the file and in the model, by their names in both. */
const plainFields = {
  hostname: 'hostname',
  container_name: 'containerName',
  pull_policy: 'pullPolicy',
  links: 'links',
  user: 'user',
  group_add: 'groups',
  working_dir: 'workingDir',
  init: 'init',
  read_only: 'readOnly',
  cap_add: 'capAdd',
  cap_drop: 'capDrop',
  security_opt: 'securityOptions',
  shm_size: 'shmSizeBytes',
  ulimits: 'ulimits',
  dns: 'dns.servers',
  dns_search: 'dns.search',
  dns_opt: 'dns.options',
  expose: 'expose',
  profiles: 'profiles',
  build: 'build',
} as const;

function noteFields(node: MapNode, path: string, notes: Notes): void {
  notes.note(`${path}.command`, nodeAt(node, 'entrypoint'));
  notes.note(`${path}.args`, nodeAt(node, 'command'));
  notes.rule(`${path}.service.init`, 'a service is its own first process');
  notes.rule(`${path}.service.readOnly`, 'a service may change its own files');
  for (const [key, field] of Object.entries(plainFields)) notes.note(`${path}.service.${field}`, nodeAt(node, key));
  for (const key of ['context', 'dockerfile', 'target']) {
    notes.note(`${path}.service.build.${key}`, nodeAt(node, 'build', key));
  }
  notes.note(`${path}.service.build.dockerfileInline`, nodeAt(node, 'build', 'dockerfile_inline'));
}

/** Limits of `deploy` count where those of the service are not written; zero means none. */
function readResources(node: MapNode, path: string, notes: Notes): Resources {
  const at = (...keys: readonly string[]) => nodeAt(node, ...keys);
  const limits = (key: string) => at('deploy', 'resources', 'limits', key);
  const reservations = (key: string) => at('deploy', 'resources', 'reservations', key);
  const sources = {
    memoryLimitBytes: at('mem_limit') ?? limits('memory'),
    memoryRequestBytes: at('mem_reservation') ?? reservations('memory'),
    cpuLimitMillis: at('cpus') ?? limits('cpus'),
    cpuRequestMillis: reservations('cpus'),
  };
  for (const [field, source] of Object.entries(sources)) notes.note(`${path}.resources.${field}`, source);
  return present({
    memoryLimitBytes: readBytes(sources.memoryLimitBytes),
    memoryRequestBytes: readBytes(sources.memoryRequestBytes),
    cpuLimitMillis: readMillis(sources.cpuLimitMillis),
    cpuRequestMillis: readMillis(sources.cpuRequestMillis),
  });
}

function readRest(
  name: string,
  node: MapNode,
  scope: ServiceScope & { readonly path: string },
  mounts: Pick<Service, 'binds' | 'tmpfs'>,
): Service {
  const { path, notes } = scope;
  const healthcheck = readHealthcheck(node, path, notes);
  const pids = nodeAt(node, 'pids_limit') ?? nodeAt(node, 'deploy', 'resources', 'limits', 'pids');
  notes.note(`${path}.pidsLimit`, pids);
  const pidsLimit = readNumber(pids);
  return {
    ...present({
      build: readBuild(node, path, notes),
      pullPolicy: readText(node, 'pull_policy'),
      containerName: readText(node, 'container_name'),
      hostname: readText(node, 'hostname'),
      user: readText(node, 'user'),
      workingDir: readText(node, 'working_dir'),
      shmSizeBytes: readBytes(node, 'shm_size'),
      pidsLimit: pidsLimit === undefined || pidsLimit <= 0 ? undefined : pidsLimit,
      healthcheck,
    }),
    replicas: readReplicas(node, path, notes),
    ...readNetworks(node, path, notes),
    links: readTexts(node, 'links'),
    dependsOn: readDependencies(node, path, notes),
    restart: readRestart(node, path, notes),
    stop: readStop(node, path, notes),
    groups: readTexts(node, 'group_add'),
    init: readFlag(node, 'init'),
    readOnly: readFlag(node, 'read_only'),
    capAdd: normalizeCapabilities(node, 'cap_add'),
    capDrop: normalizeCapabilities(node, 'cap_drop'),
    securityOptions: readTexts(node, 'security_opt'),
    ...mounts,
    secrets: readFiles(node, 'secrets', path, notes),
    configs: readFiles(node, 'configs', path, notes),
    ulimits: readUlimits(node, path, notes),
    sysctls: readVariables(nodeAt(node, 'sysctls'), `${path}.sysctls`, notes),
    extraHosts: readExtraHosts(node, path, notes),
    dns: {
      servers: readTexts(node, 'dns'),
      search: readTexts(node, 'dns_search'),
      options: readTexts(node, 'dns_opt'),
    },
    labels: readVariables(nodeAt(node, 'labels'), `${path}.labels`, notes),
    ports: readPorts(node, path, notes),
    expose: readTexts(node, 'expose'),
    watch: readWatch(node, path, notes),
    profiles: readTexts(node, 'profiles'),
    trust: findTrust(node, { ...scope, at: `services.${name}` }),
  };
}

function readWatch(node: MapNode, path: string, notes: Notes): readonly WatchRule[] {
  const counts = new Map<string, number>();
  return (listAt(node, 'develop', 'watch')?.items ?? []).map((item) => {
    const watched = readText(item, 'path') ?? '';
    const count = (counts.get(watched) ?? 0) + 1;
    counts.set(watched, count);
    const at = `${path}.watch.${count === 1 ? watched : `${watched}#${count}`}`;
    notes.note(at, item);
    const exec = mapAt(item, 'exec');
    return {
      path: watched,
      action: readText(item, 'action') as WatchRule['action'],
      ignore: readTexts(item, 'ignore'),
      include: readTexts(item, 'include'),
      initialSync: readFlag(item, 'initial_sync'),
      ...present({
        target: readText(item, 'target'),
        exec:
          exec === undefined
            ? undefined
            : {
                command: readTexts(exec, 'command'),
                env: readVariables(nodeAt(exec, 'environment'), `${at}.exec.env`, notes),
                ...present({ user: readText(exec, 'user'), workingDir: readText(exec, 'working_dir') }),
              },
      }),
    };
  });
}
