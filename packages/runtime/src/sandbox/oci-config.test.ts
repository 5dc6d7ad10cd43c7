import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { compileProfile, seccompProfile } from '../system-calls/seccomp.ts';
import { type OciInput, ociConfig } from './oci-config.ts';
import { stagePaths } from './stage-paths.ts';

const spec: ContainerSpec = {
  name: 'db',
  image: 'postgres:15',
  imageName: 'postgresql',
  argv: ['postgresql-entrypoint', 'postgres'],
  mayEnd: true,
  env: [
    { name: 'PATH', value: '/usr/bin:/bin' },
    { name: 'POSTGRES_PASSWORD', value: 'a b=c' },
  ],
  user: { uid: 26, gid: 0 },
  workingDir: '/',
  commandDir: '/',
  mounts: [
    { type: 'folder', source: '/home/me/shop', path: '/projects' },
    { type: 'volume', volume: 'data', path: '/var/lib/pgsql/data' },
    { type: 'file', source: '/etc/ssl/machine.pem', path: '/etc/devstead/ca-certificates.crt' },
  ],
  resources: { memoryLimitBytes: 2 ** 29 },
  stopSignal: 'SIGINT',
  stopGraceMs: 10_000,
  checks: [],
};
const input: OciInput = {
  spec,
  hostname: 'shop',
  init: { tini: '/usr/bin/tini-static', catatonit: '/usr/bin/catatonit' },
  limits: { NOFILE: { soft: 1024, hard: 4096 } },
};

interface Config {
  readonly process: {
    readonly args: readonly string[];
    readonly cwd: string;
    readonly rlimits: readonly { readonly type: string; readonly soft: number; readonly hard: number }[];
    readonly capabilities: Readonly<Record<string, readonly string[]>>;
  };
  readonly mounts: readonly {
    readonly destination: string;
    readonly source: string;
    readonly options: readonly string[];
  }[];
}

function configOf(change: Partial<OciInput>): Config {
  return ociConfig({ ...input, ...change }) as Config;
}

