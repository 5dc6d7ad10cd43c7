import { describe, expect, it } from 'vitest';
import { parent } from './parent.fixture.ts';
import { makeDevfile, outline, readFiles } from './read-files.fixture.ts';

describe('a devfile with a parent', () => {
  it('has what the parent brings, then its own, and events in the order they come', async () => {
    const { devfile, diagnostics } = await readFiles({
      'devfile.yaml': makeDevfile(
        'parent: {uri: base/parent.yaml}',
        'variables: {own: x}',
        'components:',
        '- {name: db, container: {image: postgres}}',
        'commands:',
        '- {id: start, exec: {component: db, commandLine: "{{own}}{{tag}}"}}',
        'events: {postStart: [start, test], preStop: [start]}',
      ),
      'base/parent.yaml': parent,
    });
    expect(diagnostics.map(outline)).toEqual(['base/parent.yaml:15:9 devfile.unused-volume']);
    expect(devfile?.parent).toBeUndefined();
    expect(devfile?.metadata).toEqual({ name: 'main' });
    expect(devfile?.components?.map(({ name }) => name)).toEqual(['app', 'cache', 'manifest', 'db']);
    expect(devfile?.commands?.map(({ id }) => id)).toEqual(['build', 'test', 'all', 'start']);
    expect(devfile?.commands?.at(-1)?.exec?.commandLine).toBe('x1');
    expect(devfile?.events).toEqual({ postStart: ['test', 'build', 'start'], preStop: ['start'] });
    expect(devfile?.variables).toEqual({ tag: '1', port: '80', own: 'x' });
  });

  it('changes it as a strategic merge patch does', async () => {
    const { devfile, diagnostics } = await readFiles({
      'devfile.yaml': makeDevfile(
        'parent:',
        '  uri: parent.yaml',
        '  variables: {tag: "2"}',
        '  attributes: {team: {name: mine}}',
        '  components:',
        '  - name: app',
        '    attributes: {a: {z: 3}}',
        '    container:',
        '      args: [c]',
        '      env: [{name: NEW, value: five}, {name: A, value: three}]',
        '      annotation: {deployment: {l: changed}}',
        '  - {name: cache, container: {image: redis}}',
        '  commands:',
        '  - {id: all, composite: {commands: [test]}}',
        '  projects:',
        '  - {name: sources, git: {remotes: {fork: "https://git.example/c.git"}, checkoutFrom: {revision: v2}}}',
      ),
      'parent.yaml': parent,
    });
    expect(diagnostics).toEqual([]);
    const [app, cache] = devfile?.components ?? [];
    expect(devfile?.attributes).toEqual({ team: { name: 'mine' } });
    expect(app?.attributes).toEqual({
      a: { z: 3 },
      b: 'keep',
      'api.devfile.io/imported-from': 'uri: parent.yaml',
      'api.devfile.io/parent-override-from': 'main devfile',
    });
    expect(app?.container).toEqual({
      image: 'registry.example/app:2',
      args: ['c'],
      env: [
        { name: 'NEW', value: 'five' },
        { name: 'A', value: 'three' },
        { name: 'B', value: 'two' },
      ],
      annotation: { deployment: { k: 'v', l: 'changed' } },
    });
    expect(cache).toMatchObject({ name: 'cache', container: { image: 'redis' } });
    expect(cache).not.toHaveProperty('volume');
    expect(devfile?.commands?.find(({ id }) => id === 'all')?.composite).toEqual({ commands: ['test'] });
    expect(devfile?.projects?.[0]?.git).toEqual({
      remotes: { origin: 'https://git.example/a.git', fork: 'https://git.example/c.git' },
      checkoutFrom: { remote: 'origin', revision: 'v2' },
    });
  });

  it('reads half a component of another kind as one with empty values', async () => {
    const { diagnostics } = await readFiles({
      'devfile.yaml': makeDevfile(
        'parent:',
        '  uri: parent.yaml',
        '  components:',
        '  - {name: cache, container: {endpoints: [{name: e, exposure: public}]}}',
        '  commands:',
        '  - {id: all, exec: {component: app}}',
      ),
      'parent.yaml': parent,
    });
    expect(diagnostics.map(outline)).toEqual([
      'devfile.yaml:6:19 devfile.empty-image',
      'devfile.yaml:6:43 devfile.port-range',
      'devfile.yaml:8:15 devfile.empty-command-line',
    ]);
  });

  it('brings in parents of parents, each signed with the nearest', async () => {
    const { devfile, diagnostics, files } = await readFiles({
      'devfile.yaml': makeDevfile('parent: {uri: a/one.yaml, components: [{name: app, container: {image: third}}]}'),
      'a/one.yaml': makeDevfile('parent: {uri: ../b/two.yaml, components: [{name: app, container: {image: second}}]}'),
      'b/two.yaml': makeDevfile('components: [{name: app, container: {image: first, memoryLimit: 1Gi}}]'),
    });
    expect(diagnostics).toEqual([]);
    expect(files.map(({ file }) => file)).toEqual(['devfile.yaml', 'a/one.yaml', 'b/two.yaml']);
    expect(devfile?.components).toEqual([
      {
        name: 'app',
        attributes: {
          'api.devfile.io/imported-from': 'uri: a/one.yaml',
          'api.devfile.io/parent-override-from': 'main devfile',
        },
        container: { image: 'third', memoryLimit: '1Gi' },
      },
    ]);
  });

  it('shows mistakes of merged elements with the chain of files', async () => {
    const { devfile, diagnostics } = await readFiles({
      'devfile.yaml': makeDevfile(
        'parent:',
        '  uri: parent.yaml',
        '  commands:',
        '  - {id: build, exec: {component: ap}}',
        'components:',
        '- {name: db, container: {image: postgres, memoryLimit: much}}',
      ),
      'parent.yaml': parent.replace('commandLine: make test', 'commandLine: ""'),
    });
    expect(devfile).toBeUndefined();
    expect(diagnostics.map(outline)).toEqual([
      'devfile.yaml:6:35 devfile.unknown-component',
      'devfile.yaml:8:56 devfile.bad-quantity',
      'parent.yaml:15:9 devfile.unused-volume',
      'parent.yaml:23:39 devfile.empty-command-line',
    ]);
    expect(diagnostics[0]).toMatchObject({
      path: 'parent.commands.build.exec.component',
      hint: 'Did you mean `app`?',
      chain: [
        { relation: 'overrides', file: 'parent.yaml', line: 21, column: 21 },
        { relation: 'parent', file: 'devfile.yaml', line: 3, column: 1, detail: 'uri: parent.yaml' },
      ],
    });
    expect(diagnostics[1]).not.toHaveProperty('chain');
    expect(diagnostics[2]?.chain).toEqual([
      { relation: 'parent', file: 'devfile.yaml', line: 3, column: 1, detail: 'uri: parent.yaml' },
    ]);
  });

  it('finds mistakes of the schema and of the rules together', async () => {
    const { diagnostics } = await readFiles({
      'devfile.yaml': makeDevfile(
        'parent: {uri: parent.yaml}',
        'components:',
        '- {name: db, container: {imag: postgres}}',
        '- {name: web, container: {image: nginx, memoryLimit: much}}',
        'commands:',
        '- {id: migrate, exec: {component: db, commandLine: x}}',
        '- {id: serve, exec: {component: app, commandLine: x}}',
      ),
      'parent.yaml': parent,
    });
    expect(diagnostics.map(outline)).toEqual([
      'devfile.yaml:5:26 devfile.schema-unknown-field',
      'devfile.yaml:6:54 devfile.bad-quantity',
    ]);
  });

  it('tells where each value came from', async () => {
    const { originsOf } = await readFiles({
      'devfile.yaml': makeDevfile(
        'parent:',
        '  uri: parent.yaml',
        '  variables: {tag: "2"}',
        '  components:',
        '  - {name: app, container: {memoryLimit: 1Gi, env: [{name: B, value: 2}]}}'.replace('2}', '"2"}'),
      ),
      'parent.yaml': parent,
    });
    const imported = { kind: 'parent', file: 'devfile.yaml', line: 3, column: 1, detail: 'uri: parent.yaml' };
    expect(originsOf(['components', 0, 'container', 'image'])).toEqual([
      { kind: 'file', file: 'parent.yaml', line: 9, column: 12 },
      imported,
      { kind: 'variable', detail: 'tag', file: 'devfile.yaml', line: 5, column: 20 },
      { kind: 'file', file: 'parent.yaml', line: 3, column: 18, detail: 'replaced' },
      imported,
    ]);
    expect(originsOf(['components', 0, 'container', 'memoryLimit'])).toEqual([
      { kind: 'override', file: 'devfile.yaml', line: 7, column: 42 },
    ]);
    expect(originsOf(['components', 0, 'container', 'env', 1, 'value'])).toEqual([
      { kind: 'override', file: 'devfile.yaml', line: 7, column: 70 },
      { kind: 'file', file: 'parent.yaml', line: 13, column: 24, detail: 'replaced' },
      imported,
    ]);
    expect(originsOf(['components', 0, 'container', 'env', 0, 'value'])).toEqual([
      { kind: 'file', file: 'parent.yaml', line: 12, column: 24 },
      imported,
    ]);
    expect(originsOf(['components', 9])).toEqual([]);
  });
});

