import type { Service } from '@devstead/environment';
import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from './container-spec.ts';
import { makeEnvironment } from './environment.fixture.ts';
import { resolveContainers } from './resolve-container.ts';
import { makeServiceContainer } from './service.fixture.ts';

const config = {
  user: '5:6',
  env: {},
  entrypoint: ['serve'],
  command: ['now'],
  workingDir: '/srv',
  ports: [80],
  volumes: [],
  stopSignal: 'SIGQUIT',
};

const network = { fullName: '', internal: false, external: false, subnets: [], labels: [] };
const environment = makeEnvironment({
  network: 'named',
  networks: [
    { ...network, name: 'default' },
    { ...network, name: 'back', internal: true, subnets: ['fd00::/64', '172.28.0.0/24'] },
  ],
  secrets: [
    { name: 'key', fullName: 'key', external: false, file: '/work/key.pem' },
    { name: 'token', fullName: 'token', external: false, variable: 'TOKEN' },
    { name: 'other', fullName: 'other', external: true },
  ],
  configs: [{ name: 'conf', fullName: 'conf', external: false, content: 'a=b' }],
});

function resolve(parts: Partial<Service>, ready?: readonly string[]): ContainerSpec[] {
  const image = { name: 'web', config: { ...config, ...(ready === undefined ? {} : { ready }) } };
  return resolveContainers({
    environment: {
      ...environment,
      containers: [makeServiceContainer('web', parts), makeServiceContainer('db', { replicas: 2 })],
    },
    images: new Map([
      ['web', image],
      ['db', { name: 'db', config }],
    ]),
    projectFolder: '/work',
    machineEnv: [],
    gateway: '192.168.1.7',
  }).filter(({ name }) => name.startsWith('web'));
}

const resolveOne = (parts: Partial<Service>, ready?: readonly string[]): ContainerSpec | undefined =>
  resolve(parts, ready)[0];

