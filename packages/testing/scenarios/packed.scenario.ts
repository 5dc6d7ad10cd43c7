import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { installPacked } from '../src/install-packed.ts';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import { useHome } from '../src/use-home.ts';

describe('the packed product, installed with npm in an empty folder', () => {
  const home = useHome();
  let program = '';

  beforeAll(() => {
    const folder = join(home().root, 'installed');
    mkdirSync(folder);
    program = installPacked(folder);
  });

  it('must bring a workspace up, run in it, and remove it', async () => {
    const cwd = home().copyFixture('cache-and-tools', 'packed');
    const before = takeInventory(home());
    const { stdout } = await home().runWell(['up'], { cwd, program });
    expect(stdout).toMatch(/http:\/\/127\.0\.0\.1:\d{5}/);
    expect((await home().runWell(['exec', 'redis', 'redis-cli', 'PING'], { cwd, program })).stdout).toBe('PONG\n');
    await home().runWell(['down', '--volumes'], { cwd, program });
    expect(await findRemains(home(), before)).toEqual([]);
  });

  it('must read devfiles and configuration by the library that it brings', async () => {
    const cwd = home().copyFixture('redis', 'checked');
    const settings = join(home().root, 'settings');
    mkdirSync(join(settings, 'devstead'), { recursive: true });
    writeFileSync(join(settings, 'devstead/config.yaml'), 'unknown: 1\n');
    const { stderr } = await home().run(['list'], { cwd, program, env: { XDG_CONFIG_HOME: settings } });
    expect(stderr).toContain('config.yaml:1:1  config.unknown-key');
    expect((await home().runWell(['check', '--output', 'json'], { cwd, program })).stdout).toContain('check/v1');
    expect((await home().runWell(['why', 'redis.image'], { cwd, program })).stdout).toContain('devfile.yaml');
    expect((await home().runWell(['image', 'list'], { cwd, program })).stdout).toContain('redis');
  });
});
