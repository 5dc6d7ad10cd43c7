import { execFileSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hostileArchives } from '../../runtime/src/archive/hostile-archives.fixture.ts';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import { useHome } from '../src/use-home.ts';

interface VolumeList {
  readonly workspaces: readonly {
    readonly volumes: readonly {
      readonly name: string;
      readonly sizeBytes?: number;
      readonly users: readonly { readonly container: string; readonly path: string; readonly isRunning: boolean }[];
    }[];
  }[];
}

/** The tests follow each other in one workspace. */
describe('volumes', () => {
  const home = useHome();
  let cwd = '';
  let backup = '';

  const list = async (): Promise<VolumeList['workspaces'][number]['volumes']> => {
    const { stdout } = await home().runWell(['volume', 'list', '--output', 'json'], { cwd });
    return (JSON.parse(stdout) as VolumeList).workspaces[0]?.volumes ?? [];
  };
  const redis = async (...words: readonly string[]): Promise<string> =>
    (await home().runWell(['exec', 'redis', 'redis-cli', ...words], { cwd })).stdout.trim();
  const volumeFolder = (): string => {
    const workspaces = join(home().state, 'workspaces');
    return join(workspaces, readdirSync(workspaces)[0] ?? '', 'volumes/data');
  };
  /** Everything in the volume as the machine has it: path, mode, owner, content. */
  const describeVolume = (): string =>
    execFileSync('sh', ['-c', `cd ${volumeFolder()}/data && find . -printf '%p %M %U:%G %s %l\\n' | sort`], {
      encoding: 'utf8',
    });

  it('must be listed with their sizes and who has them', async () => {
    cwd = home().copyFixture('cache-and-tools');
    backup = join(home().root, 'data.tar');
    await home().runWell(['up'], { cwd });
    expect(await redis('set', 'key', 'before')).toBe('OK');
    expect(await redis('save')).toBe('OK');
    // More than any pipe holds at once.
    await home().runWell(['exec', 'redis', 'sh', '-c', 'head -c 30M /dev/urandom > /data/large'], { cwd });
    const [volume] = await list();
    expect(volume).toMatchObject({ name: 'data', users: [{ container: 'redis', path: '/data', isRunning: true }] });
    expect(volume?.sizeBytes).toBeGreaterThan(50);
  });

  it('must not be touched while a container has them', async () => {
    writeFileSync(backup, '');
    for (const args of [
      ['rm', 'data'],
      ['backup', 'data', `${backup}.other`],
      ['restore', '--replace', 'data', backup],
    ]) {
      const { code, stderr } = await home().run(['volume', ...args], { cwd });
      expect(code, args.join(' ')).toBe(1);
      expect(stderr).toMatch(/VOLUME_IN_USE.*redis/);
    }
    await home().runWell(['volume', 'backup', '--live', '--force', 'data', backup], { cwd });
    expect(await redis('get', 'key')).toBe('before');
  });

  it('must be backed up with the owners of the containers, as a whole or not at all', async () => {
    await home().runWell(['stop'], { cwd });
    const other = await home().run(['volume', 'backup', 'data', backup], { cwd });
    expect(other.code).toBe(2);
    const { stderr } = await home().runWell(['volume', 'backup', '--force', 'data', backup], { cwd });
    expect(stderr).toBe('');
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    const rows = execFileSync('tar', ['--numeric-owner', '-tvf', backup], { encoding: 'utf8' });
    expect(rows).toMatch(/^-\S+ 1001\/0 .* dump\.rdb$/m);
    for (const name of ['data.tar.gz', 'data.tar.zst']) {
      await home().runWell(['volume', 'backup', 'data', join(home().root, name)], { cwd });
    }
    expect(readFileSync(join(home().root, 'data.tar.gz')).toString('hex', 0, 2)).toBe('1f8b');
    expect((await home().run(['volume', 'backup', 'data', join(home().root, 'absent/x.tar')], { cwd })).code).toBe(2);
    expect((await home().run(['volume', 'backup', 'absent'], { cwd })).stderr).toContain('UNKNOWN_VOLUME');
    expect(readdirSync(home().root).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('must be restored as they were, from each kind of file', async () => {
    const before = describeVolume();
    expect((await home().run(['volume', 'restore', 'data', backup], { cwd })).code).toBe(2);
    await home().runWell(['volume', 'rm', 'data'], { cwd });
    expect(existsSync(volumeFolder())).toBe(false);
    await home().runWell(['volume', 'restore', 'data', backup], { cwd });
    expect(describeVolume()).toBe(before);
    for (const name of ['data.tar.gz', 'data.tar.zst']) {
      await home().runWell(['volume', 'restore', '--replace', 'data', join(home().root, name)], { cwd });
      expect(describeVolume()).toBe(before);
    }
    expect(readdirSync(volumeFolder())).toEqual(['data']);
    await home().runWell(['up'], { cwd });
    expect(await redis('get', 'key')).toBe('before');
    await home().runWell(['stop'], { cwd });
  });

  it('must stay as they are when a restore is refused, cut off or interrupted', async () => {
    const before = describeVolume();
    const inventory = takeInventory(home());
    const broken = join(home().root, 'broken.tar');
    writeFileSync(broken, readFileSync(backup));
    truncateSync(broken, 1300);
    const zipped = join(home().root, 'broken.tar.gz');
    writeFileSync(zipped, gzipSync(readFileSync(backup)).subarray(0, 120));
    // Threat 13: little that swells to much.
    const bomb = join(home().root, 'bomb.tar.gz');
    execFileSync('sh', ['-c', `cd ${home().root} && truncate -s 300M zeros && tar -czf ${bomb} zeros && rm zeros`]);
    for (const args of [[broken], [zipped], ['--max-size', '100M', bomb]]) {
      const { code, stderr } = await home().run(['volume', 'restore', '--replace', 'data', ...args], { cwd });
      expect(code, args.join(' ')).toBe(1);
      expect(stderr, args.join(' ')).toContain('ARCHIVE_REFUSED');
      expect(describeVolume()).toBe(before);
    }
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const running = home().start(['volume', 'restore', '--replace', 'data', bomb], { cwd });
      await expect
        .poll(() => readdirSync(volumeFolder()).includes('restored'), { timeout: 10_000, interval: 5 })
        .toBe(true);
      running.child.kill(signal);
      expect((await running.finished).code).toBeGreaterThan(128);
      expect(describeVolume()).toBe(before);
    }
    // What the kill left goes with the next restore.
    await home().runWell(['volume', 'restore', '--replace', 'data', backup], { cwd });
    expect(readdirSync(volumeFolder())).toEqual(['data']);
    const isFile = (line: string): boolean => line.startsWith('file ');
    expect(await findRemains(home(), inventory, isFile)).toEqual([]);
  });

  it('must take no harm from hostile archives, and neither must the machine (threats 12, 13, 15)', async () => {
    const before = describeVolume();
    const hostile = join(home().root, 'hostile.tar');
    // One of each way to lead out; all of them are tried without a workspace beside their rules.
    const tried = hostileArchives.filter(({ name }) =>
      /^(a path that leads upwards|an absolute path|a link, then a file through it|a hard link to a file of the machine|a device|an owner beyond)/.test(
        name,
      ),
    );
    expect(tried.length).toBeGreaterThan(5);
    for (const { name, bytes } of tried) {
      writeFileSync(hostile, bytes);
      const { code, stderr } = await home().run(['volume', 'restore', '--replace', 'data', hostile], { cwd });
      expect(code, name).toBe(1);
      expect(stderr, name).toContain('ARCHIVE_REFUSED');
      expect(describeVolume(), name).toBe(before);
    }
    expect(existsSync('/tmp/devstead-out')).toBe(false);
    expect(readdirSync(join(volumeFolder(), '..'))).toEqual(['data']);
  });

  it('must be made whole after a start that was cut off, and apart from what was deleted near them', async () => {
    await home().runWell(['volume', 'rm', 'data'], { cwd });
    const { uid, gid } = statSync(join(volumeFolder(), '..'));
    const left = join(volumeFolder(), 'new-1');
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, 'half'), '');
    for (const path of [volumeFolder(), left, join(left, 'half')]) chownSync(path, uid, gid);
    await home().runWell(['up'], { cwd });
    expect(readdirSync(volumeFolder())).toEqual(['data']);
    expect(readdirSync(join(volumeFolder(), 'data'))).not.toContain('half');
    // Other file systems have no such attribute.
    const isExt4 = statfsSync(volumeFolder()).type === 0xef53;
    const attributes = isExt4 ? execFileSync('lsattr', ['-d', volumeFolder()], { encoding: 'utf8' }) : 'T';
    expect(attributes.split(' ')[0]).toContain('T');
  });
});