describe('plugins of version 2.0.0', () => {
  const plugin = (name: string): string =>
    `schemaVersion: 2.0.0\ncomponents: [{name: ${name}, container: {image: i}}]\ncommands: [{id: run-${name}, exec: {component: ${name}, commandLine: x}}]\n`;

  it('stand between the parent and the devfile, in their order', async () => {
    const { devfile, diagnostics } = await readFiles({
      'devfile.yaml': [
        'schemaVersion: 2.0.0',
        'parent: {uri: base.yaml}',
        'components:',
        '- {name: first, plugin: {uri: one.yaml, commands: [{id: run-one, exec: {commandLine: z}}]}}',
        '- {name: own, container: {image: i}}',
        '- {name: second, plugin: {uri: two.yaml}}',
      ].join('\n'),
      'base.yaml': plugin('base'),
      'one.yaml': plugin('one'),
      'two.yaml': plugin('two'),
    });
    expect(diagnostics).toEqual([]);
    expect(devfile?.components?.map(({ name }) => name)).toEqual(['base', 'one', 'two', 'own']);
    expect(devfile?.commands?.[1]).toEqual({
      id: 'run-one',
      attributes: {
        'api.devfile.io/imported-from': 'uri: one.yaml',
        'api.devfile.io/plugin-override-from': 'main devfile',
      },
      exec: { component: 'one', commandLine: 'z' },
    });
  });

  it('say once what is wrong with one that is used twice', async () => {
    const { diagnostics } = await readFiles({
      'devfile.yaml':
        'schemaVersion: 2.0.0\ncomponents: [{name: a, plugin: {uri: p.yaml}}, {name: b, plugin: {uri: p.yaml}}]',
      'p.yaml': 'schemaVersion: 2.0.0\nbad: 1\n',
    });
    expect(diagnostics.map(outline)).toEqual(['p.yaml:2:1 devfile.schema-unknown-field']);
  });

  it('bring at most 64 files', async () => {
    const many = Array.from({ length: 70 }, (_, index) => `- {name: p${index}, plugin: {uri: ${index}.yaml}}`);
    const files = Object.fromEntries(many.map((_, index) => [`${index}.yaml`, plugin(`c${index}`)]));
    const { diagnostics, asked } = await readFiles({
      ...files,
      'devfile.yaml': ['schemaVersion: 2.0.0', 'components:', ...many].join('\n'),
    });
    expect(new Set(diagnostics.map(({ code }) => code))).toEqual(new Set(['devfile.import-too-many']));
    expect(asked).toHaveLength(64);
  });
});

