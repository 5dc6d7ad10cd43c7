import type { Severity } from '@devstead/kit';
import type { Service } from '../../service-types.ts';
import type { Container } from '../../types.ts';
import type { Losses } from '../losses.ts';

interface Row {
  /** The field of the service, as a path below `service`. */
  readonly field: string;
  /** True where the service asks for it. */
  readonly isAsked: (service: Service) => boolean;
  /** What is different, after the service's name. */
  readonly different: string;
  readonly severity?: Severity;
}

/** What a devfile has no field for. Mounts, ports and builds are made where they can be, and told of there. */
const rows: readonly Row[] = [
  { field: 'user', isAsked: ({ user }) => user !== undefined, different: 'runs as the user of its image' },
  { field: 'groups', isAsked: ({ groups }) => groups.length > 0, different: 'has no further groups' },
  {
    field: 'workingDir',
    isAsked: ({ workingDir }) => workingDir !== undefined,
    different: 'starts in the working folder of its image; give its Dockerfile a WORKDIR',
  },
  {
    field: 'healthcheck',
    isAsked: ({ healthcheck }) => healthcheck !== undefined && !healthcheck.disabled,
    different: 'is not asked whether it is healthy',
  },
  {
    field: 'dependsOn',
    isAsked: ({ dependsOn }) => dependsOn.some(({ condition }) => condition !== 'started'),
    different: 'does not wait until other services are healthy or have ended; containers of a devfile start together',
  },
  {
    field: 'dependsOn',
    isAsked: ({ dependsOn }) => dependsOn.length > 0 && dependsOn.every(({ condition }) => condition === 'started'),
    different: 'starts together with the others, not after them',
    severity: 'info',
  },
  {
    field: 'restart',
    isAsked: ({ restart }) => restart.policy === 'no' || restart.policy === 'on-failure',
    different: 'is started again whenever it ends',
    severity: 'info',
  },
  {
    field: 'stop',
    isAsked: ({ stop }) => stop.signal !== undefined || stop.gracePeriodMs !== 10_000,
    different: 'is stopped by the signal and within the time that the tool has for all',
    severity: 'info',
  },
  { field: 'init', isAsked: ({ init }) => init, different: 'has no small first process', severity: 'info' },
  { field: 'readOnly', isAsked: ({ readOnly }) => readOnly, different: 'can write to its own files' },
  { field: 'capAdd', isAsked: ({ capAdd }) => capAdd.length > 0, different: 'gets no further capabilities' },
  { field: 'capDrop', isAsked: ({ capDrop }) => capDrop.length > 0, different: 'keeps the usual capabilities' },
  {
    field: 'securityOptions',
    isAsked: ({ securityOptions }) => securityOptions.length > 0,
    different: 'has the usual security options',
  },
  { field: 'secrets', isAsked: ({ secrets }) => secrets.length > 0, different: 'has no secrets mounted' },
  { field: 'configs', isAsked: ({ configs }) => configs.length > 0, different: 'has no configs mounted' },
  {
    field: 'shmSizeBytes',
    isAsked: ({ shmSizeBytes }) => shmSizeBytes !== undefined,
    different: 'has the usual /dev/shm',
  },
  {
    field: 'pidsLimit',
    isAsked: ({ pidsLimit }) => pidsLimit !== undefined,
    different: 'may have any number of processes',
  },
  { field: 'ulimits', isAsked: ({ ulimits }) => ulimits.length > 0, different: 'has the usual limits (ulimits)' },
  { field: 'sysctls', isAsked: ({ sysctls }) => sysctls.length > 0, different: 'has the kernel settings of all' },
  { field: 'extraHosts', isAsked: ({ extraHosts }) => extraHosts.length > 0, different: 'knows no further hosts' },
  {
    field: 'dns',
    isAsked: ({ dns }) => dns.servers.length + dns.search.length + dns.options.length > 0,
    different: 'asks the usual name servers',
  },
  { field: 'labels', isAsked: ({ labels }) => labels.length > 0, different: 'has no labels', severity: 'info' },
  {
    field: 'containerName',
    isAsked: ({ containerName }) => containerName !== undefined,
    different: 'is known by its own name alone',
    severity: 'info',
  },
  {
    field: 'hostname',
    isAsked: ({ hostname }) => hostname !== undefined,
    different: 'has the host name of the workspace',
  },
  {
    field: 'networks',
    isAsked: ({ networks }) => networks.some(({ aliases, address }) => aliases.length > 0 || address !== undefined),
    different: 'has no aliases and no address of its own',
  },
  {
    field: 'networkMode',
    isAsked: ({ networkMode }) => networkMode === 'none' || networkMode === 'host',
    different: 'is in the network of all containers',
  },
  {
    field: 'links',
    isAsked: ({ links }) => links.some((link) => link.includes(':')),
    different: 'knows no other names for services',
  },
  { field: 'replicas', isAsked: ({ replicas }) => replicas > 1, different: 'has one container' },
  {
    field: 'pullPolicy',
    isAsked: ({ pullPolicy }) => pullPolicy !== undefined,
    different: 'has its image pulled when the tool finds it right',
    severity: 'info',
  },
  {
    field: 'profiles',
    isAsked: ({ profiles }) => profiles.length > 0,
    different: 'is always there: its profile was chosen when this was written',
    severity: 'info',
  },
  { field: 'watch', isAsked: ({ watch }) => watch.length > 0, different: 'has no watch rules', severity: 'info' },
  {
    field: 'trust',
    isAsked: ({ trust }) =>
      trust.some(({ kind }) => kind === 'privileged' || kind === 'device' || kind === 'host-namespace'),
    different: 'has no privileges and no devices of the machine',
  },
];

/** Says what of a service a devfile cannot hold. */
export function reportService({ name }: Container, service: Service, losses: Losses): void {
  for (const { field, isAsked, different, severity = 'warning' } of rows) {
    const path = `containers.${name}.service.${field}`;
    if (isAsked(service) && losses.isWritten(path)) losses.drop(path, `${name} ${different}.`, { severity });
  }
}
