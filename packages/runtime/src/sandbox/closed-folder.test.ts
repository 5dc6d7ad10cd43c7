import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { IdMap } from '../ids/id-map.ts';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import { findClosedFolder } from './closed-folder.ts';

const uid = process.getuid?.() ?? 0;
const gid = process.getgid?.() ?? 0;

const mapOf = (uids: number, gids: number, mode: IdMap['mode'] = 'rootless'): IdMap => ({
  mode,
  uids: [{ inside: 1000, outside: uids, count: 1 }],
  gids: [{ inside: 0, outside: gids, count: 1 }],
});

/** A home of this process's owner and group, and a place in it that is not there yet. */
function makeHome(): { home: string; state: string } {
  const root = makeTemporaryFolder();
  const home = join(root, 'home');
  mkdirSync(home);
  chmodSync(root, 0o755);
  chownSync(home, uid, gid);
  return { home, state: join(home, 'state/not-there-yet') };
}

describe('a folder that the sandbox cannot pass', () => {
  it('is found by owner, group and mode', () => {
    const { home, state } = makeHome();
    chmodSync(home, 0o750);
    expect(findClosedFolder([state], mapOf(uid, gid))).toBeUndefined();
    expect(findClosedFolder([state], mapOf(uid + 1, gid))).toBe(home);
    expect(findClosedFolder(['/', state], mapOf(uid, gid + 1))).toBe(home);
    chmodSync(home, 0o751);
    expect(findClosedFolder([state], mapOf(uid + 1, gid + 1))).toBeUndefined();
  });

  it('is nothing to root', () => {
    const { home, state } = makeHome();
    chmodSync(home, 0o700);
    expect(findClosedFolder([state], mapOf(uid + 1, gid + 1, 'root'))).toBeUndefined();
  });
});
