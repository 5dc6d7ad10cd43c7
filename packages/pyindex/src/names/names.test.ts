import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isValidName, normalizeName } from './normalize-name.ts';
import { isDistributionFileName, listPossibleProjects, parseDistributionName } from './parse-distribution-name.ts';
import { compareVersions, isPrerelease, normalizeVersion, sortVersions } from './version.ts';

describe('normalizeName', () => {
  it.each([
    ['Foo_Bar', 'foo-bar'],
    ['foo.-_.bar', 'foo-bar'],
    ['ruamel.yaml.clib', 'ruamel-yaml-clib'],
  ])('writes %s as %s', (name, expected) => {
    expect(normalizeName(name)).toBe(expected);
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(normalizeName(normalizeName(text))).toBe(normalizeName(text));
      }),
    );
  });
});

describe('isValidName', () => {
  it.each(['a', 'A1', 'zope.interface', 'x__y', `a${'b'.repeat(199)}`])('takes %s', (name) => {
    expect(isValidName(name)).toBe(true);
  });

  it.each(['', '-a', 'a-', '.', '..', 'a b', 'a/b', 'a\0', 'аbc', 'ﬂask', 'flask\u200b', 'a'.repeat(201), '\u212a'])(
    'refuses %j',
    (name) => {
      expect(isValidName(name)).toBe(false);
    },
  );
});

describe('normalizeVersion', () => {
  it.each([
    ['v1.0-RC.1', '1.0rc1'],
    ['1.0-1', '1.0.post1'],
    ['1!2.0+Local_1', '1!2.0+local.1'],
    [' 1.0 ', '1.0'],
    ['1.0.dev', '1.0.dev0'],
    ['', undefined],
    ['1.0 beta', undefined],
    ['dog', undefined],
    ['1.12345678901234567890', undefined],
    ['1.'.repeat(100), undefined],
  ])('writes %j as %s', (version, expected) => {
    expect(normalizeVersion(version)).toBe(expected);
  });

  it('orders as PEP 440 has it, what is no version first', () => {
    const ordered = ['2004d', 'dog', '1.0.dev1', '1.0a1', '1.0rc1', '1.0', '1.0+x', '1.0.post1', '1.1', '1!0.1'];
    expect(sortVersions([...ordered].reverse())).toEqual(ordered);
  });

  it('lists spellings of one version once', () => {
    expect(sortVersions(['1.0', 'v1.0', '1.0-rc1', '1.0rc1'])).toEqual(['1.0-rc1', '1.0']);
  });

  it('knows what installers leave out', () => {
    expect(['1.0', '1.0.post1', '1.0b2', '1.0.dev1', 'dog'].map(isPrerelease)).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  it('is an order: both ways round the opposite', () => {
    const version = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.stringMatching(/^[0-9]{1,3}(\.[0-9]{1,3}){0,3}((a|rc)[0-9])?$/),
    );
    fc.assert(
      fc.property(version, version, (left, right) => {
        expect(compareVersions(left, right) + compareVersions(right, left)).toBe(0);
      }),
    );
  });
});

describe('parseDistributionName', () => {
  it.each([
    ['six-1.17.0-py2.py3-none-any.whl', undefined, 'wheel', 'six', '1.17.0'],
    ['Foo_Bar-1.0-1build-py3-none-any.whl', undefined, 'wheel', 'foo-bar', '1.0'],
    ['a-1.0_1-py3-none-any.whl', undefined, 'wheel', 'a', '1.0-1'],
    ['torch-2.0.0+cu118-cp311-cp311-linux_x86_64.whl', undefined, 'wheel', 'torch', '2.0.0+cu118'],
    ['six-1.17.0.tar.gz', undefined, 'sdist', 'six', '1.17.0'],
    ['zope.interface-5.0.zip', undefined, 'sdist', 'zope-interface', '5.0'],
    ['foo-bar-1.0.tar.gz', undefined, 'sdist', 'foo-bar', '1.0'],
    ['foo-2-1.0.tar.gz', 'foo-2', 'sdist', 'foo-2', '1.0'],
    ['foo-1.0-1.tar.gz', undefined, 'sdist', 'foo', '1.0-1'],
    ['pytz-2004d.tar.bz2', 'pytz', 'sdist', 'pytz', '2004d'],
    ['numpy-1.0.win32-py2.4.exe', 'numpy', 'other', 'numpy', '1.0'],
    ['setuptools-0.6c9-py2.4.egg', 'setuptools', 'other', 'setuptools', '0.6c9'],
  ])('reads %s', (fileName, project, kind, name, version) => {
    expect(parseDistributionName(fileName, project)).toEqual({ kind, project: name, version });
  });

  it.each([
    ['six.whl', undefined],
    ['six-1.0-py3-none.whl', undefined],
    ['six-1.0-x-py3-none-any.whl', undefined],
    ['six-1.0--none-any.whl', undefined],
    ['six.tar.gz', undefined],
    ['six-dog.tar.gz', undefined],
    ['six-1.0.tar.gz', 'seven'],
    ['sixer-1.0.tar.gz', 'six'],
    ['six-1.0.exe2', undefined],
    ['../six-1.0.tar.gz', undefined],
    ['..-1.0.tar.gz', undefined],
    ['six-1.0.tar.gz\0', undefined],
    ['-1.0.tar.gz', undefined],
    ['ѕix-1.0.tar.gz', undefined],
    [`${'a'.repeat(250)}-1.0.tar.gz`, undefined],
  ])('refuses %j of %s', (fileName, project) => {
    expect(parseDistributionName(fileName, project)).toBeUndefined();
  });

  it.each([
    ['acme-lib-1.0.tar.gz', ['acme-lib']],
    ['foo-1-1.tar.gz', ['foo', 'foo-1']],
    ['pytz-2004d.tar.bz2', ['pytz']],
    ['a-b-dog.zip', ['a', 'a-b']],
    ['six-1.0-py3-none-any.whl', ['six']],
    ['six.txt', []],
    ['six.whl', []],
  ])('%s may be of %j', (fileName, projects) => {
    expect(listPossibleProjects(fileName)).toEqual(projects);
  });

  it('is quick with any text, and finds only valid names', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom('-', '.', '_', '1', 'a', '/', '%'), maxLength: 300 }),
      fc.string({ maxLength: 300 }),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('.whl', '.tar.gz', '.zip', '.egg', ''), (stem, extension) => {
        const found = parseDistributionName(stem + extension);
        expect(found === undefined || (isValidName(found.project) && isDistributionFileName(stem + extension))).toBe(
          true,
        );
      }),
    );
  });
});
