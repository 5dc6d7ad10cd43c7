import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRemains, type Inventory, takeInventory } from '../src/machine-inventory.ts';
import { withoutTun, withTun } from '../src/private-machine.ts';
import { askPort } from '../src/tcp-port.ts';
import { explainNoUser, ThrowAwayUser } from '../src/throw-away-user.ts';

const reason = explainNoUser();

describe.skipIf(reason !== undefined)(`a normal user${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let user: ThrowAwayUser;
  let cwd = '';
  let before: Inventory;

  const countRoutes = async (): Promise<string> =>
    (await user.runWell(['exec', 'tools', 'sh', '-c', 'grep -c tap0 /proc/net/route || true'], { cwd })).stdout.trim();

  beforeAll(() => {
    user = new ThrowAwayUser();
    cwd = user.copyFixture('rootless');
  });
  afterAll(async () => {
    await user.remove();
  });

  it('must be able to build images', async () => {
    await user.runWell(['image', 'build', 'redis', 'scanner'], { cwd, timeoutMs: 240_000 });
    expect((await user.runWell(['image', 'list'], { cwd })).stdout).toMatch(/redis/);
    before = takeInventory(user);
  });

  it('must be able to start a workspace without a network device, reach its ports, and be told what to do', async () => {
    const { stdout, stderr } = await user.runWell(['up', '--output', 'json'], { cwd, machine: withoutTun });
    const url = (JSON.parse(stdout) as { addresses: { url: string }[] }).addresses[0]?.url ?? '';
    expect(await askPort(Number(new URL(url).port), 'PING\r\n')).toBe('+PONG\r\n');
    expect(stderr).toContain('/dev/net/tun');
    expect(await countRoutes()).toBe('0');
    await user.runWell(['stop'], { cwd });
  });

  it('must have a way out where there is a network device', async () => {
    const { stderr } = await user.runWell(['up'], { cwd, machine: withTun });
    expect(stderr).not.toContain('no network');
    expect(await countRoutes()).not.toBe('0');
  });

  it('must have the rights inside that the image says, and none outside', async () => {
    const { stdout } = await user.runWell(
      ['exec', 'tools', 'sh', '-c', 'id -u; grep -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/self/status'],
      { cwd },
    );
    expect(stdout.replaceAll('\t', ' ')).toBe('1000\nCapEff: 0000000000000000\nNoNewPrivs: 1\nSeccomp: 2\n');
    const processes = [...takeInventory(user)].filter((line) => line.startsWith('process '));
    const owners = processes.map(
      (line) => statSync(`/proc/${/\d+/.exec(line)?.[0]}`, { throwIfNoEntry: false })?.uid ?? -1,
    );
    expect(owners).not.toContain(0);
  });

  it('must be able to give a container a network of its own', async () => {
    const ask = (container: string, host: string) =>
      user.run(['exec', container, 'redis-cli', '-h', host, 'PING'], { cwd });
    for (const [container, host] of [
      ['redis', 'apart'],
      ['apart', 'redis'],
    ] as const)
      expect(await ask(container, host)).toMatchObject({ code: 0, stdout: 'PONG\n' });
    const networks = await Promise.all(
      ['redis', 'tools', 'apart'].map(async (name) => {
        const { stdout } = await user.runWell(['exec', name, 'readlink', '/proc/self/ns/net'], { cwd });
        return stdout;
      }),
    );
    expect(networks[0]).toBe(networks[1]);
    expect(networks[0]).not.toBe(networks[2]);
  });

  it('must reach the package index of the machine, which ends with the workspace', async () => {
    const env = { PIP_INDEX_URL: 'https://index.example.com/simple/' };
    const { stderr } = await user.runWell(['up'], { cwd, env });
    expect(stderr).not.toContain('package index');
    const line =
      'exec 3<>/dev/tcp/index.devstead.internal/3141; printf "GET /+api HTTP/1.0\\r\\nAccept: application/json\\r\\n\\r\\n" >&3; cat <&3';
    const { stdout } = await user.runWell(['exec', 'tools', 'bash', '-c', line], { cwd, env });
    expect(stdout).toContain('apiconfig');
    await user.runWell(['stop'], { cwd });
    expect(existsSync(join(user.state, 'index/service.json'))).toBe(false);
    await user.runWell(['up'], { cwd });
  });

  it('must own what is made in the project', async () => {
    await user.runWell(['exec', 'tools', 'sh', '-c', 'echo hello > /projects/made'], { cwd });
    expect(statSync(join(cwd, 'made')).uid).toBe(user.uid);
    expect(readFileSync(join(cwd, 'made'), 'utf8')).toBe('hello\n');
  });

  it('must keep data over a stop and a removal without volumes', async () => {
    await user.runWell(['exec', 'redis', 'sh', '-c', 'redis-cli SET key kept && redis-cli SAVE'], { cwd });
    await user.runWell(['stop'], { cwd });
    await user.runWell(['up'], { cwd });
    await user.runWell(['down'], { cwd });
    await user.runWell(['up'], { cwd });
    expect((await user.runWell(['exec', 'redis', 'redis-cli', 'GET', 'key'], { cwd })).stdout).toBe('kept\n');
  });

  it('must copy files in and out, and see what containers use', async () => {
    await user.runWell(['cp', 'devfile.yaml', 'redis:/tmp/copied'], { cwd });
    const { stdout } = await user.runWell(['exec', 'redis', 'stat', '-c', '%U', '/tmp/copied'], { cwd });
    expect(stdout).toBe('redis\n');
    await user.runWell(['cp', 'redis:/tmp/copied', 'back'], { cwd });
    expect(statSync(join(cwd, 'back')).uid).toBe(user.uid);
    const top = await user.runWell(['top', '--once', '--output', 'json', 'redis'], { cwd });
    const { containers } = JSON.parse(top.stdout) as { containers: { memoryBytes: number; processes: object[] }[] };
    expect(containers[0]?.processes.length).toBeGreaterThan(1);
    expect(containers[0]?.memoryBytes).toBeGreaterThan(100_000);
  });

  it('must back up a volume with the owners inside, and restore it', async () => {
    await user.runWell(['exec', 'redis', 'chmod', '700', '/data'], { cwd });
    await user.runWell(['stop'], { cwd });
    await user.runWell(['volume', 'backup', 'data', 'data.tar'], { cwd });
    const rows = execFileSync('tar', ['--numeric-owner', '-tvf', join(cwd, 'data.tar')], { encoding: 'utf8' });
    expect(rows).toMatch(/^drwx--S?-*\S* 1001\/0 .* \.\/$/m);
    expect(rows).toMatch(/^-\S+ 1001\/0 .* dump\.rdb$/m);
    const list = await user.runWell(['volume', 'list', '--output', 'json'], { cwd });
    expect(Number(/"sizeBytes": (\d+)/.exec(list.stdout)?.[1])).toBeGreaterThan(8192);
    await user.runWell(['volume', 'rm', 'data'], { cwd });
    await user.runWell(['volume', 'restore', 'data', 'data.tar'], { cwd });
    await user.runWell(['volume', 'restore', '--replace', 'data', 'data.tar'], { cwd });
    await user.runWell(['up'], { cwd });
    expect((await user.runWell(['exec', 'redis', 'redis-cli', 'GET', 'key'], { cwd })).stdout).toBe('kept\n');
  });

  it('must limit containers as a whole where control groups are handed over as doctor says', async (context) => {
    if (existsSync('/sys/fs/cgroup/cgroup.controllers'))
      return context.skip('the machine has control groups of version 2, which systemd hands over');
    const ask = async (): Promise<{ id: string; state: string; fix?: string } | undefined> => {
      const { stdout } = await user.run(['doctor', '--output', 'json'], { cwd });
      const { requirements } = JSON.parse(stdout) as { requirements: { id: string; state: string; fix?: string }[] };
      return requirements.find(({ id }) => id === 'limits.cgroups');
    };
    const { state, fix = '' } = (await ask()) ?? {};
    expect(state).toBe('warn');
    execFileSync('sh', ['-c', fix.replace(/^sudo /, '')]);
    expect((await ask())?.state).toBe('ok');
    await user.runWell(['down'], { cwd });
    const { stderr } = await user.runWell(['up'], { cwd });
    expect(stderr).not.toContain('control groups');
    const groups = `/sys/fs/cgroup/memory/devstead-${user.uid}`;
    const [workspace = ''] = readdirSync(groups).filter((name) => name.startsWith('rootless'));
    const read = (file: string): string => readFileSync(join(groups, workspace, 'tools', file), 'utf8').trim();
    expect(Number(read('memory.limit_in_bytes'))).toBe(256 * 2 ** 20);
    expect(read('cgroup.procs')).toMatch(/^\d+/);
    // What is run in it is in its group.
    const { stdout } = await user.runWell(['exec', 'tools', 'cat', '/proc/self/cgroup'], { cwd });
    expect(stdout).toContain(`/devstead-${user.uid}/${workspace}/tools`);
  });

  it('must leave nothing when it is removed', async () => {
    await user.runWell(['down', '--volumes'], { cwd });
    // What the index has fetched is kept for the next workspace.
    const isIndexData = (line: string): boolean => line.startsWith('file state/index/');
    expect(await findRemains(user, before, isIndexData)).toEqual([]);
  });
});
