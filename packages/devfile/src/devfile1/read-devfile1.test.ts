import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasErrors } from '@devstead/kit';
import { describe, expect, it } from 'vitest';
import { diagnosticTable } from '../codes.ts';
import { createMapFetcher } from '../flatten/map-fetcher.fixture.ts';
import type { Profile } from '../types.ts';
import { isDevfile1 } from './detect.ts';
import { readDevfile1 } from './read-devfile1.ts';

const head = 'apiVersion: 1.0.0\nmetadata: { name: x }\n';

async function list(text: string, profile: Profile = 'compat'): Promise<string[]> {
  const { diagnostics } = await readDevfile1(text, { file: 'devfile.yaml', profile });
  for (const { code, hint } of diagnostics) {
    expect(Object.hasOwn(diagnosticTable, code)).toBe(true);
    expect(hint).not.toBe('');
  }
  return diagnostics.map(
    ({ severity, code, path, line }) => `${severity} ${code.replace('devfile.', '')} ${path} ${line}`,
  );
}

describe('a devfile 1.0.0', () => {
  it.each<[string, string, string[]]>([
    ['a name or a generated one', 'apiVersion: 1.0.0\nmetadata: {}\n', ['error schema-missing-field metadata 2']],
    ['an empty name', 'apiVersion: 1.0.0\nmetadata: { name: "" }\n', ['error schema-bad-value metadata.name 2']],
    ['its version', 'apiVersion: 1.1.0\nmetadata: { name: x }\n', ['error schema-bad-value apiVersion 1']],
    ['known fields at the top', `${head}comands: []\n`, ['error schema-unknown-field comands 3']],
    [
      'known fields elsewhere',
      `${head}components: [{ alias: a, type: dockerimage, image: i, memoryLimit: 1G, mountSource: true }]\n`,
      ['warning schema-unknown-field components.a.mountSource 3'],
    ],
    [
      'what a dockerimage needs',
      `${head}components: [{ alias: a, type: dockerimage }]\n`,
      ['error schema-missing-field components.a 3', 'warning schema-missing-field components.a 3'],
    ],
    [
      'one thing that a plugin is named by',
      `${head}components: [{ type: chePlugin, id: a/b/c, reference: "https://h/m" }, { type: chePlugin }]\n`,
      ['error schema-one-of components.a/b/c 3', 'error schema-one-of components.1 3'],
    ],
    [
      'a manifest',
      `${head}components: [{ type: openshift, alias: a }]\n`,
      ['error schema-missing-field components.a 3'],
    ],
    [
      'the form of ids and addresses',
      `${head}components: [{ type: chePlugin, id: a/b, registryUrl: "ftp://h" }]\n`,
      ['error schema-bad-value components.a/b.id 3', 'error schema-bad-value components.a/b.registryUrl 3'],
    ],
    [
      'one editor',
      `${head}components:\n- { type: cheEditor, id: a/b/c }\n- { type: cheEditor, id: a/b/d }\n`,
      ['error multiple-editors components.a/b/d 5'],
    ],
    [
      'components that can be told apart',
      `${head}components:\n- &a { type: dockerimage, image: i, memoryLimit: 1 }\n- *a\n- { alias: x, type: chePlugin, id: a/b/c }\n- { alias: x, type: chePlugin, id: a/b/d }\n`,
      ['error ambiguous-component components.1 4', 'error duplicate-component components.x.alias 7'],
    ],
    [
      'an alias for secrets',
      `${head}components:\n- { type: dockerimage, image: i, memoryLimit: 1, automountWorkspaceSecrets: true }\n`,
      ['error secrets-without-alias components.0.automountWorkspaceSecrets 4'],
    ],
    [
      'names within a component',
      `${head}components:\n- type: dockerimage\n  image: i\n  memoryLimit: 1Gi\n  env: [{ name: A, value: a }, { name: A, value: b }]\n  endpoints: [{ name: e, port: 1 }, { name: e, port: 0 }]\n`,
      [
        'error duplicate-env components.0.env.A.name 7',
        'error duplicate-endpoint components.0.endpoints.e.name 8',
        'warning port-range components.0.endpoints.e.port 8',
      ],
    ],
    [
      'amounts',
      `${head}components:\n- { type: dockerimage, image: i, memoryLimit: 12X, cpuLimit: 1, cpuRequest: 1500m }\n- { type: dockerimage, image: j, memoryLimit: 64K, memoryRequest: -1 }\n`,
      [
        'error bad-quantity components.0.memoryLimit 4',
        'error request-above-limit components.0.cpuRequest 4',
        'error bad-quantity components.1.memoryRequest 5',
      ],
    ],
    [
      'fields of its type',
      `${head}components:\n- { type: dockerimage, image: i, memoryLimit: 1, selector: { a: b } }\n`,
      ['warning field-of-other-type components.0.selector 4'],
    ],
    [
      'commands with one action',
      `${head}commands:\n- { name: a, actions: [] }\n- { name: a, actions: [{ type: exec, component: x }, { type: exec }] }\n- { name: b, actions: [{ type: exec, component: x }] }\n`,
      [
        'error command-actions commands.a.actions 4',
        'error duplicate-command commands.a.name 5',
        'error command-actions commands.a.actions 5',
        'error schema-missing-field commands.b.actions.0 6',
        'error unknown-component commands.b.actions.0.component 6',
      ],
    ],
    [
      'names and revisions of projects',
      `${head}projects:\n- { name: a b, source: { type: git, location: l, tag: t, startPoint: s } }\n- { name: a b, source: { type: svn, location: l } }\n`,
      [
        'error bad-project-name projects.a b.name 4',
        'warning many-revisions projects.a b.source.startPoint 4',
        'error schema-bad-value projects.a b.source.type 5',
      ],
    ],
    [
      'ports of previews',
      `${head}commands:\n- { name: a, actions: [{ type: custom, component: b, command: c }], previewUrl: { port: 65536 } }\ncomponents: [{ type: dockerimage, alias: b, image: i, memoryLimit: 1 }]\n`,
      ['error schema-bad-value commands.a.previewUrl.port 4'],
    ],
  ])('is held to %s', async (_what, text, expected) => {
    expect(await list(text)).toEqual(expected);
  });

  it('reads the words of drafts in compat alone, and knows where they stand', async () => {
    const text = `specVersion: 0.0.1
name: old
tools:
  - name: web
    type: kubernetes
    localContent: "kind: List"
    selector: { a: 1 }
commands:
  - name: run
    actions: [{ type: exec, tool: web, command: make }]
attributes: { persistVolumes: false }
`;
    const { devfile, diagnostics, originsOf } = await readDevfile1(text, { file: 'devfile.yaml' });
    expect(hasErrors(diagnostics)).toBe(false);
    expect(diagnostics.map(({ code, line }) => `${line} ${code}`)).toEqual([
      '1 devfile.old-words',
      '2 devfile.old-words',
      '3 devfile.old-words',
      '4 devfile.old-words',
      '6 devfile.old-words',
      '7 devfile.not-a-text',
      '10 devfile.old-words',
      '11 devfile.not-a-text',
    ]);
    expect(JSON.parse(JSON.stringify(devfile))).toEqual({
      apiVersion: '1.0.0',
      metadata: { name: 'old' },
      components: [{ alias: 'web', type: 'kubernetes', referenceContent: 'kind: List', selector: { a: '1' } }],
      commands: [{ name: 'run', actions: [{ type: 'exec', component: 'web', command: 'make' }] }],
      attributes: { persistVolumes: 'false' },
    });
    expect(originsOf(['components', 0, 'referenceContent'])).toEqual([
      { kind: 'file', file: 'devfile.yaml', line: 6, column: 19 },
    ]);
    expect(hasErrors((await readDevfile1(text, { file: 'devfile.yaml', profile: 'strict' })).diagnostics)).toBe(true);
  });

  it.each([
    ['apiVersion: 1.0.0\n', true],
    ['{"apiVersion": "1.0.0", "metadata": {}}', true],
    ['specVersion: 0.0.1\n', true],
    ['schemaVersion: 2.2.0\n# apiVersion\n', false],
    ['{"schemaVersion": "2.2.0", "apiVersion": "1"}', false],
    ['apiVersion: v1\nkind: Pod\n', false],
    ['- apiVersion: 1.0.0\n', false],
    ['components: [{ x: "apiVersion" }]\n', false],
  ])('is told by %j: %s', async (text, expected) => {
    expect(await isDevfile1(text)).toBe(expected);
  });
});

