import type { Component, Devfile } from '@devstead/devfile';
import { describe, expect, it } from 'vitest';
import type { Container, ExecCommand } from '../types.ts';
import { readObject } from './read-object.fixture.ts';

type Parts = Omit<Devfile, 'schemaVersion'>;

function container(name: string, fields: Partial<NonNullable<Component['container']>> = {}): Component {
  return { name, container: { image: 'image', ...fields } };
}

function readContainer(parts: Parts): Container {
  return readObject(parts).environment.containers[0] as Container;
}

function codesOf(parts: Parts): readonly string[] {
  return readObject(parts).diagnostics.map(({ code }) => code);
}

describe('name', () => {
  it('is metadata.name, else the fallback', () => {
    expect(readObject({ metadata: { name: 'shop' } }).environment.name).toBe('shop');
    const { environment } = readObject({});
    expect(environment.name).toBe('folder');
    expect(environment.provenance['name']?.[0]?.kind).toBe('default');
  });
});

describe('sources', () => {
  it('lie at the root itself without projects, and their variables come first', () => {
    const { env, sources } = readContainer({ components: [container('a', { env: [{ name: 'X', value: '1' }] })] });
    expect(sources).toEqual({ root: '/projects', project: '/projects' });
    expect(env).toEqual([
      { name: 'PROJECTS_ROOT', value: '/projects' },
      { name: 'PROJECT_SOURCE', value: '/projects' },
      { name: 'X', value: '1' },
    ]);
  });

  it('lie below the root by clonePath, else name, of the first project', () => {
    const components = [container('a', { sourceMapping: '/src/' })];
    const git = { remotes: { origin: 'https://example.org/x.git' } };
    const named = readContainer({
      components,
      projects: [
        { name: 'one', git },
        { name: 'two', git },
      ],
    });
    expect(named.sources).toEqual({ root: '/src', project: '/src/one' });
    const placed = readContainer({ components, projects: [{ name: 'one', clonePath: 'a/./b/', git }] });
    expect(placed.sources).toEqual({ root: '/src', project: '/src/a/b' });
  });

  it('are left out by mountSources false, and by dedicatedPod unless mountSources is true', () => {
    expect(readContainer({ components: [container('a', { mountSources: false })] }).env).toEqual([]);
    expect(readContainer({ components: [container('a', { dedicatedPod: true })] }).sources).toBeUndefined();
    const both = readContainer({ components: [container('a', { dedicatedPod: true, mountSources: true })] });
    expect(both.sources?.root).toBe('/projects');
    expect(both.dedicated).toBe(true);
  });

  it.each(['projects', '/a/../../etc', '/', '/a:b', '/a\nb'])('are refused at %j', (sourceMapping) => {
    const parts = { components: [container('a', { sourceMapping })] };
    expect(codesOf(parts)).toEqual(['environment.source-mapping']);
    expect(readContainer(parts).sources?.root).toBe('/projects');
  });
});

describe('projects', () => {
  const git = { remotes: { origin: 'https://example.org/x.git' } };

  it.each(['/etc', '../x', 'a/../../x', 'a\\b', '.', './'])('are not cloned to %j', (clonePath) => {
    const { environment, diagnostics } = readObject({ projects: [{ name: 'one', clonePath, git }] });
    expect(diagnostics.map(({ code, path }) => [code, path])).toEqual([
      ['environment.project-path', 'projects.one.clonePath'],
    ]);
    expect(environment.projects[0]?.clonePath).toBe('one');
  });

  it('do not share a folder, dependent projects included', () => {
    const parts = { projects: [{ name: 'one', git }], dependentProjects: [{ name: 'two', clonePath: 'one', git }] };
    expect(codesOf(parts)).toEqual(['environment.project-path']);
  });

  it('check out the only remote unless another is named', () => {
    const remotes = { origin: 'o', fork: 'f' };
    const projects = [
      { name: 'one', git },
      { name: 'two', git: { remotes, checkoutFrom: { remote: 'fork', revision: 'v1' } } },
    ];
    const { environment } = readObject({ projects });
    expect(environment.projects.map((project) => project.git)).toEqual([
      { remotes: git.remotes, checkoutRemote: 'origin' },
      { remotes, checkoutRemote: 'fork', revision: 'v1' },
    ]);
  });

  it('keep a remote whose name is special in JavaScript', () => {
    const special = { remotes: JSON.parse('{"__proto__":"x"}') as Record<string, string> };
    const [project] = readObject({ projects: [{ name: 'one', git: special }] }).environment.projects;
    expect(Object.keys(project?.git?.remotes ?? {})).toEqual(['__proto__']);
  });
});

