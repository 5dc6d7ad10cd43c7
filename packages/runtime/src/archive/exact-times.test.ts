import { describe, expect, it } from 'vitest';
import { type TarEntry, writeHeader } from './tar-header.ts';
import { looseArchive, TarReader } from './tar-reader.ts';

const file: TarEntry = {
  type: 'file',
  path: 'a',
  link: '',
  mode: 0o644,
  uid: 1,
  gid: 2,
  sizeBytes: 0,
  mtime: 981_173_106,
  device: [0, 0],
  xattrs: new Map(),
};

function readBack(entry: TarEntry, readsExactTimes: boolean): TarEntry | undefined {
  let found: TarEntry | undefined;
  const visitor = { entry: (one: TarEntry) => void (found = one), body: () => undefined, bodyEnd: () => undefined };
  const reader = new TarReader(visitor, { ...looseArchive, readsExactTimes });
  reader.write(Buffer.concat([writeHeader(entry), Buffer.alloc(1024)]));
  reader.end();
  return found;
}

describe('the time of an entry', () => {
  it.each(['981173106.123456789', '-5.25', '-5'])('goes through an archive as it is: %s', (exactMtime) => {
    expect(readBack({ ...file, exactMtime }, true)).toMatchObject({ exactMtime });
  });

  it('is of whole seconds where that says all, or where nobody asks for more', () => {
    expect(readBack(file, true)).toEqual(file);
    expect(readBack({ ...file, exactMtime: '981173106.5' }, false)).toEqual(file);
  });
});