describe('what a devfile 1.0.0 names', () => {
  const base = 'https://git.example/shop/devfile.yaml';
  const meta = (more = '') => `apiVersion: v2\npublisher: p\nname: n\nversion: "1"\ntype: Che Plugin\n${more}`;
  const read = (components: string, texts: Record<string, string>) =>
    readDevfile1(`${head}components:\n${components}`, {
      file: 'devfile.yaml',
      location: base,
      fetcher: { ...createMapFetcher(texts), pluginRegistries: ['https://plugins.example'] },
    });

  it('is read from beside it, and plugins from their registry', async () => {
    const { references, plugins, diagnostics, isComplete, files } = await read(
      `- { type: kubernetes, reference: app.yaml }
- { type: cheEditor, id: p/e/1 }
- { type: chePlugin, id: p/n/latest }
- { type: chePlugin, id: p/own/1, registryUrl: "https://own.example/v3" }
- { type: chePlugin, reference: "https://any.example/meta.yaml" }
- { type: chePlugin, id: p/nobody/1 }
`,
      {
        'https://git.example/shop/app.yaml': 'kind: List\n',
        'https://plugins.example/v3/plugins/p/e/1/meta.yaml': meta(),
        'https://plugins.example/plugins/p/n/latest/meta.yaml': meta(
          'spec: { containers: [{ name: c, image: i, ports: [{ exposedPort: 80 }], mountSources: true }] }\n',
        ),
        'https://own.example/v3/plugins/p/own/1/meta.yaml': meta('spec: { extensions: [a.vsix] }\n'),
        'https://any.example/meta.yaml': meta(),
      },
    );
    expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['info devfile.unknown-plugin']);
    expect(isComplete).toBe(true);
    expect(references.get('components.0')?.text).toBe('kind: List\n');
    expect(files).toHaveLength(6);
    expect(plugins.map(({ kind, id, meta: found }) => [kind, id, found?.containers.length])).toEqual([
      ['editor', 'p/e/1', 0],
      ['plugin', 'p/n/latest', 1],
      ['plugin', 'p/own/1', 0],
      ['plugin', 'https://any.example/meta.yaml', 0],
      ['plugin', 'p/nobody/1', undefined],
    ]);
  });

  it('must be there where it says where', async () => {
    const { diagnostics, devfile } = await read(
      `- { type: kubernetes, reference: none.yaml }
- { type: chePlugin, id: p/own/1, registryUrl: "https://own.example/v3" }
- { type: chePlugin, reference: "https://any.example/meta.yaml" }
`,
      { 'https://any.example/meta.yaml': '<!doctype html>' },
    );
    expect(devfile).toBeUndefined();
    expect(diagnostics.map(({ code, line }) => `${line} ${code}`)).toEqual([
      '4 devfile.import-unreachable',
      '5 devfile.import-unreachable',
      '6 devfile.import-unreadable',
    ]);
  });

  it('may have moved, but not in a circle', async () => {
    const moved = (to: string) => meta(`deprecate: { autoMigrate: true, migrateTo: ${to} }\n`);
    const texts = {
      'https://plugins.example/v3/plugins/p/old/1/meta.yaml': moved('p/new/1'),
      'https://plugins.example/v3/plugins/p/new/1/meta.yaml': meta('spec: { extensions: [a.vsix] }\n'),
      'https://plugins.example/v3/plugins/p/a/1/meta.yaml': moved('p/b/1'),
      'https://plugins.example/v3/plugins/p/b/1/meta.yaml': moved('p/a/1'),
    };
    const found = await read('- { type: chePlugin, id: p/old/1 }\n', texts);
    expect(found.plugins.at(-1)?.meta?.extensions).toEqual(['a.vsix']);
    const { diagnostics } = await read('- { type: chePlugin, id: p/a/1 }\n', texts);
    expect(diagnostics.map(({ code, line }) => `${line} ${code}`)).toEqual(['4 devfile.import-cycle']);
  });

  it('is told at its own place when it is no definition', async () => {
    const { diagnostics } = await read('- { type: chePlugin, id: p/a/1 }\n', {
      'https://plugins.example/v3/plugins/p/a/1/meta.yaml':
        'spec:\n  containers:\n    - { name: c }\n  endpoints: [{ name: e, targetPort: 99999 }]\n',
    });
    expect(diagnostics.map(({ code, line, file, chain }) => [code, line, file, chain?.[0]?.line])).toEqual(
      [
        ['devfile.bad-plugin', 4, 'https://plugins.example/v3/plugins/p/a/1/meta.yaml', 4],
        ['devfile.bad-plugin', 3, 'https://plugins.example/v3/plugins/p/a/1/meta.yaml', 4],
      ].toReversed(),
    );
  });

  it('has a default editor unless it wants none', async () => {
    const editors = async (text: string) =>
      (await readDevfile1(text, { file: 'f' })).plugins.map(({ kind, id }) => `${kind} ${id}`);
    expect(await editors(head)).toEqual(['editor devstead/web/latest']);
    expect(await editors(`${head}attributes: { editorFree: "true" }\n`)).toEqual([]);
    expect(await editors(`${head}attributes: { editorFree: true }\n`)).toEqual([]);
    expect(await editors(`${head}components: [{ type: cheEditor, id: a/b/c }]\n`)).toEqual(['editor a/b/c']);
  });
});

