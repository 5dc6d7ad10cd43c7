import { AppError } from '@devstead/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { padding, type TarEntry, writeHeader } from '../../archive/tar-header.ts';
import { TarReader } from '../../archive/tar-reader.ts';
import { type FilteredLayer, LayerFilter, type LayerLimits } from './layer-filter.ts';
import { layerRules } from './layer-rules.ts';

const plain: TarEntry = {
  type: 'file',
  path: 'file',
  link: '',
  mode: 0o644,
  uid: 0,
  gid: 0,
  sizeBytes: 0,
  mtime: 1_000_000,
  device: [0, 0],
  xattrs: new Map(),
};
type Given = Partial<TarEntry> & { readonly path: string; readonly content?: string };

function archive(entries: readonly Given[]): Buffer {
  const parts = entries.flatMap(({ content = '', ...entry }) => {
    const body = Buffer.from(content);
    return [writeHeader({ ...plain, sizeBytes: body.length, ...entry }), body, padding(body.length)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

interface Filtered extends FilteredLayer {
  readonly entries: readonly (TarEntry & { readonly content: string })[];
}

/** What comes out of the filter, read again; the archive arrives in pieces of a size. */
function filter(bytes: Buffer, limits: Partial<LayerLimits> = {}, pieceBytes = 700): Filtered {
  const out: Buffer[] = [];
  const all = { mostBytes: 1e6, mostEntries: 1000, ...limits };
  const layer = new LayerFilter((part) => out.push(Buffer.from(part)), all, { bytes: 0, entries: 0 });
  const reader = new TarReader(layer, layerRules);
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.write(bytes.subarray(at, at + pieceBytes));
  reader.end();
  const result = layer.finish();
  const entries: (TarEntry & { content: string })[] = [];
  const again = new TarReader(
    {
      entry: (entry) => void entries.push({ ...entry, content: '' }),
      body: (part) => {
        const last = entries.at(-1);
        if (last !== undefined) last.content += part.toString('latin1');
      },
      bodyEnd: () => undefined,
    },
    layerRules,
  );
  again.write(Buffer.concat(out));
  again.end();
  return { ...result, entries };
}

const run = (entries: readonly Given[], limits: Partial<LayerLimits> = {}): Filtered =>
  filter(archive(entries), limits);
const paths = ({ entries }: Filtered): string[] => entries.map(({ path }) => path);
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
  return 'none';
};

describe('threat 12: an archive of an image that would write outside', () => {
  it.each<[string, readonly Given[]]>([
    ['a path that climbs', [{ path: '../evil' }]],
    ['a path that climbs on its way', [{ path: 'a/../../evil' }]],
    ['a path that climbs and comes back', [{ path: 'a/../b' }]],
    ['a path that is dots alone', [{ path: '..' }]],
    ['a root that is a file', [{ path: './', type: 'symlink', link: '/etc' }]],
    ['a hard link that climbs', [{ path: 'a', type: 'hardlink', link: '../../etc/passwd' }]],
    ['a hard link to a file of the machine', [{ path: 'a', type: 'hardlink', link: '/etc/passwd' }]],
    [
      'a hard link to a folder',
      [
        { path: 'd', type: 'folder' },
        { path: 'a', type: 'hardlink', link: 'd' },
      ],
    ],
    ['a link that climbs, written through', [{ path: 'a', type: 'symlink', link: '../..' }, { path: 'a/evil' }]],
    [
      'links that climb together',
      [
        { path: 'x/y', type: 'symlink', link: '..' },
        { path: 'x/z', type: 'symlink', link: 'y/../..' },
        { path: 'x/z/evil' },
      ],
    ],
    ['a link to itself, written through', [{ path: 'a', type: 'symlink', link: 'a' }, { path: 'a/evil' }]],
    ['a path below a file', [{ path: 'a' }, { path: 'a/evil' }]],
    ['a folder that becomes a link', [{ path: 'a/b' }, { path: 'a', type: 'symlink', link: '/etc' }]],
    [
      'a link in place of a folder that something was hidden in',
      [{ path: 'c/.wh.a' }, { path: 'c', type: 'symlink', link: 'a' }],
    ],
    ['a name that is too long', [{ path: 'n'.repeat(256) }]],
    ['a path that is too long', [{ path: 'n/'.repeat(2100) }]],
    ['a mark that hides the folder above', [{ path: 'a/.wh...' }]],
    ['a mark that hides nothing', [{ path: 'a/.wh.' }]],
    ['a link to nowhere', [{ path: 'a', type: 'symlink', link: '' }]],
  ])('is refused: %s', (_what, entries) => {
    expect(codeOf(() => run(entries))).toBe('IMAGE_REFUSED');
  });

  it('takes an absolute path for one from the image’s root on', () => {
    expect(paths(run([{ path: '/etc/passwd' }]))).toEqual(['etc', 'etc/passwd']);
  });

  it('writes through a link of the same layer where it leads in the image', () => {
    const entries: Given[] = [
      { path: 'usr/lib/', type: 'folder' },
      { path: 'lib', type: 'symlink', link: '/usr/lib' },
      { path: 'lib/a', content: 'x' },
    ];
    expect(paths(run(entries)).at(-1)).toBe('usr/lib/a');
  });

  it('keeps links as they are: they are followed in containers alone', () => {
    const [entry] = run([{ path: 'a', type: 'symlink', link: '../../../etc/passwd' }]).entries;
    expect(entry).toMatchObject({ type: 'symlink', link: '../../../etc/passwd' });
  });

  it('lets no path out that climbs, whatever comes in', () => {
    const part = fc.constantFrom('a', 'b', '..', '.', '', '.wh.a', '.wh..wh..opq', '/', 'c');
    const path = fc.array(part, { minLength: 1, maxLength: 5 }).map((names) => names.join('/'));
    const type = fc.constantFrom<TarEntry['type']>('file', 'hardlink', 'symlink', 'folder', 'fifo', 'char');
    const entry = fc.record({ path, type, link: path });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
        const code = codeOf(() => run(entries));
        expect(['none', 'IMAGE_REFUSED']).toContain(code);
        const out = code === 'none' ? run(entries).entries : [];
        const links = new Set<string>();
        for (const { path: name, type: kind } of out) {
          expect(name.split('/').every((one) => one !== '' && one !== '..' && one !== '.')).toBe(true);
          const above = name.split('/').map((_, index, all) => all.slice(0, index).join('/'));
          expect(above.some((folder) => links.has(folder))).toBe(false);
          if (kind === 'symlink') links.add(name);
          else links.delete(name);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('threat 13: an archive of an image that is too much', () => {
  it('is refused by the bytes of all files together', () => {
    const entries = Array.from({ length: 4 }, (_, index) => ({ path: `f${index}`, content: 'x'.repeat(300) }));
    expect(codeOf(() => run(entries, { mostBytes: 1000 }))).toBe('IMAGE_REFUSED');
    expect(codeOf(() => run(entries, { mostBytes: 1200 }))).toBe('none');
  });

  it('is refused by the size a header claims, before its content comes', () => {
    const header = writeHeader({ ...plain, path: 'huge', sizeBytes: 2 ** 40 });
    expect(codeOf(() => filter(header))).toBe('IMAGE_REFUSED');
  });

  it('is refused by the number of entries, folders that are only implied counted', () => {
    expect(codeOf(() => run([{ path: 'a/b/c/d/e' }], { mostEntries: 4 }))).toBe('IMAGE_REFUSED');
    expect(codeOf(() => run([{ path: 'a/b/c/d/e' }], { mostEntries: 5 }))).toBe('none');
  });

  it.each([
    ['a sparse file of GNU', Buffer.from(archive([{ path: 'a' }])).fill('S', 156, 157)],
    ['a wrong checksum', Buffer.from(archive([{ path: 'a' }])).fill('9', 148, 149)],
    ['an end that comes too early', archive([{ path: 'a', content: 'x'.repeat(2000) }]).subarray(0, 1500)],
    ['random bytes', Buffer.alloc(2048, 'no archive at all ')],
  ])('is refused when it is broken: %s', (_what, bytes) => {
    expect(codeOf(() => filter(bytes))).toBe('IMAGE_REFUSED');
  });
});

describe('an entry of a layer', () => {
  it('loses setuid and setgid, and a folder keeps them', () => {
    const { entries } = run([
      { path: 'su', mode: 0o4755 },
      { path: 'tmp/', type: 'folder', mode: 0o3777 },
    ]);
    expect(entries.map(({ mode }) => mode)).toEqual([0o755, 0o3777]);
  });

  it.each<[string, Given]>([
    ['a disk', { path: 'sda', type: 'block', device: [8, 0] }],
    ['memory', { path: 'x/mem', type: 'char', device: [1, 1] }],
    ['a mark of overlayfs', { path: 'x', type: 'char', device: [0, 0] }],
  ])('that is a device is refused: %s', (_what, entry) => {
    expect(codeOf(() => run([entry]))).toBe('IMAGE_REFUSED');
  });

  it('that is a device below /dev is left out', () => {
    expect(
      paths(
        run([
          { path: 'dev/', type: 'folder' },
          { path: 'dev/null', type: 'char', device: [1, 3] },
        ]),
      ),
    ).toEqual(['dev']);
  });

  it.each([
    [-1, 0],
    [65_536, 0],
    [0, 2 ** 31],
  ])('with the owner %i:%i is refused', (uid, gid) => {
    const bytes = uid < 0 ? Buffer.from(archive([{ path: 'a' }])) : archive([{ path: 'a', uid, gid }]);
    if (uid < 0) {
      // In base 256, as GNU tar writes what octal cannot hold.
      bytes.fill(0, 108, 116).writeUInt8(0x80, 108);
      bytes.writeUInt32BE(0xffff_ffff, 112);
      bytes.fill(0x20, 148, 156);
      const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
      bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    }
    expect(codeOf(() => filter(bytes))).toBe('IMAGE_REFUSED');
  });

  it('keeps file capabilities and no other extended attribute', () => {
    const capability = `\u0001\u0000\u0000\u0002${'\u0000'.repeat(16)}`;
    const [entry] = run([
      {
        path: 'ping',
        xattrs: new Map([
          ['security.capability', capability],
          ['user.overlay.redirect', '/etc'],
          ['trusted.overlay.opaque', 'y'],
          ['user.note', 'x'],
        ]),
      },
    ]).entries;
    expect([...(entry?.xattrs ?? [])]).toEqual([['security.capability', capability]]);
  });

  it('keeps names and links that are long or no UTF-8', () => {
    const path = `${'d'.repeat(90)}/${'f'.repeat(90)}\u00ff`;
    const { entries } = run([
      { path, content: 'x' },
      { path: 'l', type: 'symlink', link: `${'t'.repeat(150)}\u00fe` },
      { path: 'h', type: 'hardlink', link: path },
    ]);
    expect(entries.map((entry) => [entry.path, entry.link])).toEqual([
      ['d'.repeat(90), ''],
      [path, ''],
      ['l', `${'t'.repeat(150)}\u00fe`],
      ['h', path],
    ]);
  });

  it('comes out the same however its bytes arrive', () => {
    const bytes = archive([
      { path: 'a', content: 'x'.repeat(1500) },
      { path: `${'long/'.repeat(40)}b`, content: 'yz' },
    ]);
    const whole = filter(bytes, {}, bytes.length);
    for (const pieceBytes of [1, 511, 512, 513]) expect(filter(bytes, {}, pieceBytes)).toEqual(whole);
    expect(whole.entries.map(({ content }) => content).filter(Boolean)).toEqual(['x'.repeat(1500), 'yz']);
  });
});

describe('what a layer hides', () => {
  it('becomes overlayfs’s mark', () => {
    const { entries } = run([{ path: 'etc/', type: 'folder' }, { path: 'etc/.wh.passwd' }]);
    expect(entries.at(-1)).toMatchObject({ type: 'char', path: 'etc/passwd', device: [0, 0] });
  });

  it('is not what the same layer has anew', () => {
    expect(paths(run([{ path: '.wh.a' }, { path: 'a' }]))).toEqual(['a']);
    expect(paths(run([{ path: 'a' }, { path: '.wh.a' }]))).toEqual(['a']);
  });

  it('is everything below a folder that is new or marked', () => {
    const opaque = (entries: readonly Given[]): unknown => {
      const { entries: out, impliedFolders } = run(entries);
      const last = out.at(-1);
      return [last?.path, last?.mode, last?.xattrs.get('user.overlay.opaque'), impliedFolders];
    };
    const folder: Given = { path: 'a/', type: 'folder', mode: 0o700 };
    expect(opaque([folder, { path: 'a/.wh..wh..opq' }])).toEqual(['a', 0o700, 'y', []]);
    expect(opaque([{ path: '.wh.a' }, folder, { path: 'a/b' }])).toEqual(['a', 0o700, 'y', []]);
    expect(opaque([{ path: 'a/.wh..wh..opq' }])).toEqual(['a', 0o755, 'y', []]);
  });

  it('is not told by the notes of aufs', () => {
    expect(paths(run([{ path: '.wh..wh.plnk/', type: 'folder' }, { path: '.wh..wh.aufs' }]))).toEqual([]);
  });
});

it('tells which folders a layer has things in but does not describe', () => {
  expect(run([{ path: 'a/b/c' }, { path: 'd/e' }, { path: 'd/', type: 'folder' }]).impliedFolders).toEqual([
    'a',
    'a/b',
  ]);
});
