import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findRemains, type Inventory, takeInventory } from '../src/machine-inventory.ts';
import { askPort } from '../src/tcp-port.ts';
import { useHome } from '../src/use-home.ts';
import { waitUntil } from '../src/wait-until.ts';

const devfile = `schemaVersion: 2.2.2
metadata: {name: shop}
components:
  - name: dev
    container: {image: "docker.io/library/python:3.11", volumeMounts: [{name: data, path: /data}]}
  - name: cache
    container: {image: "docker.io/library/redis:7", dedicatedPod: true, endpoints: [{name: cache, targetPort: 6379, protocol: tcp}]}
  - name: queue
    container: {image: "docker.io/library/redis:7", dedicatedPod: true, endpoints: [{name: queue, targetPort: 6379, protocol: tcp}]}
  - name: prepare
    container: {image: "docker.io/library/python:3.11", command: [sh, -c], args: ["echo preparing; echo prepared > /data/prepared"], volumeMounts: [{name: data, path: /data}]}
  - name: job
    container: {image: "docker.io/library/python:3.11", command: [sh, -c], args: ["echo working; sleep \${SECONDS_TO_SLEEP:-0}; test -e /data/may-end && exit 0; exit 6"], volumeMounts: [{name: data, path: /data}]}
  - name: picture
    image: {imageName: "example.com/shop:1", dockerfile: {uri: Dockerfile}}
  - name: cluster
    kubernetes: {inlined: "kind: Service"}
  - name: data
    volume: {}
commands:
  - {id: make-ready, apply: {component: prepare}}
  - {id: start-queue, apply: {component: queue}}
  - {id: work, apply: {component: job}}
  - {id: build-picture, apply: {component: picture}}
  - {id: deploy, apply: {component: cluster}}
  - {id: ping, exec: {component: dev, commandLine: "exec 3<>/dev/tcp/queue/6379 && printf 'PING\\\\r\\\\n' >&3 && head -n 1 <&3"}}
  - {id: try-queue, composite: {commands: [start-queue, ping], parallel: false}}
events: {preStart: [make-ready], postStop: [work]}
`;

interface ContainerRow {
  readonly name: string;
  readonly state: string;
  readonly appliedBy?: readonly string[];
  readonly address?: string;
}

