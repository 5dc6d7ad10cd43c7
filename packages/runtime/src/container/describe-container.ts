import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { usualCapabilities } from '../plan/capabilities.ts';
import { type ContainerSpec, hasOwnNetwork, type Mount } from '../plan/container-spec.ts';
import { readProcessLimits } from '../process/process-limits.ts';
import { findInitPrograms, initFolder } from '../running/init-programs.ts';
import { writeAsWhole } from '../state/json-file.ts';
import { fileCopy } from '../state/paths.ts';
import { engineSeccompProfile } from '../system-calls/seccomp.ts';
import type { ContainerContext } from './container-context.ts';
import type { Capabilities } from './engine/capabilities.ts';
import { holdCommand, holdFolder } from './hold/hold-program.ts';
import { containerName, hubName, labels, networkName, volumeName } from './labels.ts';

export interface ContainerInput {
  readonly spec: ContainerSpec;
  readonly specHash: string;
  readonly imageDigest: string;
  /** The engine's name of the image, or of the container's own layer. */
  readonly image: string;
  /** It begins with the program that lets it be started ahead. */
  readonly canBeHeld: boolean;
}

/** A log is cut when it is larger; what it had is kept in one older file. */
const logLimit = '8m';

/** A container as the engine is asked for it (Docker Engine API, ContainerCreate). Writes the files that it mounts. */
export function describeContainer(
  context: ContainerContext,
  { spec, specHash, imageDigest, image, canBeHeld }: ContainerInput,
  capabilities: Capabilities,
): object {
  const init = capabilities.sharesFiles ? findInitPrograms() : undefined;
  const { resources } = spec;
  const kept = init === undefined ? ['sleep', 'infinity'] : [`${initFolder}/catatonit`, '-P'];
  const front = init === undefined ? [] : [`${initFolder}/tini`, '--'];
  const own = hasOwnNetwork(spec);
  const isIsolated = spec.networks?.length === 0;
  const network = isIsolated ? 'none' : chooseNetwork(context, spec);
  const ownCapabilities = (spec.capabilities ?? usualCapabilities).map((name) => name.replace('CAP_', ''));
  return {
    Image: image,
    ...(own ? { Hostname: spec.hostname ?? spec.name } : {}),
    User: `${spec.user.uid}:${spec.user.gid}`,
    Env: spec.env.map(({ name, value }) => `${name}=${value}`),
    Entrypoint: [...(canBeHeld ? [holdCommand] : []), ...(spec.argv.length === 0 ? kept : [...front, ...spec.argv])],
    Cmd: [],
    WorkingDir: spec.workingDir,
    StopSignal: spec.stopSignal,
    StopTimeout: Math.ceil(spec.stopGraceMs / 1000),
    // Ours are asked by the supervisor.
    Healthcheck: { Test: ['NONE'] },
    Labels: {
      [labels.workspace]: context.prefix,
      [labels.role]: 'container',
      [labels.name]: spec.name,
      [labels.specHash]: specHash,
      [labels.image]: imageDigest,
    },
    HostConfig: {
      NetworkMode: network,
      Mounts: [
        ...initMounts(init),
        ...(canBeHeld ? [bind(context.paths.container(spec.name).hold, holdFolder, true)] : []),
        ...spec.mounts.map((item, index) => describeMount(context, spec, item, index, capabilities)),
      ],
      ...(init === undefined ? { Init: true } : {}),
      CapDrop: ['ALL'],
      CapAdd: ownCapabilities,
      SecurityOpt: ['no-new-privileges', ...filterCalls(context, capabilities)],
      // Where a container does not have the host name of the network that it shares.
      ...(network.startsWith('container:') && !capabilities.sharesHostNames ? { UTSMode: network } : {}),
      ReadonlyRootfs: spec.isReadOnly === true,
      LogConfig: { Type: 'json-file', Config: { 'max-size': logLimit, 'max-file': '2' } },
      RestartPolicy: { Name: 'no' },
      Ulimits: describeLimits(spec, capabilities),
      ...(spec.groups === undefined ? {} : { GroupAdd: spec.groups }),
      ...(spec.shmBytes === undefined ? {} : { ShmSize: spec.shmBytes }),
      ...(spec.processLimit === undefined ? {} : { PidsLimit: spec.processLimit }),
      ...(resources.memoryLimitBytes === undefined || !capabilities.limitsMemory
        ? {}
        : { Memory: resources.memoryLimitBytes, MemorySwap: resources.memoryLimitBytes }),
      ...(resources.cpuLimitMillis === undefined || !capabilities.limitsProcessors
        ? {}
        : { CpuPeriod: 100_000, CpuQuota: resources.cpuLimitMillis * 100 }),
      ...(own && !isIsolated ? describeNames(spec) : {}),
      ...(own && spec.sysctls !== undefined ? { Sysctls: spec.sysctls } : {}),
    },
    ...(own && !isIsolated ? { NetworkingConfig: { EndpointsConfig: { [network]: describeEndpoint(spec, 0) } } } : {}),
  };
}

