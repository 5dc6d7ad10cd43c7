import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findClosedFolder } from './closed-folder.ts';
import type { IdMap } from './id-map.ts';
import { makeTemporaryFolder } from './temporary-folder.fixture.ts';

const uid = process.getuid?.() ?? 0;
const gid = process.getgid?.() ?? 0;

const mapOf = (uids: number, gids: number, mode: IdMap['mode'] = 'rootless'): IdMap => ({
  mode,
  uids: [{ inside: 1000, outside: uids, count: 1 }],
  gids: [{ inside: 0, outside: gids, count: 1 }],
});

describe('a folder that the sandbox cannot pass', () => {
  const root = makeTemporaryFolder();
  const home = join(root, 'home');
  const state = join(home, 'state/not-there-yet');
  mkdirSync(home);
  chmodSync(root, 0o755);
  if (uid === 0) chownSync(home, uid, gid);

  it('is found by owner, group and mode', () => {
    chmodSync(home, 0o750);
    expect(findClosedFolder([state], mapOf(uid, gid))).toBeUndefined();
    expect(findClosedFolder([state], mapOf(uid + 1, gid))).toBe(home);
    expect(findClosedFolder(['/', state], mapOf(uid, gid + 1))).toBe(home);
    chmodSync(home, 0o751);
    expect(findClosedFolder([state], mapOf(uid + 1, gid + 1))).toBeUndefined();
  });

  it('is nothing to root', () => {
    chmodSync(home, 0o700);
    expect(findClosedFolder([state], mapOf(uid + 1, gid + 1, 'root'))).toBeUndefined();
  });
});
