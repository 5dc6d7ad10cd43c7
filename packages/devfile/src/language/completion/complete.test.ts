import { readFileSync } from 'node:fs';
import { hasErrors } from '@devstead/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDevfile } from '../../read-devfile.ts';
import { applySnippet, openMarked } from '../marked-text.fixture.ts';
import { listInherited } from '../names/inherited.ts';
import { openDocument } from '../open-document.ts';
import { complete } from './complete.ts';

function labels(marked: string): string[] {
  const { document, position } = openMarked(marked);
  return complete(document, position)
    .toSorted((left, right) => (left.sortText < right.sortText ? -1 : 1))
    .map(({ label }) => label);
}

/** The text after the proposal of that label is taken. */
function take(marked: string, label: string): string {
  const { document, position } = openMarked(marked);
  const item = complete(document, position).find((each) => each.label === label);
  expect(item, label).toBeDefined();
  return item === undefined ? '' : applySnippet(document.text, item.edit);
}

const head = 'schemaVersion: 2.2.2\n';
const parts = `${head}variables:
  tag: "1"
components:
  - name: web
    container:
      image: node
  - name: data
    volume: {}
  - name: built
    image: {imageName: x, dockerfile: {uri: D}}
commands:
  - id: build
    exec: {component: web, commandLine: make}
  - id: image
    apply: {component: built}
`;

describe('fields', () => {
  it.each([
    ['an empty file', '|', ['devfile', 'schemaVersion', 'attributes']],
    ['a map', `${head}components:\n  - name: a\n    container:\n      im|`, ['image', 'annotation', 'args']],
    [
      'a map with other keys after it',
      `${head}components:\n  - name: a\n    container:\n      |\n      image: x\n`,
      ['annotation', 'args', 'command'],
    ],
    [
      'a map below its key',
      `${head}components:\n  - name: a\n    container:\n      |`,
      ['image', 'annotation', 'args'],
    ],
    [
      'an element behind its dash',
      `${head}components:\n  - |`,
      ['container component', 'image component', 'kubernetes component'],
    ],
    [
      'an element behind a dash without a space',
      `${head}components:\n  -|`,
      ['container component', 'image component', 'kubernetes component'],
    ],
    ['an element with a name', `${head}components:\n  - name: a\n    |`, ['container', 'image', 'kubernetes']],
    ['a list', `${head}commands:\n  |`, ['apply command', 'composite command', 'exec command']],
    [
      'a list after its elements',
      `${head}commands:\n  - id: a\n    exec: {commandLine: x, component: y}\n  |`,
      ['apply command', 'composite command', 'exec command'],
    ],
    [
      'the root after a list',
      `${head}components:\n  - name: a\n    volume: {}\n|\nmetadata: {}\n`,
      ['attributes', 'commands', 'dependentProjects'],
    ],
    ['a flow map', `${head}components:\n  - name: a\n    volume: {|}\n`, ['ephemeral', 'size']],
    [
      'overrides of a parent',
      `${head}parent:\n  id: x\n  components:\n    - name: a\n      volume:\n        |`,
      ['ephemeral', 'size'],
    ],
    ['JSON', '{"schemaVersion": "2.2.2", "components": [{"name": "a", "volume": {"|"}}]}', ['ephemeral', 'size']],
    ['an older version', 'schemaVersion: 2.0.0\nmetadata:\n  |', ['attributes', 'description', 'displayName']],
  ])('are proposed in %s, what is needed first', (_where, marked, first) => {
    expect(labels(marked).slice(0, 3).slice(0, first.length)).toEqual(first);
  });

  it('that are there are not proposed again, nor a second choice', () => {
    const found = labels(`${head}components:\n  - name: a\n    container:\n      image: x\n    |`);
    expect(found).toEqual(['attributes']);
  });

  it('of newer versions are not proposed', () => {
    expect(labels('schemaVersion: 2.0.0\n|')).not.toContain('variables');
    expect(labels(`${head}|`)).toContain('variables');
  });

  it('bring what they need', () => {
    expect(take(`${head}components:\n  - name: a\n    conta|`, 'container')).toBe(
      `${head}components:\n  - name: a\n    container:\n      image: x`,
    );
    expect(take(`${head}commands:\n  - id: a\n    ex|\n`, 'exec')).toBe(
      `${head}commands:\n  - id: a\n    exec:\n      commandLine: x\n      component: x\n      workingDir: \${PROJECT_SOURCE}\n`,
    );
  });

  it('keep the value they have', () => {
    expect(take(`${head}components:\n  - name: a\n    container:\n      im|: node\n`, 'image')).toContain(
      '      image: node\n',
    );
  });

  it('come with the words of the specification', () => {
    const { document, position } = openMarked(`${head}components:\n  - name: a\n    container:\n      |`);
    const item = complete(document, position).find(({ label }) => label === 'sourceMapping');
    expect(item?.documentation).toContain('/projects');
  });
});