/** The list of system calls that every container of Devstead has, as the engine takes it. */
function filterCalls({ paths }: ContainerContext, { callFilter }: Capabilities): string[] {
  if (callFilter === 'own') return [];
  const profile = JSON.stringify(engineSeccompProfile());
  if (callFilter === 'sent') return [`seccomp=${profile}`];
  const file = join(paths.files, 'seccomp.json');
  mkdirSync(paths.files, { recursive: true });
  writeAsWhole(file, profile, 0o644);
  return [`seccomp=${file}`];
}

/** Shared with the hub or another container, or the first of its own. */
function chooseNetwork(context: ContainerContext, spec: ContainerSpec): string {
  if (spec.networkOf !== undefined) return `container:${containerName(context, spec.networkOf)}`;
  if (spec.dedicated === true) return networkName(context);
  const [first] = spec.networks ?? [];
  return first === undefined ? `container:${hubName(context)}` : networkName(context, first.network);
}

/** How a container appears in one of its networks: always with all its names. */
export function describeEndpoint(spec: ContainerSpec, index: number): object {
  const membership = spec.networks?.[index];
  const hostname = spec.hostname === undefined ? [] : [spec.hostname];
  return {
    Aliases: [...new Set([spec.name, ...(spec.aliases ?? []), ...(membership?.aliases ?? []), ...hostname])],
    ...(membership?.address === undefined ? {} : { IPAMConfig: { IPv4Address: membership.address } }),
  };
}

/** Lines of hosts(5) and resolv.conf(5) that are asked for. */
function describeNames({ extraHosts = [], resolver = [] }: ContainerSpec): object {
  const words = (key: string): string[] =>
    resolver.filter((line) => line.startsWith(`${key} `)).flatMap((line) => line.split(' ').slice(1));
  return {
    ExtraHosts: extraHosts.map(({ name, address }) => `${name}:${address}`),
    ...(resolver.length === 0
      ? {}
      : { Dns: words('nameserver'), DnsSearch: words('search'), DnsOptions: words('options') }),
  };
}

/** Limits that are asked for, never above what this process has. */
function describeLimits({ limits = [] }: ContainerSpec, { setsLimits }: Capabilities): object[] {
  const found = readProcessLimits();
  const named = setsLimits ? ['NOFILE'] : ['NOFILE', 'NPROC'];
  const own = named.flatMap((name) => (found[name] === undefined ? [] : [{ name, ...found[name] }]));
  const byName = new Map([...own, ...limits].map((limit) => [limit.name, limit]));
  return [...byName.values()].map(({ name, soft, hard }) => {
    const most = found[name]?.hard ?? 0;
    return { Name: name.toLowerCase(), Soft: Math.min(soft, hard, most), Hard: Math.min(hard, most) };
  });
}