describe('mounts', () => {
  const mount = (name: string, path?: string) => (path === undefined ? { name } : { name, path });

  it('are at /<name> unless said, and a volume may be mounted twice', () => {
    const volumeMounts = [mount('cache'), mount('cache', '/var/cache')];
    const { environment } = readObject({ components: [container('a', { volumeMounts })] });
    expect(environment.containers[0]?.mounts).toEqual([
      { volume: 'cache', path: '/cache' },
      { volume: 'cache', path: '/var/cache' },
    ]);
    expect(environment.provenance['containers.a.mounts.cache.path']?.[0]?.kind).toBe('default');
    expect(environment.provenance['containers.a.mounts.cache#2.path']?.[0]?.kind).toBe('file');
  });

  it('are refused at a path that is no place below the root, or that is taken', () => {
    const codes = (paths: readonly string[]) =>
      codesOf({ components: [container('a', { volumeMounts: paths.map((path, index) => mount(`v${index}`, path)) })] });
    expect(codes(['data', '/../etc', '/'])).toEqual(Array(3).fill('environment.mount-path'));
    expect(codes(['/data', '/data/'])).toEqual(['environment.mount-conflict']);
    expect(codes(['/projects'])).toEqual(['environment.mount-conflict']);
  });
});

describe('resources', () => {
  it('are whole bytes and thousandths of a processor, rounded up', () => {
    const limits = { memoryLimit: '1.5Gi', memoryRequest: '1G', cpuLimit: '0.1', cpuRequest: '250m' };
    expect(readContainer({ components: [container('a', limits)] }).resources).toEqual({
      memoryLimitBytes: 1.5 * 2 ** 30,
      memoryRequestBytes: 1e9,
      cpuLimitMillis: 100,
      cpuRequestMillis: 250,
    });
    expect(readContainer({ components: [container('a', { memoryLimit: '100m', cpuLimit: '1u' })] }).resources).toEqual({
      memoryLimitBytes: 1,
      cpuLimitMillis: 1,
    });
  });

  it('are absent when not written, and reported when they are no amount', () => {
    expect(readContainer({ components: [container('a')] }).resources).toEqual({});
    expect(codesOf({ components: [container('a', { memoryLimit: 'much', cpuLimit: '-1' })] })).toEqual([
      'environment.quantity',
      'environment.quantity',
    ]);
  });
});

describe('volumes', () => {
  it('have their size and whether they stay', () => {
    const components = [
      { name: 'v', volume: { size: '2Gi' } },
      { name: 'w', volume: { ephemeral: true } },
    ];
    expect(readObject({ components }).environment.volumes).toEqual([
      { name: 'v', sizeBytes: 2 ** 31, ephemeral: false },
      { name: 'w', ephemeral: true },
    ]);
  });

  it('are all ephemeral with that storage type, and `why` says so', () => {
    const attributes = { 'controller.devfile.io/storage-type': 'ephemeral' };
    const { environment, diagnostics } = readObject({
      attributes,
      components: [{ name: 'v', volume: { ephemeral: false } }],
    });
    expect(environment.volumes[0]?.ephemeral).toBe(true);
    expect(environment.provenance['volumes.v.ephemeral']?.at(-1)?.detail).toBe(
      'attributes.controller.devfile.io/storage-type',
    );
    expect(diagnostics).toEqual([]);
  });
});

describe('workspaceEnv', () => {
  const shared = (name: string, value: string) => ({ workspaceEnv: [{ name, value }] });

  it('of the devfile and of any component reaches every container', () => {
    const { environment } = readObject({
      attributes: shared('A', '1'),
      components: [
        container('a', { mountSources: false }),
        { ...container('b', { mountSources: false }), attributes: shared('B', '2') },
      ],
    });
    const env = [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ];
    expect(environment.containers.map((each) => each.env)).toEqual([env, env]);
    expect(environment.provenance['containers.a.env.B']?.[0]?.detail).toBe(
      'components.1.attributes.workspaceEnv.0.value',
    );
  });

  it.each([
    ['a reserved name', shared('PROJECT_SOURCE', '/x'), []],
    ['another value in a container', shared('A', '1'), [{ name: 'A', value: '2' }]],
  ])('conflicts with %s', (_case, attributes, env) => {
    expect(codesOf({ attributes, components: [container('a', { env })] })).toEqual([
      'environment.conflicting-variable',
    ]);
  });

  it('agrees with the same value, and conflicts with another workspaceEnv', () => {
    const component = (value: string) => ({
      ...container('a', { mountSources: false }),
      attributes: shared('A', value),
    });
    expect(codesOf({ attributes: shared('A', '1'), components: [component('1')] })).toEqual([]);
    const conflict = { attributes: shared('A', '1'), components: [component('2')] };
    expect(codesOf(conflict)).toEqual(['environment.conflicting-variable']);
    expect(readContainer(conflict).env).toEqual([{ name: 'A', value: '1' }]);
  });

  it.each([['text'], [['A=1']], [[{ name: 'A', value: 1 }]]])('is left out as %j', (workspaceEnv) => {
    const parts = { attributes: { workspaceEnv }, components: [container('a', { mountSources: false })] };
    expect(codesOf(parts)).toEqual(['environment.workspace-env']);
    expect(readContainer(parts).env).toEqual([]);
  });
});

