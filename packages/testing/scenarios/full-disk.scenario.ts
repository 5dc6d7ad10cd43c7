import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { useHome } from '../src/use-home.ts';

const project = `name: full
services:
  web:
    image: python:3.12-slim
    command: sleep infinity
    volumes: [data:/data]
  other: {image: python:3.12-slim, command: sleep infinity}
volumes: {data: {}}
`;

const isRoot = userInfo().uid === 0;

describe.skipIf(!isRoot)(`a disk that fills${isRoot ? '' : ' (needs root, to mount a small one)'}`, () => {
  const home = useHome();
  let cwd = '';
  let disk = '';
  const compose = (...words: string[]) => home().run(['compose', ...words], { cwd, timeoutMs: 30_000 });
  afterAll(() => {
    if (disk !== '') execFileSync('umount', ['--lazy', disk]);
  });

  it('must not keep a project from being removed, and so made room again', async () => {
    disk = join(home().state, 'workspaces');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1500k,mode=700', 'tmpfs', disk]);
    cwd = join(home().projects, 'full');
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'compose.yaml'), project);
    expect((await compose('up', '-d')).code).toBe(0);
    expect((await compose('exec', 'web', 'dd', 'if=/dev/zero', 'of=/data/x', 'bs=1k')).code).toBe(1);
    expect((await compose('ps', '-q')).code).toBe(0);
    expect((await compose('down', '-v')).code).toBe(0);
    expect(readdirSync(disk)).toEqual([]);
  });

  it('must end a start that finds no room, with nothing left of it after a down', async () => {
    mkdirSync(join(disk, 'filling'));
    execFileSync('dd', ['if=/dev/zero', `of=${join(disk, 'filling/x')}`, 'bs=1k', 'count=1400'], { stdio: 'ignore' });
    const { code, stderr } = await compose('up', '-d');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/MACHINE_LACKS.*no space/)]);
    expect((await compose('down')).code).toBe(0);
    expect(
      readdirSync(disk).filter((name) => name.startsWith('full-') && readdirSync(join(disk, name)).length > 2),
    ).toEqual([]);
    execFileSync('rm', ['-r', join(disk, 'filling')]);
    expect((await compose('up', '-d')).code).toBe(0);
    expect((await compose('down', '-v')).code).toBe(0);
  });
});