describe('containers apart and on request', () => {
  const home = useHome();
  let cwd = '';
  let before: Inventory;

  const status = async (): Promise<{ state: string; containers: ContainerRow[]; addresses: { endpoint: string }[] }> =>
    JSON.parse((await home().run(['status', '-o', 'json'], { cwd })).stdout);
  const find = async (name: string): Promise<ContainerRow | undefined> =>
    (await status()).containers.find((row) => row.name === name);
  const portOf = async (endpoint: string): Promise<number> => {
    const { stdout } = await home().runWell(['ports', '-o', 'json'], { cwd });
    const { endpoints } = JSON.parse(stdout) as { endpoints: { name: string; address?: string }[] };
    return Number(new URL(endpoints.find(({ name }) => name === endpoint)?.address ?? '').port);
  };

  beforeAll(() => {
    before = takeInventory(home());
    cwd = home().makeProject('shop', devfile);
  });

  it('up must start what no command applies, after what preStart applies', async () => {
    const { stderr, stdout } = await home().runWell(['up', '-o', 'json'], { cwd });
    expect(stderr).toMatch(/applied +prepare/);
    expect(stderr.match(/environment\.component-ignored/g)).toHaveLength(1);
    expect((JSON.parse(stdout) as { addresses: { endpoint: string }[] }).addresses.map((row) => row.endpoint)).toEqual([
      'cache',
    ]);
    expect((await home().runWell(['exec', 'dev', 'cat', '/data/prepared'], { cwd })).stdout).toBe('prepared\n');
    const { state, containers, addresses } = await status();
    expect(state).toBe('running');
    expect(addresses.map(({ endpoint }) => endpoint)).toEqual(['cache']);
    expect(containers.map((row) => [row.name, row.state, row.appliedBy])).toEqual([
      ['dev', 'running', undefined],
      ['cache', 'running', undefined],
      ['queue', 'absent', ['start-queue']],
      ['prepare', 'exited', ['make-ready']],
      ['job', 'absent', ['work']],
    ]);
  });

  it('run must start what a command applies, and reach it by its name and its endpoint', async () => {
    const { stdout, stderr } = await home().runWell(['run', 'try-queue'], { cwd });
    expect(stdout).toBe('+PONG\r\n');
    expect(stderr).toMatch(/queue ready/);
    expect(await askPort(await portOf('queue'), 'PING\r\n')).toBe('+PONG\r\n');
    const [cache, queue] = [await find('cache'), await find('queue')];
    expect(cache?.address).toMatch(/^10\.0\.2\./);
    expect(queue?.address).not.toBe(cache?.address);
    expect((await home().runWell(['run', 'start-queue'], { cwd })).stderr).toMatch(/queue is there already/);
  });

  it('run must pass on what a container prints that is to end, and how it ended', async () => {
    expect(await home().run(['run', 'work'], { cwd })).toMatchObject({ code: 6, stdout: 'working\n' });
    await home().runWell(['exec', 'dev', 'touch', '/data/may-end'], { cwd });
    expect(await home().run(['run', 'work'], { cwd })).toMatchObject({ code: 0, stdout: 'working\n' });
    const json = await home().run(['run', 'work', '-o', 'json'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ schemaVersion: 'exit/v1', exitCode: 0 });
  });

  it('run must say what it cannot apply, and by which line', async () => {
    const { code, stderr } = await home().run(['run', 'deploy'], { cwd });
    expect(code).toBe(125);
    expect(stderr).toContain('CANNOT_APPLY');
    expect(stderr).toMatch(/devfile\.yaml:\d+/);
  });

  it('run must name the Dockerfile of an image that is not there', async () => {
    const { code, stderr } = await home().run(['run', 'build-picture'], { cwd });
    expect(code).toBe(125);
    expect(stderr).toMatch(/UNREADABLE_INPUT {2}\S*devfile\.yaml:\d+:\d+ there is no Dockerfile /);
    expect(stderr).toContain(` ${join(cwd, 'Dockerfile')}\n`);
  });

  it('why must tell by which line a container waits', async () => {
    expect((await home().runWell(['why', 'queue.appliedBy'], { cwd })).stdout).toMatch(
      /start-queue[^]*devfile\.yaml:\d+/,
    );
  });

  it('up must mend the way out of one network, and touch nothing else', async () => {
    const startedAt = (await status()).containers;
    const outlets = (): number[] =>
      [...takeInventory(home())].flatMap((line) => {
        const pid = /^process (\d+) .*: slirp4netns .*networks\/cache/.exec(line)?.[1];
        return pid === undefined ? [] : [Number(pid)];
      });
    const [outlet = 0] = outlets();
    process.kill(outlet, 'SIGKILL');
    await waitUntil('it is gone', () => outlets().length === 0);
    const { stdout } = await home().runWell(['up', '--dry-run', '-o', 'json'], { cwd });
    expect((JSON.parse(stdout) as { steps: { id: string }[] }).steps.map(({ id }) => id)).toEqual([
      'network.connect cache',
    ]);
    await home().runWell(['up'], { cwd });
    expect(outlets()).toHaveLength(1);
    expect((await status()).containers).toMatchObject(startedAt.map(({ name, state }) => ({ name, state })));
    expect((await home().runWell(['exec', 'cache', 'grep', '-c', 'tap0', '/proc/net/route'], { cwd })).code).toBe(0);
  });

  it('Ctrl-C must end a container that is waited for', async () => {
    await home().runWell(['up'], { cwd });
    const slow = devfile.replace('sleep ${SECONDS_TO_SLEEP:-0}', 'sleep 1000');
    const other = home().makeProject('slow', slow.replace('name: shop', 'name: slow'));
    await home().runWell(['up'], { cwd: other });
    const running = home().start(['run', 'work'], { cwd: other });
    await running.waitFor('working');
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(130);
    const { containers } = JSON.parse((await home().run(['status', '-o', 'json'], { cwd: other })).stdout) as {
      containers: ContainerRow[];
    };
    expect(containers.find(({ name }) => name === 'job')?.state).toBe('exited');
    await home().runWell(['down', '--volumes', '--no-commands'], { cwd: other });
  });

  it('stop must run what postStop applies, and the next up must begin as the first', async () => {
    await home().runWell(['exec', 'dev', 'rm', '/data/may-end'], { cwd });
    const { stderr } = await home().runWell(['stop'], { cwd });
    expect(stderr).toMatch(/job ended with code 6/);
    await home().runWell(['up'], { cwd });
    expect((await find('queue'))?.state).toBe('stopped');
    expect((await home().run(['run', 'ping'], { cwd })).code).not.toBe(0);
  });

  it('down must remove everything, also after kill -9 of all', async () => {
    await home().runWell(['run', 'start-queue'], { cwd });
    for (const line of takeInventory(home())) {
      const pid = /^process (\d+) /.exec(line)?.[1];
      if (pid === undefined) continue;
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It ended with another one.
      }
    }
    await home().runWell(['down', '--volumes'], { cwd });
    expect(await findRemains(home(), before)).toEqual([]);
    expect(readFileSync(`${cwd}/devfile.yaml`, 'utf8')).toBe(devfile);
  });
});
