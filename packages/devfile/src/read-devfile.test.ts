import { readFileSync } from 'node:fs';
import type { Diagnostic } from '@devstead/kit';
import { describe, expect, it } from 'vitest';
import { readDevfile } from './read-devfile.ts';

const readFixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const outline = ({ code, line, column }: Diagnostic) => `${line}:${column} ${code}`;
const codesOf = (diagnostics: readonly Diagnostic[]) => diagnostics.map(({ code }) => code);

async function readLines(...lines: string[]) {
  return readDevfile(lines.join('\n'), { file: 'devfile.yaml' });
}

describe('readDevfile', () => {
  it('reports ten mistakes with ten places', async () => {
    const { devfile, diagnostics } = await readDevfile(readFixture('ten-mistakes.yaml'), { file: 'devfile.yaml' });
    expect(devfile).toBeUndefined();
    expect(diagnostics.filter(({ severity }) => severity === 'error').map(outline)).toEqual([
      '8:20 devfile.bad-quantity',
      '10:19 devfile.request-above-limit',
      '12:17 devfile.reserved-env',
      '15:17 devfile.unknown-volume',
      '24:17 devfile.duplicate-endpoint',
      '27:23 devfile.duplicate-port',
      '34:18 devfile.unknown-component',
      '38:25 devfile.unknown-subcommand',
      '40:15 devfile.unknown-event-command',
      '44:7 devfile.ambiguous-remote',
    ]);
    expect(diagnostics.filter(({ severity }) => severity === 'warning').map(outline)).toEqual([
      '28:11 devfile.unused-volume',
    ]);
    const hints = Object.fromEntries(diagnostics.map(({ code, hint }) => [code, hint]));
    expect(hints['devfile.unknown-volume']).toContain('`cache`');
    expect(hints['devfile.unknown-component']).toContain('`app`');
    expect(hints['devfile.unknown-event-command']).toContain('`build`');
    expect(hints['devfile.bad-quantity']).toContain('`512M`');
  });

  it('reports each schema mistake once, at its place', async () => {
    const { diagnostics } = await readDevfile(readFixture('schema-mistakes.yaml'), { file: 'devfile.yaml' });
    expect(diagnostics.map(outline)).toEqual([
      '4:12 devfile.schema-wrong-type',
      '6:11 devfile.schema-bad-value',
      '9:7 devfile.schema-unknown-field',
      '12:18 devfile.schema-wrong-type',
      '13:11 devfile.schema-unknown-field',
      '16:17 devfile.schema-bad-value',
      '17:23 devfile.schema-wrong-type',
      '18:21 devfile.schema-bad-value',
      '19:5 devfile.schema-one-of',
      '23:5 devfile.schema-one-of',
      '26:5 devfile.schema-missing-field',
    ]);
    expect(diagnostics[2]).toMatchObject({ path: 'components.App.container.memroyLimit', endColumn: 18 });
    expect(diagnostics[2]?.hint).toContain('`memoryLimit`');
    expect(diagnostics[4]?.hint).toContain('`name`');
    expect(diagnostics[7]?.hint).toContain('`public`');
    expect(diagnostics[8]?.message).toContain('container, volume');
  });

  it.each([
    ['', 'devfile.schema-version-missing'],
    ['# nothing', 'devfile.schema-version-missing'],
    ['apiVersion: 1.0.0', 'devfile.schema-version-missing'],
    ['- a', 'devfile.not-a-map'],
    ['hello', 'devfile.not-a-map'],
    ['schemaVersion: 2', 'devfile.schema-version-invalid'],
    ['schemaVersion: [2]', 'devfile.schema-version-invalid'],
    ['schemaVersion:', 'devfile.schema-version-invalid'],
    ['schemaVersion: ""', 'devfile.schema-version-invalid'],
    ['schemaVersion: 2.9.0', 'devfile.schema-version-unsupported'],
    ['schemaVersion: toString-1', 'devfile.schema-version-unsupported'],
  ])('answers %j with %s', async (text, code) => {
    const { devfile, diagnostics } = await readDevfile(text, { file: 'devfile.yaml' });
    expect(codesOf(diagnostics)).toEqual([code]);
    expect(diagnostics[0]?.severity).toBe('error');
    expect(devfile).toBeUndefined();
  });

  it('reads JSON, with tabs too', async () => {
    const text = JSON.stringify({ schemaVersion: '2.3.0', metadata: { name: 'a' } }, null, '\t');
    const { devfile, diagnostics } = await readDevfile(text, { file: 'devfile.json' });
    expect(diagnostics).toEqual([]);
    expect(devfile).toEqual({ schemaVersion: '2.3.0', metadata: { name: 'a' } });
  });

  it('keeps a prototype key a key', async () => {
    const text = readFixture('prototype-keys.yaml');
    const { devfile, diagnostics } = await readDevfile(text, { file: 'devfile.yaml' });
    expect(diagnostics).toEqual([]);
    expect(Object.keys(devfile?.attributes ?? {})).toEqual(['__proto__', 'constructor', 'merged']);
    expect(Object.keys(devfile?.variables ?? {})).toEqual(['__proto__']);
    expect(devfile?.components?.[0]?.container?.image).toBe('own');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('lets values from outside win over the own variables and says where each came from', async () => {
    const lines = [
      'schemaVersion: 2.2.2',
      'variables: {tag: "1", registry: quay.io}',
      'components:',
      '- name: app',
      '  container:',
      '    image: "{{registry}}/app:{{ tag }}"',
      'projects:',
      '- name: p',
      '  git: {remotes: {"{{tag}}": https://example.com/a.git}}',
    ];
    const { devfile, originsOf } = await readDevfile(lines.join('\n'), { file: 'f.yaml', variables: { tag: '2' } });
    expect(devfile?.components?.[0]?.container?.image).toBe('quay.io/app:2');
    expect(devfile?.variables).toEqual({ tag: '2', registry: 'quay.io' });
    expect(originsOf(['components', 0, 'container', 'image'])).toEqual([
      { kind: 'file', file: 'f.yaml', line: 6, column: 12 },
      { kind: 'variable', file: 'f.yaml', line: 2, column: 33, detail: 'registry' },
      { kind: 'variable', detail: 'tag, given on the command line' },
    ]);
    expect(originsOf(['components', 0, 'name'])).toEqual([{ kind: 'file', file: 'f.yaml', line: 4, column: 9 }]);
    expect(originsOf(['projects', 0, 'git', 'remotes', '2'])).toMatchObject([{ kind: 'file', line: 9 }]);
    expect(originsOf(['components', 7, 'name'])).toEqual([]);
  });

  it('shows an undefined variable where it stands, and not in 2.0.0', async () => {
    const rest = ['components:', '- name: app', '  container: {image: "a:{{ nope }}"}'];
    const found = await readLines('schemaVersion: 2.2.2', ...rest);
    expect(found.diagnostics).toMatchObject([
      { code: 'devfile.undefined-variable', severity: 'warning', line: 4, column: 25, endColumn: 35 },
    ]);
    expect((await readLines('schemaVersion: 2.0.0', ...rest)).diagnostics).toEqual([]);
  });

  it('places problems of aliased and merged values where they are written', async () => {
    const { diagnostics } = await readLines(
      'schemaVersion: 2.2.2',
      'components:',
      '- name: a',
      '  container: &base {image: i, memoryLimit: 1GB}',
      '- name: b',
      '  container: {<<: *base, cpuLimit: x}',
    );
    expect(diagnostics.map(outline)).toEqual([
      '4:44 devfile.bad-quantity',
      '4:44 devfile.bad-quantity',
      '6:36 devfile.bad-quantity',
    ]);
  });
});
