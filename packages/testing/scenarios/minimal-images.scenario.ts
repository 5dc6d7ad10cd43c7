import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readStored } from '../src/image-store.ts';
import { useHome } from '../src/use-home.ts';

/** What `look.py` prints. */
interface Found {
  readonly programs: readonly string[];
  readonly packages: number;
}

describe('images without shell and package manager', () => {
  const home = useHome();
  let cwd = '';
  let address = '';

  beforeAll(async () => {
    cwd = home().copyFixture('minimal-images');
    const { stdout } = await home().runWell(['up', '--output', 'json'], { cwd });
    address = (JSON.parse(stdout) as { addresses: { url: string }[] }).addresses[0]?.url ?? '';
  });

  it('must run an application on Python with everything that its standard library needs', async () => {
    const ask = (): Promise<string> => fetch(address).then((answer) => answer.text());
    await expect.poll(() => ask().catch(String)).toBe('hello');
    const { stdout } = await home().runWell(['exec', 'python', '--', 'python', '/projects/look.py'], { cwd });
    const found = JSON.parse(stdout) as Found;
    expect(found).toEqual({
      user: [65532, 0, 'nonroot'],
      groups: ['nogroup', 'nonroot', 'root', 'tty'],
      programs: ['/usr/bin/python3.11'],
      setuid: [],
      writable: ['/home/nonroot', '/tmp'],
      authorities: true,
      winter: '2026-07-01T00:00:00-03:00',
      zones: true,
      sqlite: 42,
      services: 443,
      modules: true,
      compiled: true,
      version: '3.11',
      packages: found.packages,
    });
    expect(found.packages).toBe(readStored(home().state, 'python-minimal').packages.length);
  });

  it.each(['sh', 'bash', 'apt-get', 'dpkg', 'pip'])('must have no %s', async (program) => {
    const { code, stderr } = await home().run(['exec', 'python', '--', program], { cwd });
    expect(code).toBe(127);
    expect(stderr).toContain(program);
  });

  it('must hold nothing that runs by itself where no Python is', () => {
    const { layers, packages } = readStored(home().state, 'minimal');
    expect(layers).toHaveLength(1);
    expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(['ca-certificates', 'libc6', 'tzdata']));
    const folder = join(home().state, 'images/layers', layers[0]?.replace('sha256:', '') ?? '');
    const find = (...words: string[]): string[] =>
      execFileSync('find', [folder, ...words, '-printf', '%P\n'], { encoding: 'utf8' })
        .split('\n')
        .filter(Boolean);
    const programs = find('-type', 'f', '-perm', '/111', '!', '-name', '*.so*');
    expect(programs).toEqual([]);
    expect(find('-path', '*/bin/*')).toEqual([]);
    const [bundle] = find('-name', 'ca-certificates.crt', '-size', '+100k');
    expect(bundle).toBe('etc/ssl/certs/ca-certificates.crt');
    expect(find('-path', '*/zoneinfo/America/Sao_Paulo')).toHaveLength(1);
  });
});