describe('the OCI configuration', () => {
  it('is as stored', async () => {
    const { linux, annotations, ...rest } = ociConfig(input) as Config & {
      readonly linux: { readonly seccomp: unknown };
      readonly annotations: Readonly<Record<string, string>>;
    };
    const { seccomp, ...others } = linux;
    expect(seccomp).toEqual(seccompProfile());
    expect(annotations).toEqual({ 'run.oci.seccomp_bpf_data': compileProfile(process.arch) });
    // The seccomp profile differs by processor and has tests of its own.
    const text = `${JSON.stringify({ ...rest, linux: others }, null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(new URL('../../goldens/container.oci.json', import.meta.url).pathname);
  });

  it('only keeps a container alive that has no program', () => {
    const idle = configOf({ spec: { ...spec, argv: [], keptAlive: 'it would end' } });
    expect(idle.process.args).toEqual(['/.devstead/catatonit', '-P']);
    expect(idle.mounts.map(({ destination }) => destination)).toContain('/.devstead/catatonit');
  });

  it.each([true, false])('has nothing that keeps alive where a program runs, may it end or not (%s)', (mayEnd) => {
    const own = configOf({ spec: { ...spec, mayEnd } });
    expect(own.mounts.map(({ destination }) => destination)).not.toContain('/.devstead/catatonit');
    expect(own.process.args).toEqual(['/.devstead/tini', '--', 'postgresql-entrypoint', 'postgres']);
  });

  it('starts the program in the folder of its image, and mounts each source at a place of its own', () => {
    const { process, mounts } = configOf({
      spec: {
        ...spec,
        workingDir: '/srv',
        commandDir: '/projects',
        mounts: [
          { type: 'folder', source: '/home/me/shop', path: '/projects' },
          { type: 'folder', source: '/home/me/other', path: '/other' },
        ],
      },
    });
    expect(process.cwd).toBe('/srv');
    const places = ['/projects', '/other'].map((path) => mounts.find((one) => one.destination === path)?.source);
    expect(places).toEqual(['/home/me/shop', '/home/me/other'].map((source) => stagePaths.folder('db', source)));
    expect(new Set(places).size).toBe(2);
  });

  it('has what a service asks for', () => {
    const service: ContainerSpec = {
      ...spec,
      networks: [],
      hostname: 'db-host',
      isReadOnly: true,
      capabilities: ['CAP_CHOWN'],
      groups: ['44'],
      shmBytes: 2 ** 28,
      sysctls: { 'net.core.somaxconn': '1024' },
      limits: [
        { name: 'NOFILE', soft: 2048, hard: 1_000_000 },
        { name: 'NPROC', soft: 10, hard: 20 },
      ],
      mounts: [
        { type: 'volume', volume: 'data', path: '/data', subPath: 'a/b', isReadOnly: true },
        { type: 'memory', path: '/tmp', sizeBytes: 2 ** 20, mode: 0o700 },
        { type: 'folder', source: '/srv/conf', path: '/conf', isReadOnly: true },
        { type: 'file', text: 'secret', path: '/run/secrets/key' },
      ],
    };
    const limits = { NOFILE: { soft: 1024, hard: 4096 }, NPROC: { soft: 5, hard: 15 } };
    const config = ociConfig({ ...input, spec: service, limits }) as Config & Record<string, unknown>;
    expect(config).toMatchObject({
      hostname: 'db-host',
      root: { readonly: true },
      process: { user: { uid: 26, gid: 0, additionalGids: [44] } },
      linux: { sysctl: { 'net.core.somaxconn': '1024' } },
    });
    expect(Object.values(config.process.capabilities)).toEqual(Array(3).fill(['CAP_CHOWN']));
    expect(config.process.rlimits).toEqual([
      { type: 'RLIMIT_NOFILE', soft: 2048, hard: 4096 },
      { type: 'RLIMIT_NPROC', soft: 10, hard: 15 },
    ]);
    const at = (destination: string) => config.mounts.find((one) => one.destination === destination);
    expect(at('/dev/shm')?.options).toContain('size=262144k');
    expect(at('/data')?.source).toBe(stagePaths.part('db', 0));
    expect(at('/data')?.options).toContain('ro');
    expect(at('/tmp')?.options).toEqual(['nosuid', 'nodev', 'mode=700', 'size=1024k']);
    expect(at('/conf')?.options).toContain('ro');
    expect(at('/run/secrets/key')?.options).toContain('ro');
    expect(at('/etc/hosts')?.source).toBe(`${stagePaths.workspace}/files/dedicated/db/hosts`);
  });

  it('has the network and its files of the container whose network it shares', () => {
    const config = ociConfig({ ...input, spec: { ...spec, networkOf: 'web' } }) as Config & {
      readonly linux: { readonly namespaces: unknown };
    };
    expect(config.linux.namespaces).toContainEqual({ type: 'network', path: stagePaths.network('web') });
    expect(config.mounts.find((one) => one.destination === '/etc/hosts')?.source).toContain('dedicated/web');
  });

  it('limits the memory of each process where groups cannot', () => {
    expect(configOf({}).process.rlimits.map(({ type }) => type)).toEqual(['RLIMIT_NOFILE']);
    expect(configOf({ processMemoryBytes: 2 ** 29 }).process.rlimits).toContainEqual({
      type: 'RLIMIT_DATA',
      soft: 2 ** 29,
      hard: 2 ** 29,
    });
  });

  it('gives no capability that reaches the machine, and none to inherit', () => {
    const { capabilities } = configOf({}).process;
    expect(Object.keys(capabilities).toSorted()).toEqual(['bounding', 'effective', 'permitted']);
    for (const list of Object.values(capabilities)) {
      expect(list).not.toContain('CAP_SYS_ADMIN');
      expect(list.filter((name) => /SYS_(?!CHROOT)|NET_(?!BIND)|MKNOD|BPF|PERFMON|AUDIT|DAC_READ/.test(name))).toEqual(
        [],
      );
    }
  });

  it('mounts nothing that can bring devices or other rights', () => {
    const without = (option: string): string[] =>
      configOf({})
        .mounts.filter(({ options }) => !options.includes(option))
        .map(({ destination }) => destination);
    expect(without('nosuid')).toEqual([]);
    // Where the devices of the container itself are.
    expect(without('nodev')).toEqual(['/dev', '/dev/pts']);
  });

  it('puts a dedicated container into its own network, with its own name and files', () => {
    const config = ociConfig({ ...input, spec: { ...spec, dedicated: true } }) as {
      hostname: string;
      linux: { namespaces: object[] };
      mounts: { destination: string; source: string }[];
    };
    expect(config.hostname).toBe('db');
    expect(config.linux.namespaces).toContainEqual({ type: 'network', path: stagePaths.network('db') });
    const hosts = config.mounts.find(({ destination }) => destination === '/etc/hosts');
    expect(hosts?.source).toBe(`${stagePaths.workspace}/files/dedicated/db/hosts`);
  });
});
