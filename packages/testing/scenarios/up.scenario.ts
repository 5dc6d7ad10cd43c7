import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import { useHome } from '../src/use-home.ts';
import { waitUntil } from '../src/wait-until.ts';

interface UpResult {
  readonly schemaVersion: string;
  readonly workspace: { readonly id: string };
  readonly addresses: readonly { readonly endpoint: string; readonly url: string }[];
}

describe('up', () => {
  const home = useHome();

  it('must end with running containers, the addresses on stdout and progress on stderr', async () => {
    const cwd = home().copyFixture('cache-and-tools', 'first');
    const { stdout, stderr } = await home().runWell(['up'], { cwd });
    expect(readFileSync(join(cwd, 'started.txt'), 'utf8')).toBe('started\n');
    expect((await home().runWell(['exec', 'redis', 'redis-cli', 'PING'], { cwd })).stdout).toBe('PONG\n');
    expect(stdout).toMatch(/^ {2}web +http:\/\/127\.0\.0\.1:\d{5} +public\n$/);
    expect(stderr).toMatch(/ready in \d/);
  });

  it('must do nothing the second time', async () => {
    const cwd = home().copyFixture('cache-and-tools', 'second');
    const first = await home().runWell(['up', '--output', 'json'], { cwd });
    const before = takeInventory(home());
    const again = await home().runWell(['up', '--output', 'json'], { cwd });
    expect(readFileSync(join(cwd, 'prepared.txt'), 'utf8')).toBe('prepared\n');
    expect(await findRemains(home(), before)).toEqual([]);
    const addresses = [first, again].map(({ stdout }) => (JSON.parse(stdout) as UpResult).addresses);
    expect(addresses[1]).toEqual(addresses[0]);
  });

  it('must join an up that is at work, and end as it does', async () => {
    const cwd = home().copyFixture('waiting-prestart', 'joined');
    const first = home().start(['up'], { cwd });
    await waitUntil('the command runs', () => existsSync(join(cwd, 'waiting.txt')));
    const second = home().start(['up', '--output', 'json'], { cwd });
    await second.waitFor(/joining/);
    writeFileSync(join(cwd, 'go.txt'), '');
    const results = await Promise.all([first.finished, second.finished]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect((JSON.parse(results[1]?.stdout ?? '') as UpResult).addresses.map(({ endpoint }) => endpoint)).toEqual([
      'web',
    ]);
  });

  it('must change nothing when it only shows the plan', async () => {
    const cwd = home().copyFixture('cache-and-tools', 'planned');
    const before = takeInventory(home());
    const { stdout } = await home().runWell(['up', '--dry-run'], { cwd });
    expect(stdout).toMatch(/container\.start redis {2}\(it does not exist\)/);
    expect([...takeInventory(home())].filter((line) => !before.has(line))).toEqual([]);
  });

  it('must write no escape sequences and need no answer without a terminal', async () => {
    const cwd = home().copyFixture('redis', 'plain');
    const { stdout, stderr } = await home().runWell(['up'], { cwd, env: { FORCE_COLOR: '1' } });
    expect(stdout + stderr).not.toContain('\u001b');
  });

  it('must write no colours at a terminal when NO_COLOR is set', async () => {
    const cwd = home().copyFixture('redis', 'colourless');
    const terminal = { rows: 24, columns: 100 };
    const plain = await home().run(['up'], { cwd, terminal, env: { NO_COLOR: '1' } });
    expect(plain.code).toBe(0);
    expect(plain.stdout).not.toMatch(/\u001b\[[0-9;]*m/);
    const coloured = await home().run(['up'], { cwd, terminal });
    expect(coloured.stdout).toMatch(/\u001b\[[0-9;]*m/);
  });

  it('must name the folder’s devfile that is not there, with exit code 2', async () => {
    const { code, stderr } = await home().run(['up', '/'], {});
    expect(code).toBe(2);
    expect(stderr).toContain('DEVFILE_NOT_FOUND');
  });

  it('must name every image that nothing stands for, and make nothing', async () => {
    const cwd = home().makeProject(
      'unknown-images',
      'schemaVersion: 2.2.2\nmetadata: {name: unknown-images}\ncomponents:\n  - name: a\n    container: {image: "registry.invalid/one:1"}\n  - name: b\n    container: {image: "registry.invalid/two:2"}\n',
    );
    const before = takeInventory(home());
    const { code, stderr } = await home().run(['up'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/IMAGE_PULL_FAILED.*registry\.invalid\/one:1.*registry\.invalid\/two:2/);
    expect(await findRemains(home(), before)).toEqual([]);
  });
});