describe('variables', () => {
  it('name the folders of the sources in any of their spellings', () => {
    const value = '${PROJECT_SOURCE}/a:$(PROJECTS_ROOT)/b:$PROJECT_SOURCE/c:$PROJECT_SOURCES:${HOME}';
    const { env } = readContainer({ components: [container('a', { env: [{ name: 'X', value }] })] });
    expect(env[2]?.value).toBe('/projects/a:/projects/b:/projects/c:$PROJECT_SOURCES:${HOME}');
  });

  it('set twice count once, the last; reserved ones are left to the sources', () => {
    const env = [
      { name: 'X', value: '1' },
      { name: 'X', value: '2' },
      { name: 'PROJECT_SOURCE', value: '/elsewhere' },
    ];
    const parts = { components: [container('a', { env })] };
    expect(codesOf(parts)).toEqual(['environment.duplicate-variable']);
    expect(readContainer(parts).env.slice(1)).toEqual([
      { name: 'PROJECT_SOURCE', value: '/projects' },
      { name: 'X', value: '2' },
    ]);
  });
});

describe('commands', () => {
  const exec = (workingDir: string, component = 'a') => ({
    id: 'c',
    exec: { commandLine: 'true', component, workingDir },
  });
  const read = (workingDir: string, fields = {}) => {
    const reading = readObject({ components: [container('a', fields)], commands: [exec(workingDir)] });
    return { ...reading, command: reading.environment.commands[0] as ExecCommand };
  };

  it.each([
    ['${PROJECT_SOURCE}', '/projects'],
    ['$PROJECT_SOURCE/src', '/projects/src'],
    ['${PROJECTS_ROOT}/x', '/projects/x'],
    ['${HOME}/x', '/home/me/x'],
    ['/', '/'],
  ])('run in %s', (written, expected) => {
    const { command, diagnostics } = read(written, { env: [{ name: 'HOME', value: '/home/me' }] });
    expect(command.workingDir).toBe(expected);
    expect(diagnostics).toEqual([]);
  });

  it('leave the folder to the container when a name has no value', () => {
    const { command, diagnostics } = read('${PROJECT_SOURCE}', { mountSources: false });
    expect(command).not.toHaveProperty('workingDir');
    expect(diagnostics.map(({ code, path }) => [code, path])).toEqual([
      ['environment.working-folder', 'commands.c.exec.workingDir'],
    ]);
  });

  it('are exec, apply and composite, with groups and defaults', () => {
    const group = { kind: 'run' } as const;
    const { environment } = readObject({
      commands: [
        { id: 'e', exec: { commandLine: 'x', component: 'a', label: 'E', group } },
        { id: 'p', apply: { component: 'a' } },
        { id: 'm', composite: { commands: ['e', 'p'], parallel: true } },
      ],
    });
    expect(environment.commands).toEqual([
      {
        id: 'e',
        type: 'exec',
        label: 'E',
        group: { kind: 'run', isDefault: false },
        container: 'a',
        commandLine: 'x',
        env: [],
        hotReloadCapable: false,
      },
      { id: 'p', type: 'apply', component: 'a' },
      { id: 'm', type: 'composite', commands: ['e', 'p'], parallel: true },
    ]);
  });

  it('are bound to events whatever the letter case', () => {
    const { environment } = readObject({ commands: [exec('/')], events: { preStart: ['C'] } });
    expect(environment.events).toEqual({ preStart: ['c'], postStart: [], preStop: [], postStop: [] });
  });
});

describe('what is left out', () => {
  it('is said for components of other kinds, with their place; commands that apply them stay', () => {
    const { environment, diagnostics } = readObject({
      components: [
        { name: 'k', kubernetes: { inlined: 'x' } },
        { name: 'o', openshift: { inlined: 'x' } },
        { name: 'p', plugin: { uri: 'x' } },
      ],
      commands: [{ id: 'deploy', apply: { component: 'k' } }],
    });
    expect(
      diagnostics
        .map(({ code, severity, path }) => [code, severity, path])
        .toSorted((a, b) => String(a).localeCompare(String(b))),
    ).toEqual([
      ['environment.component-ignored', 'info', 'components.k.name'],
      ['environment.component-ignored', 'warning', 'components.o.name'],
      ['environment.component-ignored', 'warning', 'components.p.name'],
    ]);
    expect(environment.commands).toHaveLength(1);
  });

  it('is said for attributes that change the environment elsewhere', () => {
    const attributes = { 'pod-overrides': {}, 'controller.devfile.io/storage-type': 'async', harmless: true };
    const components = [{ ...container('a'), attributes: { 'container-overrides': {} } }];
    const { diagnostics } = readObject({ attributes, components });
    expect(diagnostics.map(({ code, path }) => [code, path])).toEqual([
      ['environment.attribute-ignored', 'attributes.pod-overrides'],
      ['environment.attribute-ignored', 'attributes.controller.devfile.io/storage-type'],
      ['environment.attribute-ignored', 'components.a.attributes.container-overrides'],
    ]);
  });
});