describe('a service', () => {
  it('is called in its networks what links of others call it there', () => {
    const names = (links: readonly string[]) => resolveOne({ links: [...links] })?.networks?.[0]?.aliases;
    expect(names(['web:self', 'db:data', 'web'])).toEqual(['web', 'self']);
    expect(names(['db'])).toEqual(['web']);
  });

  it('runs what its image says, as a service of the machine would, and is started again only when it says so', () => {
    expect(resolveOne({})).toMatchObject({
      argv: ['serve', 'now'],
      mayEnd: false,
      user: { uid: 5, gid: 6 },
      workingDir: '/srv',
      stopSignal: 'SIGQUIT',
      checks: [],
      networks: [{ network: 'default', aliases: ['web'] }],
      restart: { policy: 'no' },
    });
    expect(resolveOne({})).not.toHaveProperty('health');
    expect(resolveOne({})).not.toHaveProperty('isCutOff');
    expect(resolveOne({})).not.toHaveProperty('keptAlive');
  });

  it('has as many containers as it asks for, each known by the service’s name', () => {
    expect(resolve({ replicas: 0 })).toEqual([]);
    const names = resolve({ replicas: 3 }).map(({ name, networks }) => [name, networks?.[0]?.aliases]);
    expect(names).toEqual([
      ['web', ['web']],
      ['web-2', ['web']],
      ['web-3', ['web']],
    ]);
  });

  it('waits for every container of the services it depends on', () => {
    const dependsOn = [
      { service: 'db', condition: 'healthy', restart: false, required: true },
      { service: 'gone', condition: 'started', restart: false, required: false },
    ] as const;
    expect(resolveOne({ dependsOn })?.startsAfter).toEqual([
      { container: 'db', condition: 'healthy', isRequired: true },
      { container: 'db-2', condition: 'healthy', isRequired: true },
    ]);
  });

  it('has its own health check, else its image’s, with the defaults of the specification', () => {
    const defaults = { intervalMs: 30_000, timeoutMs: 30_000, retries: 3, startPeriodMs: 0 };
    const ready = ['is-ready'];
    expect(resolveOne({}, ready)?.health).toEqual({ argv: ready, ...defaults });
    expect(resolveOne({ healthcheck: { disabled: true } }, ready)?.health).toBeUndefined();
    const own = {
      disabled: false,
      test: ['CMD-SHELL', 'curl -f localhost'],
      intervalMs: 1000,
      retries: 9,
      startPeriodMs: 5,
    };
    expect(resolveOne({ healthcheck: own }, ready)?.health).toEqual({
      ...defaults,
      argv: ['/bin/sh', '-c', 'curl -f localhost'],
      intervalMs: 1000,
      retries: 9,
      startPeriodMs: 5,
    });
    expect(resolveOne({ healthcheck: { disabled: false, timeoutMs: 7 } }, ready)?.health?.timeoutMs).toBe(7);
  });

  it('is in the networks it names, or in another’s, or in none', () => {
    const networks = [{ network: 'back', aliases: ['api'], address: '172.28.0.9' }];
    expect(resolveOne({ networks, containerName: 'shop-web' })).toMatchObject({
      networks: [
        { network: 'back', aliases: ['web', 'shop-web', 'api'], address: '172.28.0.9', subnet: '172.28.0.0/24' },
      ],
      isCutOff: true,
    });
    const two = [...networks, { network: 'default', aliases: [] }];
    expect(resolveOne({ networks: two })).not.toHaveProperty('isCutOff');
    const shared = resolveOne({ networkMode: 'service', networkOf: 'db', networks: [] });
    expect(shared).toMatchObject({ networkOf: 'db' });
    expect(shared).not.toHaveProperty('networks');
    expect(resolveOne({ networkMode: 'none', networks: [] })).toMatchObject({ networks: [], isCutOff: true });
  });

  it('knows the names it asks for', () => {
    const spec = resolveOne({
      extraHosts: [{ host: 'me', addresses: ['host-gateway', '10.0.0.1'] }],
      dns: { servers: [], search: ['a.example'], options: ['ndots:2'] },
    });
    expect(spec?.extraHosts).toEqual([
      { name: 'me', address: '192.168.1.7' },
      { name: 'me', address: '10.0.0.1' },
    ]);
    expect(spec?.resolver).toEqual(['search a.example', 'options ndots:2']);
  });

  it('mounts folders, memory, secrets and configs, without the values of variables', () => {
    const spec = resolveOne({
      binds: [
        { source: '/work/src', path: '/app', readOnly: true, createSource: true },
        { source: '/var/run/docker.sock', path: '/var/run/docker.sock', readOnly: false, createSource: false },
      ],
      tmpfs: [{ path: '/tmp', sizeBytes: 9 }],
      secrets: [
        { source: 'key', path: '/run/secrets/key' },
        { source: 'token', path: '/run/secrets/token', uid: '7', gid: '8', mode: 0o400 },
        { source: 'other', path: '/run/secrets/other' },
      ],
      configs: [{ source: 'conf', path: '/conf' }],
    });
    const root = { mode: 0o444, owner: { uid: 0, gid: 0 } };
    expect(spec?.mounts).toEqual([
      { type: 'folder', source: '/work/src', path: '/app', isReadOnly: true, isMade: true },
      { type: 'memory', path: '/tmp', sizeBytes: 9 },
      { type: 'file', path: '/run/secrets/key', source: '/work/key.pem', ...root },
      { type: 'file', path: '/run/secrets/token', variable: 'TOKEN', mode: 0o400, owner: { uid: 7, gid: 8 } },
      { type: 'file', path: '/conf', text: 'a=b', ...root },
    ]);
  });

  it('has the limits and settings it asks for', () => {
    expect(
      resolveOne({
        user: 'app:staff',
        groups: ['video'],
        workingDir: '/app',
        stop: { signal: 'usr1', gracePeriodMs: 5 },
        restart: { policy: 'on-failure', maxRetries: 4 },
        readOnly: true,
        capDrop: ['ALL'],
        shmSizeBytes: 1,
        pidsLimit: 2,
        ulimits: [{ name: 'nofile', soft: 1, hard: -1 }],
        sysctls: [{ name: 'net.core.somaxconn', value: '9' }],
      }),
    ).toMatchObject({
      userText: 'app:staff',
      groups: ['video'],
      workingDir: '/app',
      commandDir: '/app',
      stopSignal: 'SIGUSR1',
      stopGraceMs: 5,
      restart: { policy: 'on-failure', maxRetries: 4 },
      isReadOnly: true,
      capabilities: [],
      shmBytes: 1,
      processLimit: 2,
      limits: [{ name: 'NOFILE', soft: 1, hard: Number.MAX_SAFE_INTEGER }],
      sysctls: { 'net.core.somaxconn': '9' },
    });
  });
});
