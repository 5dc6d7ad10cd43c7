import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDockerIgnored, isFolderIgnored, listDockerIgnore, readDockerIgnore } from './docker-ignore.ts';

const judge = (rules: readonly string[], path: string): boolean => {
  const { ignore, mistakes } = readDockerIgnore(rules.join('\n'));
  expect(mistakes).toEqual([]);
  return isDockerIgnored(ignore, path);
};

/** Verdicts of moby/patternmatcher's `MatchesOrParentMatches` on the same rules. */
const verdicts: readonly (readonly [rules: readonly string[], path: string, isIgnored: boolean])[] = [
  [['**'], 'dir/file', true],
  [['**/'], 'file', true],
  [['dir/**'], 'dir/dir2/file', true],
  [['abc/**'], 'abc', false],
  [['**/dir'], 'dir/file', true],
  [['**/dir2/*'], 'dir/dir2/file', true],
  [['**file'], 'dir/dir/file', true],
  [['**file'], 'dir/profile', true],
  [['**file*'], 'dir/profile', false],
  [['**/file'], 'profile', false],
  [['**/file*.txt*'], 'dir/dir/file.txt', true],
  [['**/**/*.txt2'], 'dir/dir/file.txt', false],
  [['a**/*.txt'], 'a/dir/dir/file.txt', true],
  [['a/*.txt'], 'a/dir/file.txt', false],
  [['a[b-d]e'], 'ace', true],
  [['a[b-d]e'], 'aae', false],
  [['a[^b-d]e'], 'aze', true],
  [['a[!z]e'], 'a!e', true],
  [['.*'], 'foo', false],
  [['.*'], '.env', true],
  [['abc.def'], 'abcZdef', false],
  [['abc?def'], 'abc/def', false],
  [['a?b'], 'a☺b', true],
  [['[a-ζ]*'], 'α', true],
  [['a\\*b'], 'a*b', true],
  [['a\\*b'], 'axb', false],
  [['[\\]a]'], ']', true],
  [['a(b)c/def'], 'a(b)c/def', true],
  [['a.|)$(}+{bc'], 'a.|)$(}+{bc', true],
  [['node_modules'], 'web/node_modules/x', false],
  [['*.md', '!README.md'], 'README.md', false],
  [['*.md', '!README*.md', 'README-secret.md'], 'README-secret.md', true],
  [['!file', '*'], 'file', true],
  [['docs', '!docs/README.md'], 'docs/README.md', false],
  [['docs/', '!docs/README.md'], 'docs/other.md', true],
  [['**', '!util/docker/web'], 'util/docker/web/foo', false],
  [['**', '!util/docker/web', 'util/docker/web/foo'], 'util/docker/web/foo', true],
  [['# a comment', ' # none'], '# none', true],
  [['\ufeffa', '\tb \r'], 'a', true],
  [['\ufeffa', '\tb \r'], 'b', true],
  [['/a/./b//../c/'], 'a/c/d', true],
  [['! /a', '../a', '..', '.'], 'a', false],
];

describe('readDockerIgnore', () => {
  it.each(verdicts)('%j on %s: %s', (rules, path, isIgnored) => {
    expect(judge(rules, path)).toBe(isIgnored);
  });

  it.each(['!', '! ', '[', '[^', '[^bc', 'a[', '[]a]', '[-]', '[x-]', '[-x]', '[a-b-c]', '\\', '[z-a]'])(
    'tells that %s is no pattern, and where',
    (pattern) => {
      const { ignore, mistakes } = readDockerIgnore(`a\n\n${pattern}\nb`);
      expect(mistakes.map(({ line }) => line)).toEqual([3]);
      expect(isDockerIgnored(ignore, 'a') && isDockerIgnored(ignore, 'b')).toBe(true);
    },
  );

  it('stops at what no file asks for', () => {
    expect(readDockerIgnore('x'.repeat(5000)).mistakes).toHaveLength(1);
    const { ignore, mistakes } = readDockerIgnore('x\n'.repeat(10_005));
    expect([ignore.rules.length, mistakes.length]).toEqual([10_000, 1]);
  });
});

