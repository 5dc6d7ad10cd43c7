import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeDevfile, makeStackYaml, TemporaryFolder } from '../make-stacks.fixture.ts';
import { readDocument } from './document.ts';
import { readStacks } from './read-stacks.ts';

const good = makeDevfile('go', '1.0.0');
const logo = '<svg xmlns="http://www.w3.org/2000/svg"/>';

/** What a folder gives: names of stacks, and problems as `code file:line`. */
async function judge(
  files: Parameters<TemporaryFolder['write']>[0],
): Promise<{ stacks: string[]; problems: string[] }> {
  using folder = new TemporaryFolder().write(files);
  const { stacks, diagnostics } = await readStacks(folder.path);
  return {
    stacks: stacks.map(({ entry }) => entry.name),
    problems: diagnostics.map(
      ({ code, severity, file, line }) => `${severity} ${code} ${file}${line === undefined ? '' : `:${line}`}`,
    ),
  };
}

describe('readStacks', () => {
  it('takes a stack of one devfile, and one with versions, the newest first', async () => {
    using folder = new TemporaryFolder().write({
      'stacks/go/devfile.yaml': good,
      'stacks/many/stack.yaml': makeStackYaml('many', ['1.0.0', '1.10.0', '1.9.0']),
      'stacks/many/1.0.0/devfile.yaml': makeDevfile('many', '1.0.0'),
      'stacks/many/1.10.0/devfile.yaml': makeDevfile('many', '1.10.0'),
      'stacks/many/1.9.0/devfile.yaml': makeDevfile('many', '1.9.0'),
    });
    const { stacks, diagnostics } = await readStacks(folder.path);
    expect(diagnostics).toEqual([]);
    expect(
      stacks.map(({ entry }) => [entry.name, entry.versions?.map(({ version, default: is }) => [version, is])]),
    ).toEqual([
      ['go', [['1.0.0', true]]],
      [
        'many',
        [
          ['1.10.0', undefined],
          ['1.9.0', undefined],
          ['1.0.0', true],
        ],
      ],
    ]);
  });

  it('packs all but the files that clients ask for into an archive, the same each time', async () => {
    using folder = new TemporaryFolder().write({
      'stacks/go/devfile.yaml': good,
      'stacks/go/logo.svg': logo,
      'stacks/go/OWNERS': 'somebody',
      'stacks/go/README.md': '# Go',
      'stacks/go/docker/Dockerfile': 'FROM scratch',
    });
    const [first, second] = [await readStacks(folder.path), await readStacks(folder.path)];
    const content = first.stacks[0]?.versions[0]?.content;
    const archive = content?.files.find(({ path }) => path === 'archive.tar')?.bytes;
    expect(first.stacks[0]?.entry.versions?.[0]?.resources).toEqual(['archive.tar', 'devfile.yaml', 'logo.svg']);
    expect(archive).toEqual(
      second.stacks[0]?.versions[0]?.content?.files.find(({ path }) => path === 'archive.tar')?.bytes,
    );
    const names = execFileSync('tar', ['tzf', '-'], { input: archive ?? '' })
      .toString()
      .trim()
      .split('\n');
    expect(names).toEqual(['README.md', 'docker/', 'docker/Dockerfile']);
  });

  it('puts an icon that is a file of the stack into the index', async () => {
    using folder = new TemporaryFolder().write({
      'stacks/go/devfile.yaml': makeDevfile('go', '1.0.0', { metadata: '  icon: ./logo.svg\n' }),
      'stacks/go/logo.svg': logo,
    });
    const { stacks } = await readStacks(folder.path);
    expect(stacks[0]?.entry.icon).toBe(`data:image/svg+xml;base64,${Buffer.from(logo).toString('base64')}`);
  });

  it('takes over when something was changed, in the form of the official index', async () => {
    using folder = new TemporaryFolder().write({
      'stacks/go/devfile.yaml': good,
      'last_modified.json': JSON.stringify({
        stacks: [{ name: 'go', version: '1.0.0', lastModified: '2024-05-13T12:32:02.5+00:00' }, { name: 7 }, null],
      }),
    });
    expect((await readStacks(folder.path)).stacks[0]?.entry.lastModified).toBe('2024-05-13T12:32:02Z');
  });

  const cases: Readonly<Record<string, readonly [Parameters<typeof judge>[0], readonly string[]]>> = {
    'a folder without stacks': [{ 'README.md': '' }, ['error registry.no-stacks stacks']],
    'no devfile': [{ 'stacks/go/README.md': '' }, ['error registry.no-devfile stacks/go']],
    'two devfiles': [
      { 'stacks/go/devfile.yaml': good, 'stacks/go/.devfile.yaml': good },
      ['error registry.no-devfile stacks/go'],
    ],
    'a devfile that is a link': [
      { 'stacks/go/devfile.yaml': { link: '/etc/passwd' } },
      ['error registry.link stacks/go/devfile.yaml', 'error registry.no-devfile stacks/go'],
    ],
    'a link beside the devfile': [
      { 'stacks/go/devfile.yaml': good, 'stacks/go/x': { link: '/etc' } },
      ['error registry.link stacks/go/x'],
    ],
    'a stack.yaml that is no YAML': [
      { 'stacks/go/stack.yaml': 'a: [' },
      ['error registry.yaml stacks/go/stack.yaml:1'],
    ],
    'a stack.yaml that is no map': [{ 'stacks/go/stack.yaml': '- 1' }, ['error registry.yaml stacks/go/stack.yaml:1']],
    'a stack.yaml without anything': [
      { 'stacks/go/stack.yaml': 'description: x' },
      [
        'error registry.missing-field stacks/go/stack.yaml:1',
        'error registry.missing-field stacks/go/stack.yaml:1',
        'error registry.missing-field stacks/go/stack.yaml:1',
        'error registry.missing-field stacks/go/stack.yaml:1',
      ],
    ],
    'a field that is misspelt': [
      {
        'stacks/go/stack.yaml': `${makeStackYaml('go', ['1.0.0'])}langage: Go\n`,
        'stacks/go/1.0.0/devfile.yaml': good,
      },
      ['warning registry.unknown-key stacks/go/stack.yaml:7'],
    ],
    'a list where a text should be': [
      {
        'stacks/go/stack.yaml': `${makeStackYaml('go', ['1.0.0'])}language: [Go]\n`,
        'stacks/go/1.0.0/devfile.yaml': good,
      },
      ['error registry.bad-value stacks/go/stack.yaml:7'],
    ],
    'no default version': [
      {
        'stacks/go/stack.yaml': makeStackYaml('go', ['1.0.0']).replace('default: true', 'default: false'),
        'stacks/go/1.0.0/devfile.yaml': good,
      },
      ['error registry.default-version stacks/go/stack.yaml:4'],
    ],
    'two default versions': [
      {
        'stacks/go/stack.yaml': `${makeStackYaml('go', ['1.0.0'])}  - version: 2.0.0\n    default: true\n`,
        'stacks/go/1.0.0/devfile.yaml': good,
        'stacks/go/2.0.0/devfile.yaml': makeDevfile('go', '2.0.0'),
      },
      ['error registry.default-version stacks/go/stack.yaml:4'],
    ],
    'a version without a folder': [
      { 'stacks/go/stack.yaml': makeStackYaml('go', ['1.0.0', '2.0.0']), 'stacks/go/1.0.0/devfile.yaml': good },
      ['error registry.no-folder stacks/go/stack.yaml:7'],
    ],
    'a version that leads elsewhere': [
      { 'stacks/go/stack.yaml': makeStackYaml('go', ['../../../etc']) },
      ['error registry.bad-name stacks/go/stack.yaml:5'],
    ],
    'a version that is listed twice': [
      { 'stacks/go/stack.yaml': makeStackYaml('go', ['1.0.0', '1.0.0']), 'stacks/go/1.0.0/devfile.yaml': good },
      ['error registry.version-mismatch stacks/go/stack.yaml:7'],
    ],
    'a devfile of another version': [
      { 'stacks/go/stack.yaml': makeStackYaml('go', ['2.0.0']), 'stacks/go/2.0.0/devfile.yaml': good },
      ['error registry.version-mismatch stacks/go/2.0.0/devfile.yaml:4'],
    ],
    'a version that is a reference to Git': [
      {
        'stacks/go/stack.yaml': `${makeStackYaml('go', ['1.0.0'])}  - version: 2.0.0\n    git: { url: x }\n`,
        'stacks/go/1.0.0/devfile.yaml': good,
      },
      ['warning registry.git-version stacks/go/stack.yaml:8'],
    ],
    'a devfile without a language': [
      { 'stacks/go/devfile.yaml': good.replace('  language: Go\n', '') },
      ['error registry.missing-field stacks/go/devfile.yaml:3'],
    ],
    'a devfile without a provider': [
      { 'stacks/go/devfile.yaml': good.replace('  provider: Somebody\n', '') },
      ['warning registry.missing-field stacks/go/devfile.yaml:3'],
    ],
    'a devfile that is not valid': [
      { 'stacks/go/devfile.yaml': good.replace('container:', 'containre:') },
      [
        'error devfile.schema-unknown-field stacks/go/devfile.yaml:13',
        'error registry.devfile-invalid stacks/go/devfile.yaml',
      ],
    ],
    'a folder with a bad name': [{ 'stacks/G o/devfile.yaml': good }, ['error registry.bad-name stacks/G o']],
    'another name than the folder': [
      { 'stacks/golang/devfile.yaml': good },
      ['warning registry.name-mismatch stacks/golang/devfile.yaml:3'],
    ],
    'an archive of a starter that is not there': [
      {
        'stacks/go/devfile.yaml': makeDevfile('go', '1.0.0', {
          rest: 'starterProjects: [{ name: a, zip: { location: a.zip } }]\n',
        }),
      },
      ['error registry.starter stacks/go/devfile.yaml:14'],
    ],
    'an archive of a starter that lies elsewhere': [
      {
        'a.zip': '',
        'stacks/go/devfile.yaml': makeDevfile('go', '1.0.0', {
          rest: 'starterProjects: [{ name: a, zip: { location: ../../a.zip } }]\n',
        }),
      },
      ['error registry.starter stacks/go/devfile.yaml:14'],
    ],
    'a scope of deployment that is none': [
      {
        'stacks/go/devfile.yaml': makeDevfile('go', '1.0.0', { metadata: '  deploymentScopes: { sideloop: true }\n' }),
      },
      ['error registry.deployment-scope stacks/go/devfile.yaml:11'],
    ],
    'a file that is too large': [
      { 'stacks/go/devfile.yaml': good, 'stacks/go/big': Buffer.alloc(9 * 2 ** 20) },
      ['error registry.too-large stacks/go/big'],
    ],
    'a stack and a sample of the same name': [
      {
        'stacks/go/devfile.yaml': good,
        'extraDevfileEntries.yaml':
          'samples:\n  - { name: go, provider: x, supportUrl: y, architectures: [a], git: { remotes: { origin: https://a.example/b.git } } }\n',
      },
      ['error registry.duplicate samples/go'],
    ],
    'a sample from nowhere': [
      { 'stacks/go/devfile.yaml': good, 'extraDevfileEntries.yaml': 'samples:\n  - name: hello\n' },
      ['error registry.sample-source extraDevfileEntries.yaml:2'],
    ],
  };

  it.each(Object.entries(cases))('says of %s what is wrong and where', async (_name, [files, problems]) => {
    expect((await judge(files)).problems).toEqual(problems);
  });

  it('serves the other stacks when one has errors', async () => {
    const { stacks } = await judge({ 'stacks/bad/devfile.yaml': 'x: [', 'stacks/go/devfile.yaml': good });
    expect(stacks).toEqual(['go']);
  });
});