const corpus = fileURLToPath(new URL('../../../../../shared/corpus/', import.meta.url));
const real = globSync(`${corpus}che-v1/devfiles/*/devfile.yaml`).map((path) => ({
  name: basename(dirname(path)),
  path,
}));

describe.skipIf(real.length === 0)('devfiles as they were shipped (from the corpus beside the repository)', () => {
  it('are all there', () => {
    expect(real).toHaveLength(30);
  });

  it.each(real)('$name is valid in both profiles', async ({ path }) => {
    const text = readFileSync(path, 'utf8');
    expect(await isDevfile1(text)).toBe(true);
    for (const profile of ['strict', 'compat'] as const) {
      const { devfile, diagnostics } = await readDevfile1(text, { file: 'devfile.yaml', profile });
      expect(diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
      expect(devfile).toBeDefined();
    }
  });
});

/** Fragments of the document stand below `...`; what is missing above them is put there. */
const seeds = existsSync(`${corpus}seeds`)
  ? globSync(`${corpus}seeds/001-*.yaml`).map((path) => ({ name: basename(path), path }))
  : [];

describe.skipIf(seeds.length === 0)('examples of the format’s document (from the corpus beside the repository)', () => {
  it.each(seeds)('$name is valid', async ({ path }) => {
    // One example leaves the reader to think of the rest.
    const written = readFileSync(path, 'utf8').replace(/(containers:)\s*\.\.\. etc/, '$1 []');
    const isWhole = /^apiVersion:/m.test(written);
    const body = written.replace(/^ ?\.\.\.\n/, '');
    const margin = /^ *(?=\w)/m.exec(body)?.[0].length ?? 0;
    const lines = body.split('\n').map((line) => (line.slice(0, margin).trim() === '' ? line.slice(margin) : line));
    const hasCommand = /^ *commands:/m.test(body);
    const extra = hasCommand ? 'components: [{ alias: mysql, type: dockerimage, image: i, memoryLimit: 1Gi }]\n' : '';
    const text = isWhole ? written : `${head}${extra}${lines.join('\n')}`;
    const { diagnostics, devfile } = await readDevfile1(text, { file: 'devfile.yaml' });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(devfile).toBeDefined();
  });
});
