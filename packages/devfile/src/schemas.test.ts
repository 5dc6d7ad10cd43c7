import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadSchema, schemaVersions } from './schema-version.ts';

describe('compiled schemas', () => {
  it.each(schemaVersions)('%s needs nothing at run time and judges', async (version) => {
    const text = readFileSync(new URL(`./schemas/devfile-${version}.generated.js`, import.meta.url), 'utf8');
    const imports = [...text.matchAll(/(?:from|import|require\()\s*['"]([^'"]+)/g)].map((match) => match[1]);
    expect(imports.filter((name) => !name?.startsWith('./devfile-'))).toEqual([]);
    const validate = await loadSchema(version);
    expect(validate({ schemaVersion: version })).toBe(true);
    expect(validate({ schemaVersion: version, nothing: 1 })).toBe(false);
    expect(validate({})).toBe(false);
  });

  it.each([
    ['2.0.0', 'variables', false],
    ['2.1.0', 'variables', true],
    ['2.2.1', 'dependentProjects', false],
    ['2.2.2', 'dependentProjects', true],
  ] as const)('%s knows %s: %s', async (version, field, isKnown) => {
    const validate = await loadSchema(version);
    const value = field === 'variables' ? {} : [];
    expect(validate({ schemaVersion: version, [field]: value })).toBe(isKnown);
  });

  it('counts characters, not UTF-16 units', async () => {
    const validate = await loadSchema('2.3.0');
    const name = '\u{1f600}'.repeat(63);
    validate({ schemaVersion: '2.3.0', components: [{ name, volume: {} }] });
    expect(validate.errors?.map(({ keyword }) => keyword)).toEqual(['pattern']);
  });
});