describe('new elements', () => {
  it.each(['components', 'commands', 'projects', 'starterProjects', 'dependentProjects'])(
    'of %s make a file that is valid but for names',
    async (section) => {
      for (const marked of [
        `${parts}${section === 'components' || section === 'commands' ? '' : `${section}:\n`}  |`,
        `${parts}${section}:\n  - |`,
      ]) {
        if (marked.endsWith('  |') && section === 'components') continue;
        const { document, position } = openMarked(marked);
        const items = complete(document, position).filter(({ kind }) => kind === 'snippet');
        expect(items.length).toBeGreaterThan(0);
        for (const { edit } of items) {
          const { diagnostics } = await readDevfile(applySnippet(document.text, edit), { file: 'd' });
          const bad = diagnostics.filter(
            ({ code, severity }) =>
              severity === 'error' && !/unknown-(component|subcommand)|composite-cycle|duplicate/.test(code),
          );
          expect(bad).toEqual([]);
        }
      }
    },
  );

  it('are written as JSON in JSON', async () => {
    const text = take('{"schemaVersion": "2.2.2", "components": [|]}', 'container component');
    expect(JSON.parse(text)).toEqual({
      schemaVersion: '2.2.2',
      components: [{ name: 'x', container: { image: 'x' } }],
    });
  });

  it('start a devfile that is valid', async () => {
    const { diagnostics } = await readDevfile(take('|', 'devfile'), { file: 'd' });
    expect(hasErrors(diagnostics)).toBe(false);
  });
});

describe('values', () => {
  it.each([
    ['a version', 'schemaVersion: |', ['2.3.0', '2.2.2']],
    ['a version without a space', 'schemaVersion:|', ['2.3.0', '2.2.2']],
    [
      'a word of the schema',
      `${head}components:\n  - name: a\n    container:\n      image: x\n      endpoints:\n        - exposure: |`,
      ['public', 'internal', 'none'],
    ],
    ['a boolean', `${head}components:\n  - name: a\n    container:\n      mountSources: t|`, ['false', 'true']],
    ['a container', `${parts}  - id: c\n    exec:\n      component: |\n`, ['web']],
    ['what can be applied', `${parts}  - id: c\n    apply:\n      component: |\n`, ['built', 'web']],
    ['a volume', parts.replace('image: node', 'image: node\n      volumeMounts:\n        - name: |'), ['data']],
    [
      'a command in a composite',
      `${parts}  - id: all\n    composite:\n      commands: [build, |]\n`,
      ['build', 'image'],
    ],
    ['a command of an event, those it takes first', `${parts}events:\n  preStart:\n    - |\n`, ['image', 'build']],
    ['a group', `${parts}  - id: c\n    exec:\n      group:\n        kind: |\n`, ['build', 'run', 'test']],
    [
      'a remote',
      `${head}projects:\n  - name: p\n    git:\n      remotes: {origin: x, fork: y}\n      checkoutFrom:\n        remote: |\n`,
      ['fork', 'origin'],
    ],
    ['an attribute', `${head}attributes:\n  controller.devfile.io/storage-type: |\n`, ['async', 'common']],
    [
      'a starter project',
      `${head}starterProjects:\n  - name: go\n    zip: {}\nattributes:\n  controller.devfile.io/use-starter-project: |\n`,
      ['go'],
    ],
    ['a variable', parts.replace('image: node', 'image: "node:{{|"'), ['tag']],
    ['a variable between braces', parts.replace('image: node', 'image: "node:{{ |}}"'), ['tag']],
  ])('are proposed for %s', (_what, marked, first) => {
    expect(labels(marked).slice(0, first.length)).toEqual(first);
  });

  it('of parents are proposed too', () => {
    const { document, position } = openMarked(`${parts}  - id: c\n    exec:\n      component: |\n`);
    const inherited = listInherited({
      schemaVersion: '2.2.2',
      components: [
        { name: 'tools', container: { image: 'x' } },
        { name: 'web', container: { image: 'y' } },
        { name: 'v', volume: {} },
      ],
      commands: [{ id: 'tools' }],
    });
    expect(complete(document, position, inherited).map(({ label, detail }) => [label, detail])).toEqual([
      ['web', 'container: node'],
      ['tools', 'container of a parent'],
    ]);
  });

  it('stand where they ought to', () => {
    expect(take('schemaVersion:|', '2.3.0')).toBe('schemaVersion: 2.3.0');
    expect(take(parts.replace('image: node', 'image: {{|'), 'tag')).toContain('image: "{{tag}}"\n');
    expect(take(parts.replace('image: node', 'image: "node:{{ta|}}"'), 'tag')).toContain('image: "node:{{tag}}"\n');
    expect(take('{"schemaVersion": "|"}', '2.3.0')).toBe('{"schemaVersion": "2.3.0"}');
    expect(take('{"schemaVersion": |}', '2.3.0')).toBe('{"schemaVersion": "2.3.0"}');
    expect(take(`${parts}  - id: c\n    exec:\n      component: w|eb\n`, 'web')).toContain('component: web\n');
  });

  it('are not proposed in comments, block texts and unknown fields', () => {
    expect(labels(`${head}# a |`)).toEqual([]);
    expect(
      labels(
        `${head}components:\n  - name: a\n    kubernetes:\n      inlined: |-\n        ki`
          .replace('ki', 'ki|')
          .replace('|-', '>-'),
      ),
    ).toEqual([]);
    expect(labels(`${head}nothing:\n  |`)).toEqual([]);
    expect(labels(`${head}components:\n  - name: a\n    container:\n      image: x|`)).toEqual([]);
  });
});

