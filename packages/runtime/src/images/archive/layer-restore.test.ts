import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type TarEntry, writeHeader } from '../../archive/tar-header.ts';
import { TarReader, type TarVisitor } from '../../archive/tar-reader.ts';
import { LayerFilter } from './layer-filter.ts';
import { LayerRestore } from './layer-restore.ts';
import { layerRules } from './layer-rules.ts';

const entryOf = (path: string, type: TarEntry['type']): TarEntry => ({
  type,
  path,
  link: '',
  mode: type === 'folder' ? 0o755 : 0o600,
  uid: 0,
  gid: 0,
  sizeBytes: 0,
  mtime: 0,
  device: [0, 0],
  xattrs: new Map(),
});

function pass(bytes: Buffer, make: (emit: (part: Buffer) => void) => TarVisitor & { finish(): unknown }): Buffer {
  const out: Buffer[] = [];
  const visitor = make((part) => out.push(Buffer.from(part)));
  const reader = new TarReader(visitor, layerRules);
  reader.write(bytes);
  reader.end();
  visitor.finish();
  return Buffer.concat(out);
}

function listPaths(bytes: Buffer): string[] {
  const paths = new Set<string>();
  const reader = new TarReader(
    {
      entry: ({ path }) => void paths.add(path.replace(/\/$/, '')),
      body: () => undefined,
      bodyEnd: () => undefined,
    },
    layerRules,
  );
  reader.write(bytes);
  reader.end();
  return [...paths].sort();
}

it('gives back what a layer hid, after a way through the store', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const item = fc.record({ folder: name, name, kind: fc.constantFrom('file', 'hidden', 'opaque') });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 8 }), (items) => {
      const entries = items.map(({ folder, name: base, kind }) =>
        kind === 'file'
          ? entryOf(`${folder}x/${base}`, 'file')
          : entryOf(kind === 'hidden' ? `${folder}x/.wh.${base}` : `${folder}x/.wh..wh..opq`, 'file'),
      );
      const folders = ['ax', 'bx', 'cx'].map((path) => entryOf(path, 'folder'));
      const bytes = Buffer.concat([...[...folders, ...entries].map(writeHeader), Buffer.alloc(1024)]);
      const limits = { mostBytes: 1e6, mostEntries: 1000 };
      const stored = pass(bytes, (emit) => new LayerFilter(emit, limits, { bytes: 0, entries: 0 }));
      const restored = pass(stored, (emit) => new LayerRestore(emit));
      // What is hidden and there anew is only there.
      const files = new Set(entries.map(({ path }) => path));
      const expected = [...folders, ...entries]
        .map(({ path }) => path)
        .filter((path) => path.endsWith('.opq') || !files.has(path.replace('.wh.', '')) || !path.includes('.wh.'));
      expect(listPaths(restored)).toEqual([...new Set(expected)].sort());
    }),
    { numRuns: 200 },
  );
});
