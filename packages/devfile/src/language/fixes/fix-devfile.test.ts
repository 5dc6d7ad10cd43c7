import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDevfile } from '../../read-devfile.ts';
import type { Profile } from '../../types.ts';
import { fixDevfile } from './fix-devfile.ts';

const options = { file: 'devfile.yaml' };
const folder = new URL('../../../fixtures/', import.meta.url);
const fixtures = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'));

describe('fixDevfile', () => {
  it('makes every safe fix, layer by layer, and leaves the rest byte for byte', async () => {
    const text = [
      '# A shop.',
      'metadata: {name: shop,   version: 1.0}   # ours',
      'comands:',
      '    - name: build   # first',
      '      exec:',
      '          command: make',
      '          component: ap',
      'components:',
      '    - name: app-1',
      '      container:',
      "          imgae: 'x'",
      '          mountSources: "yes"',
      '          memoryLimit: 1GB',
      '          env: [ {name: DEBUG, value: on} ]',
      '',
    ].join('\r\n');
    const fixed = await fixDevfile(text, options);
    expect(fixed.text.split('\r\n')).toEqual([
      '# A shop.',
      'schemaVersion: 2.3.0',
      'metadata: {name: shop,   version: 1.0.0}   # ours',
      'commands:',
      '    - id: build   # first',
      '      exec:',
      '          commandLine: make',
      '          component: ap',
      'components:',
      '    - name: app-1',
      '      container:',
      "          image: 'x'",
      '          mountSources: "yes"',
      '          memoryLimit: 1G',
      '          env: [ {name: DEBUG, value: "on"} ]',
      '',
    ]);
    expect(fixed.applied.map(({ code }) => code)).toContain('devfile.schema-version-missing');
    expect(await fixDevfile(fixed.text, options)).toEqual({ text: fixed.text, applied: [] });
  });

  it.each(['compat', 'strict'] as const)('changes nothing in a devfile without problems, %s', async (profile) => {
    // There `y` is a text only where it is parsed by YAML 1.2.
    const sound = readFileSync(new URL('sound.yaml', folder), 'utf8').replace('imageName: y', 'imageName: built');
    expect((await readDevfile(sound, { ...options, profile })).diagnostics).toEqual([]);
    expect(await fixDevfile(sound, { ...options, profile })).toEqual({ text: sound, applied: [] });
  });

  it('makes no valid devfile invalid, adds no error to another, and is done after once', async () => {
    const count = async (text: string, profile: Profile) => {
      const { diagnostics } = await readDevfile(text, { ...options, profile });
      const isJudged = !diagnostics.some(({ code }) => /^devfile\.(yaml-syntax|schema-version|not-a-map)/.test(code));
      return { errors: diagnostics.filter(({ severity }) => severity === 'error').length, isJudged };
    };
    const edit = fc.record({
      at: fc.nat(),
      length: fc.constantFrom(0, 0, 1, 2, 5),
      put: fc.constantFrom('', ' ', '\n', 'x', '"', "'", ': ', '- ', '{{v}}', 'yes', '5', 'MB', 'y: z\n', 'imag', 'X'),
    });
    const changed = fc
      .tuple(fc.constantFrom(...fixtures), fc.array(edit, { maxLength: 4 }), fc.boolean())
      .map(([text, edits, isCrlf]) => {
        const result = edits.reduce((each, { at, length, put }) => {
          const from = at % (each.length + 1);
          return each.slice(0, from) + put + each.slice(from + length);
        }, text);
        return isCrlf ? result.replaceAll('\n', '\r\n') : result;
      });
    await fc.assert(
      fc.asyncProperty(changed, fc.constantFrom<Profile>('compat', 'strict'), async (text, profile) => {
        const fixed = await fixDevfile(text, { ...options, profile });
        for (const each of ['compat', 'strict'] as const) {
          const before = await count(text, each);
          const after = await count(fixed.text, each);
          expect(before.errors === 0 ? after.errors : 0).toBe(0);
          expect(before.isJudged && after.errors > before.errors).toBe(false);
        }
        expect(await fixDevfile(fixed.text, { ...options, profile })).toEqual({ text: fixed.text, applied: [] });
        expect(fixed.applied.length === 0).toBe(fixed.text === text);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});
