import type { Devfile } from '@devstead/devfile';
import fc from 'fast-check';
import { readObject } from '../from-devfile/read-object.fixture.ts';
import type { Environment } from '../types.ts';

const name = fc.stringMatching(/^[a-z]([-a-z0-9]{0,6}[a-z0-9])?$/);
/** Texts that YAML, JSON or a shell could take for something else. */
const text = fc
  .oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom(
      'yes',
      '0777',
      '1e3',
      '~',
      '',
      '$HOME',
      '$$',
      '{{x}}',
      '# no',
      'a: b',
      "it's",
      '"q"',
      'one\ntwo\n',
      ' x ',
      '1:20',
      '2020-01-01',
      '\t',
      'é\u0085\u2028',
    ),
  )
  .filter((value) => !/[\0\ud800-\udfff]|PROJECT/.test(value));
const variables = fc.uniqueArray(fc.record({ name: fc.stringMatching(/^[A-Z_]{1,6}$/), value: text }), {
  maxLength: 3,
  selector: (variable) => variable.name,
});
const path = fc.stringMatching(/^(\/[a-z]{1,6}){1,3}$/);
const size = fc.constantFrom('1Gi', '512Mi', '1000', '1536Ki');
const cpu = fc.constantFrom('500m', '2', '1250m');

const container = fc.record(
  {
    image: fc.constantFrom('docker.io/library/python:3.11', 'redis:7', 'x'),
    command: fc.array(text, { minLength: 1, maxLength: 3 }),
    args: fc.array(text, { minLength: 1, maxLength: 3 }),
    env: variables,
    memoryLimit: size,
    memoryRequest: fc.constant('1'),
    cpuLimit: cpu,
    cpuRequest: fc.constant('1m'),
    mountSources: fc.boolean(),
    dedicatedPod: fc.boolean(),
    sourceMapping: path.map((folder) => `/src${folder}`),
  },
  { requiredKeys: ['image'] },
);

const plainSources = [
  fc.record({ git: fc.record({ remotes: fc.constant({ origin: 'https://git.example.com/a.git' }) }) }),
  fc.record({ zip: fc.record({ location: fc.constant('https://example.com/a.zip') }) }),
] as const;
const source = fc.oneof(
  ...plainSources,
  fc.record({
    git: fc.record({
      remotes: fc.constant({ origin: 'https://git.example.com/a.git', up: 'https://git.example.com/b.git' }),
      checkoutFrom: fc.record({ remote: fc.constantFrom('origin', 'up'), revision: fc.constantFrom('main', '1.0') }),
    }),
  }),
);

const parts = fc
  .record({
    name,
    containers: fc.uniqueArray(fc.tuple(name, container), { minLength: 1, maxLength: 4, selector: ([id]) => id }),
    volumes: fc.uniqueArray(fc.tuple(name, fc.record({ size, ephemeral: fc.boolean() }, { requiredKeys: [] })), {
      maxLength: 2,
      selector: ([id]) => id,
    }),
    ports: fc.uniqueArray(
      fc.record({
        of: fc.nat(3),
        port: fc.integer({ min: 1, max: 65_535 }),
        exposure: fc.constantFrom('public', 'internal', 'none'),
        protocol: fc.constantFrom('http', 'https', 'ws', 'wss', 'tcp', 'udp'),
        secure: fc.boolean(),
        path: fc.option(fc.constantFrom('/', '/a?b=c'), { nil: undefined }),
      }),
      { maxLength: 5, selector: ({ port }) => port },
    ),
    commands: fc.uniqueArray(
      fc.record({
        id: name,
        kind: fc.constantFrom('exec', 'apply', 'composite'),
        of: fc.nat(3),
        line: text,
        env: variables,
        label: fc.option(text, { nil: undefined }),
        group: fc.option(fc.constantFrom('build', 'run', 'test', 'debug', 'deploy'), { nil: undefined }),
        flag: fc.boolean(),
        folder: fc.option(path, { nil: undefined }),
      }),
      { maxLength: 5, selector: ({ id }) => id },
    ),
    projects: fc.uniqueArray(fc.tuple(name, source), { maxLength: 2, selector: ([id]) => id }),
    starters: fc.uniqueArray(fc.tuple(name, fc.oneof(...plainSources)), { maxLength: 2, selector: ([id]) => id }),
    bound: fc.array(fc.nat(4), { maxLength: 2 }),
  })
  .map(({ name: title, containers, volumes, ports, commands, projects, starters, bound }): DevfileParts => {
    const names = containers.map(([id]) => id);
    const ownerOf = (index: number): string => names[index % names.length] ?? '';
    const free = volumes.filter(([id]) => !names.includes(id));
    const withMounts = containers.map(([id, fields], index) => {
      const endpoints = ports
        .filter(({ of }) => ownerOf(of) === id)
        .map(({ of: _of, port, path: at, ...rest }) => ({
          name: `e-${port}`,
          targetPort: port,
          ...rest,
          ...(at === undefined ? {} : { path: at }),
        }));
      const volumeMounts = free.map(([volume], place) =>
        index % 2 === 0 ? { name: volume } : { name: volume, path: `/mnt/v${place}` },
      );
      return { name: id, container: { ...fields, endpoints, volumeMounts } };
    });
    const isDefault = new Set<string>();
    const made = commands.map(({ id, kind, of, line, env, label, group, flag, folder }, index) => {
      const heading = {
        ...(label === undefined ? {} : { label }),
        ...(group === undefined ? {} : { group: { kind: group, isDefault: !isDefault.has(group) } }),
      };
      if (group !== undefined) isDefault.add(group);
      if (kind === 'apply') return { id, apply: { component: ownerOf(of), ...heading } };
      if (kind === 'composite') {
        const earlier = commands.slice(0, index).map((command) => command.id);
        return { id, composite: { commands: earlier, parallel: flag, ...heading } };
      }
      const exec = { component: ownerOf(of), commandLine: line, env, hotReloadCapable: flag, ...heading };
      return { id, exec: folder === undefined ? exec : { ...exec, workingDir: folder } };
    });
    const postStart = bound.flatMap((index) => (made[index]?.exec === undefined ? [] : [made[index].id]));
    const [chosen] = starters;
    return {
      metadata: { name: title },
      ...(chosen === undefined ? {} : { attributes: { 'controller.devfile.io/use-starter-project': chosen[0] } }),
      components: [...withMounts, ...free.map(([id, volume]) => ({ name: id, volume }))],
      commands: made,
      projects: projects.map(([id, from], index) => ({
        name: id,
        ...from,
        ...(index === 0 ? {} : { clonePath: `sub/${id}`, attributes: { subDir: 'a/b', sparseCheckout: 'x y/z' } }),
      })),
      starterProjects: starters.map(([id, from]) => ({ name: id, description: `about ${id}`, subDir: 'a', ...from })),
      events: { postStart },
    };
  });

type DevfileParts = Omit<Devfile, 'schemaVersion'>;

/** An environment that a devfile without errors describes. */
export const anyEnvironment: fc.Arbitrary<Environment> = parts.map((devfile) => readObject(devfile).environment);