describe('listDockerIgnore', () => {
  it('takes a # for a character', () => {
    expect(isDockerIgnored(listDockerIgnore(['#cache']).ignore, '#cache/a')).toBe(true);
  });
});

describe('isFolderIgnored', () => {
  const judgeFolder = (rules: readonly string[], folder: string): boolean =>
    isFolderIgnored(readDockerIgnore(rules.join('\n')).ignore, folder);

  it('holds only where nothing below is kept', () => {
    expect(judgeFolder(['docs'], 'docs')).toBe(true);
    expect(judgeFolder(['docs', '!docs/a/b'], 'docs')).toBe(false);
    expect(judgeFolder(['docs', '!docs/a/b'], 'docs/a')).toBe(false);
    expect(judgeFolder(['docs', '!docs/a/b'], 'docs/b')).toBe(true);
    expect(judgeFolder(['*', '!src/*.ts'], 'node_modules')).toBe(true);
    expect(judgeFolder(['*', '!**/*.ts'], 'node_modules')).toBe(false);
    expect(judgeFolder(['docs/*'], 'docs')).toBe(false);
  });
});

const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), minLength: 1, maxLength: 3 });
const path = fc
  .array(
    name.filter((one) => one !== '.' && one !== '..'),
    { minLength: 1, maxLength: 4 },
  )
  .map((names) => names.join('/'));
const pattern = fc
  .array(fc.constantFrom('a', 'b', '*', '**', '**/', '/', '?', '[ab]', '[^a]', '!', '.', '\\*', '\\a'), {
    maxLength: 7,
  })
  .map((parts) => parts.join(''));

/** What a pattern of stars, names and slashes stands for, as a regular expression. */
function toExpression(glob: string): RegExp {
  const parts = glob.match(/\*\*\/?|\*|\?|./g) ?? [];
  const source = parts.map((part, index) => {
    if (part.startsWith('**')) return index === parts.length - 1 ? '.*' : '(?:.*/)?';
    return { '*': '[^/]*', '?': '[^/]', '.': '\\.' }[part] ?? part;
  });
  return new RegExp(`^${source.join('')}$`);
}

const anyCharacter = fc.integer({ min: 0, max: 0x2fff }).map((code) => String.fromCodePoint(code));

describe('the rules of any .dockerignore', () => {
  it('are read to their end, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 60 }), path, (text, one) => {
        expect(typeof isDockerIgnored(readDockerIgnore(text).ignore, one)).toBe('boolean');
      }),
    );
  });

  it('leave out all below a folder of which they say so', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 4 }), path, path, (rules, folder, below) => {
        const { ignore } = readDockerIgnore(rules.join('\n'));
        fc.pre(isFolderIgnored(ignore, folder));
        expect(isDockerIgnored(ignore, `${folder}/${below}`)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('stand for what a regular expression of the same meaning does', () => {
    const glob = fc
      .array(fc.constantFrom('a', 'b', '*', '**/', '/', '?', '.b'), { minLength: 1, maxLength: 6 })
      .map((parts) =>
        parts
          .join('')
          .replace(/\/{2,}/g, '/')
          .replace(/^\/|\/$/g, ''),
      )
      // Three stars in a row, and `**` before a mere name, are said by the table above.
      .filter((text) => text !== '' && !/\*{3}|(?:^|\/)\.(?:\/|$)|^\*\*\/?[^*?]*$/.test(text));
    fc.assert(
      fc.property(glob, path, (text, one) => {
        const expression = toExpression(text);
        const parents = one.split('/').map((_, index, names) => names.slice(0, index + 1).join('/'));
        expect(judge([text], one)).toBe(parents.some((parent) => expression.test(parent)));
      }),
      { numRuns: 1000 },
    );
  });

  it('take no longer for a hostile pattern', () => {
    const { ignore } = readDockerIgnore(`${'**/a*'.repeat(700)}b`);
    expect(isDockerIgnored(ignore, 'a/'.repeat(1500))).toBe(false);
  });
});