function initMounts(init: ReturnType<typeof findInitPrograms> | undefined): object[] {
  if (init === undefined) return [];
  return [bind(init.tini, `${initFolder}/tini`, true), bind(init.catatonit, `${initFolder}/catatonit`, true)];
}

function bind(source: string, target: string, isReadOnly: boolean): object {
  return { Type: 'bind', Source: source, Target: target, ReadOnly: isReadOnly };
}

function describeMount(
  context: ContainerContext,
  spec: ContainerSpec,
  item: Mount,
  index: number,
  { sharesFiles }: Capabilities,
): object {
  switch (item.type) {
    case 'volume':
      if (item.subPath !== undefined) {
        throw new AppError('CONTAINER_FAILED', `${spec.name} mounts the folder ${item.subPath} of a volume`, {
          hint: 'Engines mount whole volumes only: take a volume of its own for it, or the sandbox.',
        });
      }
      return {
        Type: 'volume',
        Source: volumeName(context, item.volume),
        Target: item.path,
        ReadOnly: item.isReadOnly === true,
      };
    case 'folder':
      if (!sharesFiles) {
        throw new AppError('CONTAINER_FAILED', `${spec.name} mounts ${item.source}, which the engine does not see`, {
          hint: 'The engine is on another machine: set `mountSources: false`, or use one of this machine or the sandbox.',
        });
      }
      return bind(requireFolder(spec, item), item.path, item.isReadOnly === true);
    case 'memory':
      return {
        Type: 'tmpfs',
        Target: item.path,
        TmpfsOptions: {
          Mode: item.mode ?? 0o1777,
          ...(item.sizeBytes === undefined ? {} : { SizeBytes: item.sizeBytes }),
        },
      };
    case 'file':
      return bind(copyFile(context, spec, item, index), item.path, true);
  }
}

function requireFolder({ name }: ContainerSpec, item: Extract<Mount, { type: 'folder' }>): string {
  if (item.isMade === true && !existsSync(item.source)) mkdirSync(item.source, { recursive: true });
  if (existsSync(item.source)) return item.source;
  throw new AppError('UNREADABLE_INPUT', `${item.source}, which ${name} mounts at ${item.path}, is not there`, {
    hint: 'Make it, or correct its path.',
  });
}

/** A copy of what a container sees as a file of its own. Where it has an owner, nobody else ever reads it. */
function copyFile(
  { paths, settings }: ContainerContext,
  spec: ContainerSpec,
  item: Extract<Mount, { type: 'file' }>,
  index: number,
): string {
  const { root } = paths.container(spec.name);
  const path = join(root, fileCopy(index));
  const value = 'variable' in item ? settings.variables?.[item.variable] : undefined;
  if ('variable' in item && value === undefined && existsSync(path)) return path;
  mkdirSync(root, { recursive: true, mode: 0o755 });
  rmSync(path, { force: true });
  if ('source' in item) copyFileSync(item.source, path);
  else writeFileSync(path, 'text' in item ? item.text : (value ?? ''), { mode: 0o600 });
  if (item.owner !== undefined && settings.user.uid === 0) chownSync(path, item.owner.uid, item.owner.gid);
  chmodSync(path, item.mode ?? 0o644);
  return path;
}

/**
 * Whom a container runs as: one with sources that is no root is their owner, so that what it makes in them is theirs and
 * it may write there; at a rootless engine that is its root.
 */
export function chooseUser(
  spec: ContainerSpec,
  sourceRoots: readonly string[],
  { isRootless }: Capabilities,
): ContainerSpec {
  const source = spec.mounts.find((item) => item.type === 'folder' && sourceRoots.includes(item.source));
  // A root may write everywhere.
  if (spec.user.uid === 0 || source?.type !== 'folder' || !existsSync(source.source)) return spec;
  const { uid } = statSync(source.source);
  return { ...spec, user: { uid: isRootless ? 0 : uid, gid: spec.user.gid } };
}
