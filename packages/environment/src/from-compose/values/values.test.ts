import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveScalar } from '../tree/resolve-scalar.ts';
import { parseBytes } from './bytes.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { isAddress, parsePort } from './parse-port.ts';
import { parseVolume } from './parse-volume.ts';
import { cleanPath, expandHome, isInFolder, joinPath } from './paths.ts';
import { splitShellWords } from './shell-words.ts';

describe('sizes', () => {
  it.each<[string | number, number | undefined]>([
    ['512', 512],
    [1024, 1024],
    ['1k', 1024],
    ['1.5g', 1_610_612_736],
    ['2GiB', 2_147_483_648],
    ['10 mb', 10_485_760],
    ['300B', 300],
    ['.5m', 524_288],
    ['5x', undefined],
    ['', undefined],
    ['m', undefined],
    ['1e3', undefined],
    ['9'.repeat(30), undefined],
  ])('%s is %s bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });
});

describe('durations', () => {
  it.each([
    ['30s', '30s'],
    ['1m30s', '1m30s'],
    ['90s', '1m30s'],
    ['500ms', '500ms'],
    ['1.5s', '1.5s'],
    ['2h32m', '2h32m0s'],
    ['1w2d', '216h0m0s'],
    ['0', '0s'],
    ['1us', '1µs'],
    ['100ns', '100ns'],
  ])('%s is printed %s', (text, printed) => {
    expect(formatDuration(parseDuration(text) ?? -1n)).toBe(printed);
  });

  it.each(['', '5', '5x', 's', '1m 30s', '-', '1.s'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('are what was printed', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 17n }), (nanoseconds) => {
        expect(parseDuration(formatDuration(nanoseconds))).toBe(nanoseconds);
      }),
    );
  });
});

describe('ports', () => {
  const tcp = { protocol: 'tcp' };
  it.each([
    ['3000', [{ target: 3000, ...tcp }]],
    ['8080:80', [{ target: 80, published: '8080', ...tcp }]],
    [
      '3000-3001',
      [
        { target: 3000, ...tcp },
        { target: 3001, ...tcp },
      ],
    ],
    [
      '9000-9001:80-81',
      [
        { target: 80, published: '9000', ...tcp },
        { target: 81, published: '9001', ...tcp },
      ],
    ],
    ['9000-9009:80', [{ target: 80, published: '9000-9009', ...tcp }]],
    ['127.0.0.1:8080:80/udp', [{ target: 80, published: '8080', hostIp: '127.0.0.1', protocol: 'udp' }]],
    ['127.0.0.1::80', [{ target: 80, hostIp: '127.0.0.1', ...tcp }]],
    ['[::1]:8080:80', [{ target: 80, published: '8080', hostIp: '::1', ...tcp }]],
    ['::1:8080:80', [{ target: 80, published: '8080', hostIp: '::1', ...tcp }]],
  ])('%s is %j', (text, ports) => {
    expect(parsePort(text)).toEqual({ ports });
  });

  it.each(['', ':', 'a', '80:', '99999:80', '80:99999', '1-2:3-5', '80/x', '80/tcp/udp', 'x:80:80', '5-3', '0'])(
    '%j has a problem',
    (text) => {
      expect(parsePort(text)).toHaveProperty('problem');
    },
  );

  it('in the short form say what the long one says', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(
        port,
        port,
        fc.option(fc.ipV4()),
        fc.constantFrom('tcp', 'udp', 'sctp'),
        (host, target, ip, protocol) => {
          const text = `${ip === null ? '' : `${ip}:`}${host}:${target}/${protocol}`;
          const expected = { target, published: String(host), protocol, ...(ip === null ? {} : { hostIp: ip }) };
          expect(parsePort(text)).toEqual({ ports: [expected] });
        },
      ),
    );
  });

  it('have addresses of both kinds', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isAddress(address)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(isAddress(address)).toBe(true);
      }),
    );
    expect(['1.2.3', '256.1.1.1', '1::2::3', 'g::', '', '1:2:3:4:5:6:7:8:9'].filter(isAddress)).toEqual([]);
  });
});

describe('mounts', () => {
  const plain = { isReadOnly: false, noCopy: false };
  it.each([
    ['/data', { type: 'volume', target: '/data', ...plain }],
    ['db:/data', { type: 'volume', source: 'db', target: '/data', ...plain }],
    ['./a:/b', { type: 'bind', source: './a', target: '/b', ...plain }],
    ['~/a:/b:ro', { type: 'bind', source: '~/a', target: '/b', ...plain, isReadOnly: true }],
    ['/a:/b:rw,z,rslave', { type: 'bind', source: '/a', target: '/b', ...plain, selinux: 'z', propagation: 'rslave' }],
    ['db:/b:nocopy', { type: 'volume', source: 'db', target: '/b', isReadOnly: false, noCopy: true }],
    ['C:\\x:/b', { type: 'bind', source: 'C:\\x', target: '/b', ...plain }],
    ['db${A:-b}:/x', { type: 'volume', source: 'db${A:-b}', target: '/x', ...plain }],
  ])('%s is %j', (text, volume) => {
    expect(parseVolume(text)).toEqual({ volume });
  });

  it.each(['', 'abc::/x', ':/x/y', '/a:/b:ro:x'])('%j has a problem', (text) => {
    expect(parseVolume(text)).toHaveProperty('problem');
  });
});

describe('command lines', () => {
  it.each([
    ['a b  c', ['a', 'b', 'c']],
    [`a "b c" 'd e'`, ['a', 'b c', 'd e']],
    ['a\\ b "c\\"d" \'e\\f\'', ['a b', 'c"d', 'e\\f']],
    ['""', ['']],
    ['', []],
    ['x"y"z', ['xyz']],
  ])('%s is %j', (line, words) => {
    expect(splitShellWords(line)).toEqual(words);
  });

  it.each(['a "b', "a 'b", 'a\\'])('%s is not closed', (line) => {
    expect(splitShellWords(line)).toBeUndefined();
  });
});

describe('paths', () => {
  it.each([
    ['/a/../../b/./c//', '/b/c'],
    ['a/../..', '..'],
    ['.', '.'],
    ['/..', '/'],
  ])('%s is %s', (path, clean) => {
    expect(cleanPath(path)).toBe(clean);
  });

  it('are joined, and know their folder', () => {
    expect([joinPath('/a', '../b'), joinPath('/a', '/b'), expandHome('~/x', '/h'), expandHome('~u/x', '/h')]).toEqual([
      '/b',
      '/b',
      '/h/x',
      '~u/x',
    ]);
    expect([isInFolder('/a/b', '/a'), isInFolder('/a', '/a'), isInFolder('/ab', '/a')]).toEqual([true, true, false]);
  });
});

describe('unquoted scalars', () => {
  it.each([
    ['yes', 'yes'],
    ['True', true],
    ['~', null],
    ['0777', 511],
    ['0o17', 15],
    ['1_000', 1000],
    ['1.10', 1.1],
    ['22:22', '22:22'],
    ['1.2.3', '1.2.3'],
    ['2001-01-01', '2001-01-01 00:00:00 +0000 UTC'],
    ['089', 89],
    ['-', '-'],
    ['12345678901234567890', '12345678901234567890'],
  ])('%s is %j', (source, value) => {
    expect(resolveScalar(source)).toBe(value);
  });
});