describe('a stack with several versions', () => {
  it.each([
    ['without a default', makeStackYaml('go', ['1.0.0', '2.0.0']).replace('default: true', 'default: false'), []],
    ['without an icon', makeStackYaml('go', ['1.0.0', '2.0.0']).replace(/icon:.*\n/, ''), []],
    ['whose default cannot be read', makeStackYaml('go', ['3.0.0', '1.0.0']), []],
    ['of which another one cannot be read', makeStackYaml('go', ['1.0.0', '3.0.0']), ['go']],
  ])('%s is served as far as it can be used', async (_what, text, served) => {
    const { stacks } = await judge({
      'stacks/go/stack.yaml': text,
      'stacks/go/1.0.0/devfile.yaml': good,
      'stacks/go/2.0.0/devfile.yaml': makeDevfile('go', '2.0.0'),
    });
    expect(stacks).toEqual(served);
  });
});

describe('readDocument', () => {
  it('keeps 1.10 apart from 1.1', () =>
    expect(readDocument('version: 1.10', 'a', () => undefined)?.readText('version')).toBe('1.10'));

  it('takes any text without an exception, and reads nothing from its prototype', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.json()), (text) => {
        const document = readDocument(text, join('a', 'b'), () => undefined);
        for (const key of ['name', '__proto__', 'constructor', 'toString']) {
          const value = document?.readText(key);
          expect(value === undefined || typeof value === 'string').toBe(true);
          document?.readTexts(key);
          document?.readMaps(key);
          document?.readBooleanMap(key);
          document?.readValue(key);
        }
        expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
      }),
    );
  });
});
