import { usualCapabilities } from '../plan/capabilities.ts';
import { type ContainerSpec, hasOwnNetwork } from '../plan/container-spec.ts';
import { initFolder } from '../running/init-programs.ts';
import { fileCopy } from '../state/paths.ts';
import { seccompProfile } from '../system-calls/seccomp.ts';
import { seccompPrograms } from '../system-calls/seccomp-programs.generated.ts';
import { dedicatedFiles, stagePaths } from './stage-paths.ts';

/** What the machine adds to a spec. */
export interface OciInput {
  readonly spec: ContainerSpec;
  readonly hostname: string;
  /** Programs of the machine that are mounted into the container: tini and catatonit, linked statically. */
  readonly init: { readonly tini: string; readonly catatonit: string };
  /** Limits of this process, which no container's can exceed: NOFILE is set for all of them. */
  readonly limits: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  /** Set where cgroups cannot be written: the memory limit then holds for each process by itself. */
  readonly processMemoryBytes?: number;
}

/** The OCI runtime configuration of a container (runtime-spec 1.0, config.md). Users are the holder's, and so is the network of all but dedicated containers. */
export function ociConfig(input: OciInput): object {
  const { spec, init } = input;
  const capabilities = spec.capabilities ?? usualCapabilities;
  const network = networkOwner(spec);
  const argv = spec.argv.length === 0 ? [`${initFolder}/catatonit`, '-P'] : [`${initFolder}/tini`, '--', ...spec.argv];
  return {
    ociVersion: '1.0.2',
    hostname: spec.hostname ?? (hasOwnNetwork(spec) ? spec.name : input.hostname),
    // crun(1): taken instead of the section below, which is the same and holds wherever this is not known.
    annotations: { 'run.oci.seccomp_bpf_data': seccompPrograms[process.arch] },
    root: { path: stagePaths.root(spec.name), readonly: spec.isReadOnly === true },
    process: {
      terminal: false,
      user: { uid: spec.user.uid, gid: spec.user.gid, ...(spec.groups && { additionalGids: spec.groups.map(Number) }) },
      args: argv,
      env: spec.env.map(({ name, value }) => `${name}=${value}`),
      cwd: spec.workingDir,
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      noNewPrivileges: true,
      rlimits: [
        ...processLimits(input),
        ...(input.processMemoryBytes === undefined
          ? []
          : [{ type: 'RLIMIT_DATA', soft: input.processMemoryBytes, hard: input.processMemoryBytes }]),
      ],
    },
    mounts: [...systemMounts(spec), ...ownMounts(spec, init), ...specMounts(spec)],
    linux: {
      namespaces: [
        ...['pid', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
        ...(network === undefined ? [] : [{ type: 'network', path: stagePaths.network(network) }]),
      ],
      ...(spec.sysctls && { sysctl: spec.sysctls }),
      maskedPaths: [
        '/proc/acpi',
        '/proc/kcore',
        '/proc/keys',
        '/proc/latency_stats',
        '/proc/timer_list',
        '/proc/timer_stats',
        '/proc/sched_debug',
        '/proc/scsi',
        '/sys/firmware',
      ],
      readonlyPaths: ['/proc/asound', '/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
      seccomp: seccompProfile(),
    },
  };
}

function mount(destination: string, type: string, source: string, ...options: readonly string[]): object {
  return { destination, type, source, options };
}

/** The container whose own network a container is in: itself, or another; undefined in the shared one. */
function networkOwner(spec: ContainerSpec): string | undefined {
  return hasOwnNetwork(spec) ? spec.name : spec.networkOf;
}

/** Limits that are asked for, never above what this process has. */
function processLimits({ spec, limits }: OciInput): { type: string; soft: number; hard: number }[] {
  const wanted = [
    ...(limits['NOFILE'] === undefined ? [] : [{ name: 'NOFILE', ...limits['NOFILE'] }]),
    ...(spec.limits ?? []),
  ];
  const byName = new Map(wanted.map((limit) => [limit.name, limit]));
  return [...byName.values()].map(({ name, soft, hard }) => {
    const most = limits[name]?.hard ?? 0;
    return { type: `RLIMIT_${name}`, soft: Math.min(soft, hard, most), hard: Math.min(hard, most) };
  });
}

const systemMounts = ({ shmBytes = 64 * 2 ** 20 }: ContainerSpec): object[] => [
  mount('/proc', 'proc', 'proc', 'nosuid', 'noexec', 'nodev'),
  mount('/dev', 'tmpfs', 'tmpfs', 'nosuid', 'strictatime', 'mode=755', 'size=65536k'),
  mount('/dev/pts', 'devpts', 'devpts', 'nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'),
  mount('/dev/shm', 'tmpfs', 'shm', 'nosuid', 'noexec', 'nodev', 'mode=1777', `size=${Math.ceil(shmBytes / 1024)}k`),
  mount('/dev/mqueue', 'mqueue', 'mqueue', 'nosuid', 'noexec', 'nodev'),
  mount('/sys', 'sysfs', 'sysfs', 'nosuid', 'noexec', 'nodev', 'ro'),
];

function bindFile(source: string, destination: string): object {
  return mount(destination, 'none', source, 'bind', 'ro', 'nosuid', 'nodev');
}

function ownMounts(spec: ContainerSpec, init: OciInput['init']): object[] {
  const network = networkOwner(spec);
  const own = network === undefined ? '' : `/${dedicatedFiles(network)}`;
  const files = `${stagePaths.workspace}/files${own}`;
  return [
    bindFile(init.tini, `${initFolder}/tini`),
    ...(spec.argv.length === 0 ? [bindFile(init.catatonit, `${initFolder}/catatonit`)] : []),
    ...['hosts', 'resolv.conf', 'hostname'].map((name) => bindFile(`${files}/${name}`, `/etc/${name}`)),
  ];
}

function specMounts(spec: ContainerSpec): object[] {
  return spec.mounts.map((item, index) => {
    switch (item.type) {
      case 'file':
        return bindFile(`${stagePaths.workspace}/containers/${spec.name}/${fileCopy(index)}`, item.path);
      case 'memory': {
        const { path, sizeBytes, mode = 0o1777 } = item;
        const size = sizeBytes === undefined ? [] : [`size=${Math.ceil(sizeBytes / 1024)}k`];
        return mount(path, 'tmpfs', 'tmpfs', 'nosuid', 'nodev', `mode=${mode.toString(8)}`, ...size);
      }
      case 'volume': {
        const whole = `${stagePaths.workspace}/volumes/${item.volume}/data`;
        const source = item.subPath === undefined ? whole : stagePaths.part(spec.name, index);
        return mount(item.path, 'none', source, ...bindOptions(item));
      }
      case 'folder':
        return mount(item.path, 'none', stagePaths.folder(spec.name, item.source), ...bindOptions(item));
    }
  });
}

function bindOptions({ isReadOnly }: { readonly isReadOnly?: true }): string[] {
  return ['rbind', isReadOnly === true ? 'ro' : 'rw', 'nosuid', 'nodev'];
}
