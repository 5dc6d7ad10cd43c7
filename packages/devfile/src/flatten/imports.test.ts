import { describe, expect, it } from 'vitest';
import { readDevfile } from '../read-devfile.ts';
import type { Fetcher } from './fetcher.ts';
import { parent } from './parent.fixture.ts';
import { makeDevfile, outline, readFiles } from './read-files.fixture.ts';

describe('parents that cannot be used', () => {
  const codesOf = async (files: Readonly<Record<string, string>>, registries?: string[]) => {
    const { diagnostics } = await readFiles(files, registries === undefined ? {} : { registries });
    return diagnostics.map(({ code, severity, line }) => `${line} ${severity} ${code}`);
  };

  it.each([
    ['3 error devfile.import-unreachable', 'parent: {uri: nothing.yaml}'],
    ['3 error devfile.bad-uri', 'parent: {uri: "100%.yaml"}'],
    ['3 error devfile.bad-uri', 'parent: {uri: "file:///etc/passwd"}'],
    ['3 error devfile.bad-uri', 'parent: {id: go, registryUrl: registry.example}'],
    ['3 error devfile.import-unreachable', 'parent: {id: go, registryUrl: "https://registry.example"}'],
    ['3 error devfile.import-unreadable', 'parent: {uri: page.html}'],
    ['3 error devfile.import-newer', 'parent: {uri: newer.yaml}'],
    ['3 warning devfile.import-unread', 'parent: {id: go}'],
    ['3 warning devfile.import-unread', 'parent: {kubernetes: {name: go}}'],
  ])('give %s for %s', async (expected, line) => {
    const files = { 'page.html': '<!DOCTYPE html><html>Log in</html>', 'newer.yaml': 'schemaVersion: 2.3.0\n' };
    expect(await codesOf({ ...files, 'devfile.yaml': makeDevfile(line) })).toEqual([expected]);
  });

  it('name the circle they make', async () => {
    const { diagnostics } = await readFiles({
      'devfile.yaml': makeDevfile('parent: {uri: a.yaml}'),
      'a.yaml': makeDevfile('parent: {uri: b.yaml}'),
      'b.yaml': makeDevfile('parent: {uri: ./a.yaml}'),
    });
    expect(diagnostics.map(outline)).toEqual(['b.yaml:3:15 devfile.import-cycle']);
    expect(diagnostics[0]?.message).toContain('a.yaml → b.yaml → a.yaml');
    expect(await codesOf({ 'devfile.yaml': makeDevfile('parent: {uri: devfile.yaml}') })).toEqual([
      '3 error devfile.import-cycle',
    ]);
  });

  it('lie at most eight levels deep', async () => {
    const chain = (length: number) =>
      Object.fromEntries(
        Array.from({ length }, (_, level) => [
          level === 0 ? 'devfile.yaml' : `${level}.yaml`,
          makeDevfile(level === length - 1 ? 'variables: {a: b}' : `parent: {uri: ${level + 1}.yaml}`),
        ]),
      );
    const { devfile } = await readFiles(chain(9));
    expect(devfile?.variables).toEqual({ a: 'b' });
    expect(await codesOf(chain(10))).toEqual(['3 error devfile.import-too-deep']);
  });

  it('keep their own mistakes, at their place and with the chain', async () => {
    const { diagnostics } = await readFiles({
      'devfile.yaml': makeDevfile('parent: {uri: a.yaml}'),
      'a.yaml': makeDevfile('parent: {uri: b.yaml}', 'bad: 1'),
      'b.yaml': 'a: [1\n',
    });
    expect(diagnostics.map(outline)).toEqual(['a.yaml:4:1 devfile.schema-unknown-field']);
    const { diagnostics: deeper } = await readFiles({
      'devfile.yaml': makeDevfile('parent: {uri: a.yaml}'),
      'a.yaml': makeDevfile('parent: {uri: b.yaml}'),
      'b.yaml': 'a: [1\n',
    });
    expect(deeper.map(({ file, code }) => `${file} ${code}`)).toEqual(['b.yaml devfile.yaml-syntax']);
    expect(deeper[0]?.chain?.map(({ file }) => file)).toEqual(['a.yaml', 'devfile.yaml']);
  });

  it.each([
    ['devfile.too-many-keys', `variables:\n${Array.from({ length: 3000 }, (_, index) => `  k${index}: v\n`).join('')}`],
    ['devfile.too-deep', `attributes: ${'['.repeat(200)}`],
    ['devfile.too-many-aliases', `a: &a 1\nb: [${'*a, '.repeat(2000)}*a]`],
    ['devfile.too-large', `metadata: {description: ${'x'.repeat(600_000)}}`],
  ])('may be no larger than a devfile: %s', async (code, body) => {
    const { diagnostics } = await readFiles({
      'devfile.yaml': makeDevfile('parent: {uri: big.yaml}'),
      'big.yaml': `schemaVersion: 2.2.2\n${body}`,
    });
    expect(diagnostics.map((one) => `${one.file} ${one.code}`)).toEqual([`big.yaml ${code}`]);
    expect(diagnostics[0]?.chain).toMatchObject([{ relation: 'parent', file: 'devfile.yaml', line: 3 }]);
  });

  it('are asked for by those who may', async () => {
    const manifest = 'https://web.example/inner.yaml';
    const asked: string[] = [];
    const texts: Readonly<Record<string, string>> = {
      'https://web.example/p.yaml': makeDevfile(`components: [{name: a, kubernetes: {uri: "${manifest}"}}]`),
      [manifest]: 'inner',
    };
    const fetcher: Fetcher = {
      registries: [],
      fetch: async (address, referrer) => {
        asked.push(`${address} for ${referrer}`);
        if (address === manifest && referrer !== 'file:///repo/d.yaml')
          return { status: 'refused', reason: 'not here' };
        return { status: 'fetched', text: texts[address] ?? '', location: address, file: address };
      },
    };
    const text = makeDevfile(
      'parent: {uri: "https://web.example/p.yaml"}',
      `components: [{name: b, kubernetes: {uri: "${manifest}"}}]`,
    );
    const options = { file: 'd.yaml', location: 'file:///repo/d.yaml', fetcher, inlinesManifests: true };
    const { diagnostics } = await readDevfile(text, options);
    expect(diagnostics.map(outline)).toEqual(['https://web.example/p.yaml:3:42 devfile.import-refused']);
    expect(asked).toHaveLength(3);
  });

  it('are named where one of several registries is asked', async () => {
    const files = {
      'https://two.example/devfiles/go': makeDevfile('components: [{name: c, container: {image: i}}]'),
      'https://two.example/devfiles/go/1.2.0': makeDevfile('components: [{name: d, container: {image: i}}]'),
    };
    const registries = ['https://one.example/', 'https://two.example'];
    const latest = await readFiles({ ...files, 'devfile.yaml': makeDevfile('parent: {id: go}') }, { registries });
    expect(latest.devfile?.components?.map(({ name }) => name)).toEqual(['c']);
    expect(latest.asked).toEqual(['https://one.example/devfiles/go', 'https://two.example/devfiles/go']);
    const chosen = await readFiles(
      { ...files, 'devfile.yaml': makeDevfile('parent: {id: go, version: 1.2.0}') },
      { registries },
    );
    expect(chosen.devfile?.components?.map(({ name }) => name)).toEqual(['d']);
    const own = makeDevfile('parent: {id: go, registryUrl: "https://one.example"}');
    expect(await codesOf({ ...files, 'devfile.yaml': own }, registries)).toEqual([
      '3 error devfile.import-unreachable',
    ]);
  });

  it('are not taken from the next registry when one cannot be asked', async () => {
    const asked: string[] = [];
    const fetcher: Fetcher = {
      registries: ['https://one.example', 'https://two.example'],
      fetch: async (address) => {
        asked.push(address);
        return { status: 'failed', reason: 'it did not answer' };
      },
    };
    const { diagnostics } = await readDevfile(makeDevfile('parent: {id: go}'), { file: 'd.yaml', fetcher });
    expect(diagnostics.map(outline)).toEqual(['d.yaml:3:14 devfile.import-unreachable']);
    expect(asked).toEqual(['https://one.example/devfiles/go']);
  });

  it('may not bring what is there, nor be changed where they have nothing', async () => {
    const { diagnostics } = await readFiles({
      'devfile.yaml': makeDevfile(
        'parent: {uri: parent.yaml}',
        'variables: {tag: "3"}',
        'attributes: {team: x}',
        'components: [{name: app, container: {image: i}}]',
        'commands: [{id: build, exec: {component: app, commandLine: x}}]',
      ),
      'parent.yaml': parent,
    });
    expect(diagnostics.map(outline)).toEqual([
      'devfile.yaml:4:13 devfile.already-imported',
      'devfile.yaml:5:14 devfile.already-imported',
      'devfile.yaml:6:15 devfile.already-imported',
      'devfile.yaml:7:13 devfile.already-imported',
    ]);
    const changed = await readFiles({
      'devfile.yaml': makeDevfile('parent:', '  uri: parent.yaml', '  components: [{name: ap, container: {image: i}}]'),
      'parent.yaml': parent,
    });
    expect(changed.diagnostics.map(outline)).toEqual(['devfile.yaml:5:23 devfile.override-unknown']);
    expect(changed.diagnostics[0]?.hint).toBe('Did you mean `app`?');
  });
});
