import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listStore, readStored } from '../src/image-store.ts';
import { explainNoRegistry, LoopbackRegistry } from '../src/loopback-registry.ts';
import { makeTar, type TarItem } from '../src/make-tar.ts';
import { useHome } from '../src/use-home.ts';

const reason = explainNoRegistry();
const why = reason === undefined ? '' : ` (skipped: ${reason})`;

const folder = (path: string): TarItem => ({ path: `${path}/`, flag: '5' });
const link = (path: string, to: string): TarItem => ({ path, flag: '2', link: to });

describe.skipIf(reason !== undefined)(`a hostile image${why}`, () => {
  const home = useHome();
  let registry: LoopbackRegistry;
  let state = '';
  let env: Record<string, string> = {};
  let count = 0;

  beforeAll(async () => {
    registry = await LoopbackRegistry.start(join(home().root, 'registry'));
    state = join(home().root, 'own-state');
    env = { DEVSTEAD_HOME: state, XDG_CACHE_HOME: join(home().root, 'own-cache') };
  });
  afterAll(() => registry?.stop());

  const push = (items: readonly TarItem[], ...more: readonly (readonly TarItem[])[]): Promise<string> => {
    count += 1;
    return registry.push(`hostile/${count}`, 'latest', [items, ...more].map(makeTar));
  };
  const pull = async (reference: string): Promise<{ code: number; error: string; text: string }> => {
    const { code, stdout, stderr } = await home().run(['image', 'pull', reference, '-o', 'json'], { env });
    const error = code === 0 ? '' : ((JSON.parse(stdout) as { code: string }).code ?? '');
    return { code, error, text: stderr + stdout };
  };
  const outside = (): string => join(home().root, 'outside');
  const parts = (): string[] => {
    const blobs = join(home().root, 'own-cache/devstead/blobs');
    return existsSync(blobs) ? readdirSync(blobs) : [];
  };
  const expectNothingKept = (): void => {
    expect(listStore(state)).toEqual({ layers: [], records: [], building: [] });
    expect(parts()).toEqual([]);
  };

  it.each<[string, () => readonly TarItem[]]>([
    ['climbs out of its root', () => [{ path: '../../../../../../tmp/evil', content: 'x' }]],
    ['writes through a link that climbs', () => [link('a', '../../../../../..'), { path: 'a/tmp/evil', content: 'x' }]],
    ['has a hard link to a file of the machine', () => [{ path: 'a', flag: '1', link: '/etc/passwd' }]],
    ['has a hard link that climbs', () => [{ path: 'a', flag: '1', link: '../../../../etc/passwd' }]],
    ['has a disk', () => [{ path: 'disk', flag: '4', device: [8, 0] }]],
    ['has the kernel’s memory', () => [folder('opt'), { path: 'opt/mem', flag: '3', device: [1, 1] }]],
    ['has a mark of overlayfs', () => [{ path: 'a', flag: '3', device: [0, 0] }]],
    ['has owners beyond the sandbox’s', () => [{ path: 'a', uid: 70_000 }]],
    ['makes a link of a folder it filled', () => [{ path: 'a/b' }, link('a', '/etc')]],
  ])('that %s must be refused, and nothing of it kept', async (_what, items) => {
    const { code, error, text } = await pull(await push([{ path: 'fine', content: 'fine' }], items()));
    expect([code, error], text).toEqual([1, 'IMAGE_REFUSED']);
    expectNothingKept();
    expect(existsSync('/tmp/evil')).toBe(false);
  });

  it('whose link leads to a folder of the machine must write in the image alone', async () => {
    mkdirSync(outside());
    const reference = await push([link('out', outside()), { path: 'out/evil', content: 'x' }]);
    expect((await pull(reference)).code).toBe(0);
    expect(readdirSync(outside())).toEqual([]);
    const [name = ''] = listStore(state).records;
    const [layer = ''] = readStored(state, name.replace('.json', '')).layers;
    const inside = join(state, 'images/layers', layer.replace('sha256:', ''));
    expect(lstatSync(join(inside, 'out')).isSymbolicLink()).toBe(true);
    expect(existsSync(join(inside, outside(), 'evil'))).toBe(true);
    await home().runWell(['image', 'rm', reference], { env });
    expectNothingKept();
  });

  it('must not bring setuid programs, nor files of the machine’s own users', async () => {
    const reference = await push([
      { path: 'su', mode: 0o6755, uid: 0 },
      folder('dev'),
      { path: 'dev/sda', flag: '4', device: [8, 0] },
    ]);
    expect((await pull(reference)).code).toBe(0);
    const [layer = ''] = listStore(state).layers;
    const su = lstatSync(join(state, 'images/layers', layer, 'su'));
    expect(su.mode & 0o7777).toBe(0o755);
    expect(su.uid).not.toBe(0);
    expect(readdirSync(join(state, 'images/layers', layer, 'dev'))).toEqual([]);
    await home().runWell(['image', 'rm', reference], { env });
  });

  it('that lies about the digest of a layer must be refused', async () => {
    const tar = makeTar([{ path: 'a', content: 'x' }]);
    const diffIds = [`sha256:${'0'.repeat(64)}`];
    const { error } = await pull(await registry.push('hostile/lie', 'latest', [tar], { diffIds }));
    expect(error).toBe('IMAGE_REFUSED');
    expectNothingKept();
  });

  it('that runs as a user it does not have must be refused', async () => {
    const reference = await registry.push(
      'hostile/user',
      'latest',
      [makeTar([folder('etc'), link('etc/passwd', '/etc/passwd')])],
      {
        run: { User: 'root' },
      },
    );
    expect((await pull(reference)).error).toBe('IMAGE_REFUSED');
    expectNothingKept();
  });

  it('that is a bomb must be refused long before the disk is full', async () => {
    const zeros = Buffer.alloc(1 << 30);
    const reference = await registry.push('hostile/bomb', 'latest', [
      makeTar([
        { path: 'a', content: zeros },
        { path: 'b', content: zeros.subarray(0, 1 << 28) },
      ]),
    ]);
    const { code, error, text } = await pull(reference);
    expect([code, error], text).toEqual([1, 'IMAGE_REFUSED']);
    expectNothingKept();
  });

  it('that is no archive, or one that is cut off, must be refused', async () => {
    const whole = makeTar([{ path: 'a', content: 'x'.repeat(5000) }]);
    for (const tar of [Buffer.from('no archive at all, but long enough '.repeat(50)), whole.subarray(0, 2000)]) {
      count += 1;
      expect((await pull(await registry.push(`hostile/${count}`, 'latest', [tar]))).error).toBe('IMAGE_REFUSED');
    }
    expectNothingKept();
  });

  it('must not fill the disk: a pull that does leaves nothing', async () => {
    const small = join(home().root, 'small-disk');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', small]);
    try {
      const noise = Buffer.alloc(40 << 20);
      for (let at = 0; at < noise.length; at += 4) noise.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
      const small1 = makeTar([{ path: 'fine', content: 'x'.repeat(100_000) }]);
      const zeros = makeTar([{ path: 'big', content: Buffer.alloc(40 << 20) }]);
      for (const tar of [zeros, makeTar([{ path: 'noise', content: noise }])]) {
        count += 1;
        const reference = await registry.push(`hostile/${count}`, 'latest', [small1, tar]);
        const own = { DEVSTEAD_HOME: join(small, 'state'), XDG_CACHE_HOME: join(small, 'cache') };
        const { code, stderr } = await home().run(['image', 'pull', reference], { env: own });
        expect([code, /MACHINE_LACKS/.test(stderr)], stderr).toEqual([4, true]);
        expect(listStore(join(small, 'state'))).toEqual({ layers: [], records: [], building: [] });
        expect(readdirSync(join(small, 'cache/devstead/blobs'))).toEqual([]);
      }
    } finally {
      for (let tries = 0; tries < 20; tries += 1) {
        try {
          execFileSync('umount', [small], { stdio: 'pipe' });
          break;
        } catch {
          await delay(100);
        }
      }
      rmSync(small, { recursive: true, force: true });
    }
  });
});