describe('complete', () => {
  it('answers everywhere in any text', () => {
    const everything = readFileSync(new URL('../../../fixtures/everything.yaml', import.meta.url), 'utf8');
    const cut = fc.tuple(fc.nat(everything.length), fc.nat(everything.length), fc.nat(everything.length));
    fc.assert(
      fc.property(cut, ([from, to, at]) => {
        const text = everything.slice(0, Math.min(from, to)) + everything.slice(Math.max(from, to));
        const document = openDocument(text);
        const position = document.lines.positionAt(at);
        for (const { edit } of complete(document, position)) {
          expect(document.lines.offsetAt(edit.range.start)).toBeLessThanOrEqual(document.lines.offsetAt(position));
          expect(document.lines.offsetAt(edit.range.end)).toBeGreaterThanOrEqual(document.lines.offsetAt(position));
          expect(edit.range.start.line).toBe(edit.range.end.line);
        }
      }),
      { numRuns: 1000 },
    );
  }, 30_000);
});

describe('a devfile 1.0.0', () => {
  const head1 = 'apiVersion: 1.0.0\nmetadata:\n  name: x\n';
  const parts1 = `${head1}components:
  - {alias: web, type: dockerimage, image: example/web, memoryLimit: 1Gi}
  - {alias: k8s, type: kubernetes, reference: app.yaml}
`;

  it.each([
    ['fields', `${head1}|`, ['attributes', 'commands', 'components', 'projects']],
    [
      'fields of a type',
      `${head1}components:\n  - type: chePlugin\n    re|`,
      ['alias', 'automountWorkspaceSecrets', 'cpuLimit', 'cpuRequest', 'endpoints', 'env', 'id'],
    ],
    [
      'elements',
      `${head1}components:\n  - |`,
      ['cheEditor component', 'chePlugin component', 'dockerimage component', 'kubernetes component', 'type'],
    ],
    ['types', `${head1}components:\n  - type: |`, ['cheEditor', 'chePlugin', 'kubernetes', 'openshift', 'dockerimage']],
    ['aliases', `${parts1}commands:\n  - name: a\n    actions: [{type: exec, component: |}]`, ['k8s', 'web']],
    [
      'actions',
      `${head1}commands:\n  - name: a\n    actions:\n      - type: |`,
      ['exec', 'vscode-launch', 'vscode-task'],
    ],
    ['attributes', `${head1}attributes:\n  |`, ['asyncPersist', 'editorFree', 'mergePlugins', 'multiRoot']],
    ['values of attributes', `${head1}attributes:\n  persistVolumes: |`, ['false', 'true']],
    ['no variables', `${head1}attributes:\n  a: "{{|"`, []],
  ])('has %s', (_what, marked, expected) => {
    expect(labels(marked).slice(0, Math.max(expected.length, 1))).toEqual(expected);
  });

  it('gets elements that are valid, and attributes as texts', () => {
    expect(take(`${head1}components:\n  |`, 'dockerimage component')).toBe(
      `${head1}components:\n  - alias: x\n    type: dockerimage\n    image: x\n    memoryLimit: 512Mi\n    mountSources: true`,
    );
    expect(take(`${head1}attributes:\n  |`, 'editorFree')).toBe(`${head1}attributes:\n  editorFree: "true"`);
    expect(take(`${parts1}commands:\n  |`, 'exec command')).toContain('workdir: ${CHE_PROJECTS_ROOT}');
  });

  it('is proposed nothing of the later format', () => {
    expect(labels(`${head1}components:\n  - |`)).not.toContain('container');
    expect(labels('specVersion: 0.0.1\n|')).not.toContain('schemaVersion');
  });
});