describe('addresses of a parent in another folder', () => {
  const files = {
    'devfile.yaml': makeDevfile(
      'variables: {env: dev}',
      'parent:',
      '  uri: shared/base/parent.yaml',
      '  components: [{name: three, kubernetes: {uri: own.yaml}}]',
    ),
    'shared/base/parent.yaml': makeDevfile(
      'parent: {uri: "https://web.example/a/devfile.yaml"}',
      'components:',
      '- {name: one, kubernetes: {uri: deploy/one.yaml}}',
      '- {name: two, openshift: {uri: "../{{env}}.yaml"}}',
      '- {name: three, kubernetes: {uri: three.yaml}}',
      '- {name: four, image: {imageName: i, dockerfile: {uri: ../Dockerfile}}}',
    ),
    'https://web.example/a/devfile.yaml': makeDevfile('components: [{name: zero, kubernetes: {uri: ./zero.yaml}}]'),
  };
  const manifests = {
    'shared/base/deploy/one.yaml': 'one: {{env}}\n',
    'https://web.example/a/zero.yaml': 'zero\n',
    'own.yaml': 'own\n',
  };

  it('are read from there, and nothing is copied', async () => {
    const { devfile } = await readFiles(files);
    expect(devfile?.components?.map(({ kubernetes, openshift }) => (kubernetes ?? openshift)?.uri)).toEqual([
      'https://web.example/a/zero.yaml',
      'shared/base/deploy/one.yaml',
      'shared/dev.yaml',
      'own.yaml',
      undefined,
    ]);
    expect(devfile?.components?.[4]?.image?.dockerfile).toEqual({ uri: 'shared/Dockerfile' });
  });

  it('are read into the devfile where that is asked for', async () => {
    const { devfile, diagnostics, originsOf } = await readFiles({ ...files, ...manifests }, { inlinesManifests: true });
    expect(diagnostics.map(outline)).toEqual(['shared/base/parent.yaml:6:32 devfile.import-unreachable']);
    expect(devfile).toBeUndefined();
    expect(originsOf(['components', 0])).toEqual([]);
    const whole = { ...files, ...manifests, 'shared/dev.yaml': 'x' };
    const result = await readFiles(whole, { inlinesManifests: true });
    expect(result.diagnostics).toEqual([]);
    const [zero, one] = result.devfile?.components ?? [];
    expect(zero?.kubernetes).toEqual({ inlined: 'zero\n' });
    expect(one).toEqual({
      name: 'one',
      attributes: {
        'api.devfile.io/imported-from': 'uri: shared/base/parent.yaml',
        'api.devfile.io/k8sLikeComponent-originalURI': 'shared/base/deploy/one.yaml',
      },
      kubernetes: { inlined: 'one: dev\n' },
    });
    expect(result.originsOf(['components', 1, 'kubernetes', 'inlined'])[0]).toMatchObject({
      file: 'shared/base/parent.yaml',
      line: 5,
    });
  });
});
