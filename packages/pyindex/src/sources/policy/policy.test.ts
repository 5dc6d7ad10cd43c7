import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReleaseFile } from '../../source.ts';
import { compilePatterns, normalizePattern } from './name-pattern.ts';
import { readPolicy } from './policy.ts';
import { parseBlock, parseDenial, parseDuration, parsePattern, splitEntries } from './policy-entries.ts';

const now = Date.parse('2026-01-08T00:00:00Z');

function makeFile(changes: Partial<ReleaseFile> = {}): ReleaseFile {
  return {
    filename: 'six-1.0-py3-none-any.whl',
    origin: { index: 'root/pypi', kind: 'mirror' },
    version: '1.0',
    hashes: {},
    uploadTime: '2020-01-01T00:00:00Z',
    ...changes,
  };
}

describe('patterns of names', () => {
  it.each([
    ['acme-*', 'acme-lib', true],
    ['acme-*', 'acme', false],
    ['acme-*', 'acmeindex', false],
    ['acme*', 'acme', true],
    ['*', 'x', true],
    ['*-internal', 'a-internal', true],
    ['a*b*c', 'axxbxxc', true],
    ['a*b*c', 'axxcxxb', false],
    ['ab*ba', 'aba', false],
    ['six', 'six', true],
    ['six', 'sixer', false],
  ])('%s and %s: %s', (pattern, name, isMatch) => {
    expect(compilePatterns([normalizePattern(pattern)])(name)).toBe(isMatch);
  });

  it('are compared in the form of names', () => {
    expect(compilePatterns([parsePattern('Acme_*')])('acme-lib')).toBe(true);
  });

  it('match as a regular expression would', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(text, name, (pattern, each) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(each);
        expect(compilePatterns([normalizePattern(pattern)])(each)).toBe(expected);
      }),
    );
  });

  it.each(['', ' ', 'a b', '-a', 'a/b', 'é', 'a'.repeat(501)])('%j is none', (pattern) => {
    expect(() => parsePattern(pattern)).toThrow(/no name or pattern/);
  });
});

describe('entries of the guard', () => {
  it.each([
    ['Requests', { name: 'requests', specifier: '', reason: undefined }],
    ['requests==2.0', { name: 'requests', specifier: '==2.0', reason: undefined }],
    ['a.b >=1, <2: leaks: all', { name: 'a-b', specifier: '>=1, <2', reason: 'leaks: all' }],
  ])('%s', (entry, expected) => {
    expect(parseBlock(entry)).toEqual(expected);
  });

  it.each(['', '==1', 'a b', 'a ==x y', '-a', `a: ${'x'.repeat(600)}`])('refuses %.20j', (entry) => {
    expect(() => parseBlock(entry)).toThrow(/names no project|no version specifier|too long/);
  });

  it('splits texts at commas that are not of specifiers', () => {
    expect(splitEntries('a>=1,<2, b: why,c\nd==1')).toEqual(['a>=1,<2', 'b: why', 'c', 'd==1']);
  });

  it.each([
    ['7d', 604_800],
    ['12h', 43_200],
    ['90', 90],
    [90, 90],
    ['2 W', 1_209_600],
  ])('reads the duration %s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '-1', '1y', '1.5d', 'x', null, true, 1.5, '9999999999'])('refuses the duration %j', (text) => {
    expect(() => parseDuration(text)).toThrow(/no duration/);
  });

  it('reads denials', () => {
    expect(parseDenial('Left_*: abandoned')).toEqual({ pattern: 'left-*', reason: 'abandoned' });
  });
});

describe('readPolicy', () => {
  const ruleOf = (config: Record<string, string | number | boolean | string[]>, changes: Partial<ReleaseFile> = {}) =>
    readPolicy('root/dev', config)?.judgeFile('six', makeFile(changes), now)?.rule;
  const stage = { index: 'root/dev', kind: 'stage' as const };
  const sdist = { filename: 'six-1.0.tar.gz' };

  it.each([
    [{ claims: ['six'] }, {}, 'guard.claim'],
    [{ claims: ['six'] }, { origin: stage }, undefined],
    [{ allow: ['flask'] }, {}, 'guard.allow'],
    [{ allow: ['six', 'flask'] }, {}, undefined],
    [{ allow: ['flask'] }, { origin: stage }, undefined],
    [{ deny: ['s*: no'] }, {}, 'guard.deny'],
    [{ deny: ['s*'] }, { origin: stage }, 'guard.deny'],
    [{ wheels_only: true }, sdist, 'guard.wheels-only'],
    [{ wheels_only: true }, {}, undefined],
    [{ wheels_only: true }, { ...sdist, origin: stage }, undefined],
    [{ block: ['six<1.1: old'] }, {}, 'guard.block'],
    [{ block: ['six<1.1'] }, { version: '1.1rc1' }, undefined],
    [{ block: ['six<1.1'] }, { version: '1.1' }, undefined],
    [{ block: ['six<1.1'] }, { version: 'odd' }, 'guard.block'],
    [{ block: ['six'] }, { origin: stage }, 'guard.block'],
    [{ block: ['seven'] }, {}, undefined],
    [{ min_age: 604_800 }, { uploadTime: '2026-01-01T00:00:01Z' }, 'guard.min-age'],
    [{ min_age: 604_800 }, { uploadTime: '2026-01-01T00:00:00Z' }, undefined],
    [{ min_age: 604_800, min_age_except: ['six'] }, { uploadTime: '2026-01-07T00:00:00Z' }, undefined],
    [{ min_age: 604_800 }, { uploadTime: '2026-01-07T00:00:00Z', origin: stage }, undefined],
  ])('%j judges %j: %s', (config, changes, rule) => {
    expect(ruleOf(config, changes)).toBe(rule);
  });

  it('lets nothing through whose age is not known', () => {
    const { uploadTime: _time, ...file } = makeFile();
    expect(readPolicy('root/dev', { min_age: 1 })?.judgeFile('six', file, now)?.rule).toBe('guard.min-age');
  });

  it('says until when', () => {
    const policy = readPolicy('root/dev', { min_age: 604_800 });
    const decision = policy?.judgeFile('six', makeFile({ uploadTime: '2026-01-07T00:00:00Z' }), now);
    expect(decision?.untilMs).toBe(Date.parse('2026-01-14T00:00:00Z'));
  });

  it('is none without settings', () => {
    expect(readPolicy('root/dev', {})).toBeUndefined();
    expect(readPolicy('root/dev', undefined)).toBeUndefined();
  });
});
