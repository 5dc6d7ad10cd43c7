import { describe, expect, it } from 'vitest';
import { explainIds } from './explain-ids.ts';
import { parseSubordinateIds, rootlessIdMap } from './id-map.ts';

const ann = { name: 'ann', uid: 1000, gid: 1000 };
const rowsOf = (uids: string, gids: string) => ({ uids: parseSubordinateIds(uids), gids: parseSubordinateIds(gids) });

describe('what is said about subordinate ids', () => {
  it.each(['ann:100000:65536', '1000:200000:65535', 'bob:1:2\nann:5:10\nann:100000:70000'])(
    'is nothing with %j',
    (row) => {
      expect(explainIds(ann, rowsOf(row, row))).toBeUndefined();
    },
  );

  it('is nothing for root', () => {
    expect(explainIds({ name: 'root', uid: 0 }, rowsOf('', ''))).toBeUndefined();
  });

  it.each([
    ['', '', 'usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann'],
    ['bob:100000:65536', 'bob:100000:65536', 'usermod --add-subuids 165536-231071 --add-subgids 165536-231071 ann'],
    ['ann:100000:65536', 'bob:300000:10', 'usermod --add-subgids 300010-365545 ann'],
    ['ann:100000:1000', 'ann:100000:65536', 'usermod --add-subuids 165536-231071 ann'],
    ['ann:1000:50', 'ann:1000:50', 'usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann'],
  ])('names ids that nobody has: with %j and %j, %s', (uids, gids, command) => {
    expect(explainIds(ann, rowsOf(uids, gids))?.command).toBe(command);
  });

  it('says how many there are', () => {
    const problem = explainIds(ann, rowsOf('ann:100000:1000', ''))?.problem;
    expect(problem).toContain('at most 1000');
    expect(problem).toContain('/etc/subgid');
  });

  it('names the very ids that a state folder was made with', () => {
    const rows = rowsOf('ann:100000:65536', 'ann:300000:65536');
    const kept = rootlessIdMap(ann, rows.uids, rows.gids);
    expect(explainIds(ann, rows, kept)).toBeUndefined();
    expect(explainIds(ann, rowsOf('ann:700000:65536', 'ann:300000:65536'), kept)?.command).toBe(
      'usermod --add-subuids 100000-165534 ann',
    );
    expect(explainIds(ann, rowsOf('ann:100000:65535', ''), kept)?.command).toBe(
      'usermod --add-subgids 300000-365534 ann',
    );
  });
});
