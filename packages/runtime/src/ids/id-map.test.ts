import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonFile, writeJsonFile } from '../state/json-file.ts';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import {
  type IdMap,
  outsideId,
  parseSubordinateIds,
  projectUser,
  renderRanges,
  rootIdMap,
  rootlessIdMap,
} from './id-map.ts';
import { openIdMap } from './state-id-map.ts';

const me = { name: 'me', uid: 1001, gid: 1002 };
const rows = parseSubordinateIds('other:100000:65536\nme:165536:65536\n');

describe('/etc/subuid', () => {
  it('is read row by row; what is none is passed over', () => {
    const text = '\n# comment\nme:100000:65536\n  1001:200000:70000  \nhalf:1\n:1:2\na:b:c\nx:1:2:3\nlast:300000:1';
    expect(parseSubordinateIds(text)).toEqual([
      { owner: 'me', first: 100_000, count: 65_536 },
      { owner: '1001', first: 200_000, count: 70_000 },
      { owner: 'last', first: 300_000, count: 1 },
    ]);
    expect(parseSubordinateIds('')).toEqual([]);
  });
});

describe('the map of root', () => {
  it('takes the row given to root', () => {
    const map = rootIdMap(
      parseSubordinateIds('me:100000:65536\nroot:500000:65536'),
      parseSubordinateIds('0:600000:70000'),
    );
    expect(map.mode).toBe('root');
    expect(map.uids).toEqual([{ inside: 0, outside: 500_000, count: 65_536 }]);
    expect(map.gids).toEqual([{ inside: 0, outside: 600_000, count: 65_536 }]);
  });

  it('takes ids that nobody was given where root has no row, or too small a one', () => {
    const taken = parseSubordinateIds('root:5000:10\nme:100000:65536\nyou:3000000000:65536');
    for (const given of [taken, []]) {
      const [range] = rootIdMap(given, given).uids;
      const { outside = 0, count = 0 } = range ?? {};
      expect(count).toBe(65_536);
      const isFree = given.every((row) => row.first + row.count <= outside || outside + count <= row.first);
      expect(isFree).toBe(true);
      expect(outside).toBeGreaterThan(100_000);
    }
  });
});

describe('the map of a normal user', () => {
  it('makes the project its own on both sides', () => {
    const map = rootlessIdMap(me, rows, rows);
    expect(map?.mode).toBe('rootless');
    expect(map && outsideId(map.uids, projectUser.uid)).toBe(me.uid);
    expect(map && outsideId(map.gids, projectUser.gid)).toBe(me.gid);
    expect(map && renderRanges(map.uids)).toBe('0 165536 1000\n1000 1001 1\n1001 166536 64535\n');
    expect(map && renderRanges(map.gids)).toBe('0 1002 1\n1 165536 65535\n');
  });

  it('finds its rows by number too', () => {
    expect(rootlessIdMap({ ...me, name: 'renamed' }, parseSubordinateIds('1001:200000:65536'), rows)).toBeUndefined();
    const byNumber = parseSubordinateIds('1001:200000:65536');
    expect(rootlessIdMap({ ...me, name: 'renamed' }, byNumber, byNumber)).toBeDefined();
  });

  it('does not exist without enough ids', () => {
    expect(rootlessIdMap(me, parseSubordinateIds('me:100000:1000'), rows)).toBeUndefined();
    expect(rootlessIdMap(me, rows, [])).toBeUndefined();
    expect(rootlessIdMap({ ...me, name: 'nobody', uid: 9 }, rows, rows)).toBeUndefined();
  });
});

describe('any map', () => {
  const anyMap: fc.Arbitrary<IdMap> = fc.oneof(
    fc.integer({ min: 100_000, max: 2 ** 31 }).map((first) => rootIdMap([{ owner: 'root', first, count: 65_536 }], [])),
    fc.integer({ min: 100_000, max: 2 ** 31 }).map((first) => {
      const own = [{ owner: 'me', first, count: 65_536 }];
      const map = rootlessIdMap(me, own, own);
      if (map === undefined) throw new Error('no map');
      return map;
    }),
  );
  const anyId = fc.integer({ min: 0, max: 65_534 });

  it('gives no two ids inside the same id outside', () => {
    fc.assert(
      fc.property(anyMap, fc.uniqueArray(anyId, { minLength: 2, maxLength: 50 }), ({ uids, gids }, ids) => {
        for (const ranges of [uids, gids]) {
          const outside = ids.map((id) => outsideId(ranges, id));
          expect(new Set(outside).size).toBe(ids.length);
        }
      }),
    );
  });

  it('covers every id below 65535 without a gap, and says which it does not', () => {
    fc.assert(
      fc.property(anyMap, ({ uids, gids }) => {
        for (const ranges of [uids, gids]) {
          let next = 0;
          for (const { inside, count } of ranges) {
            expect(inside).toBe(next);
            next += count;
          }
          expect(next).toBe(65_536);
        }
      }),
    );
    const { uids } = rootIdMap([], []);
    for (const id of [65_536, -1]) {
      expect(() => outsideId(uids, id)).toThrow(expect.objectContaining({ code: 'MACHINE_LACKS' }));
    }
  });
});

describe('the map of a state folder', () => {
  const root = { name: 'root', uid: 0, gid: 0 };

  it('is kept as it was first computed', () => {
    const stateFolder = join(makeTemporaryFolder(), 'state');
    const first = openIdMap({ stateFolder, user: root });
    expect(readJsonFile(join(stateFolder, 'id-map.json'))).toEqual(first);
    const other = rootIdMap([{ owner: 'root', first: 7_000_000, count: 65_536 }], []);
    writeJsonFile(join(stateFolder, 'id-map.json'), other);
    expect(openIdMap({ stateFolder, user: root })).toEqual(other);
  });

  it('is not written for a user that cannot have one', () => {
    const stateFolder = join(makeTemporaryFolder(), 'state');
    const user = { name: 'devstead-has-no-such-user', uid: 2_000_000_001, gid: 1 };
    expect(() => openIdMap({ stateFolder, user })).toThrow(expect.objectContaining({ code: 'MACHINE_LACKS' }));
    expect(existsSync(join(stateFolder, 'id-map.json'))).toBe(false);
  });
});
