import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { killProcess } from '../src/kill-process.ts';
import { takeInventory } from '../src/machine-inventory.ts';
import { firstScenarioPort } from '../src/scenario-home.ts';
import { askPort } from '../src/tcp-port.ts';
import { useHome } from '../src/use-home.ts';
import { waitUntil } from '../src/wait-until.ts';

const port = firstScenarioPort + 720;
const project = `name: policies
services:
  cache: {image: redis:7, restart: unless-stopped, ports: ["127.0.0.1:${port}:6379"]}
  stopped: {image: redis:7, restart: unless-stopped}
  crashing: {image: python:3.12-slim, command: "sh -c 'sleep 0.2; exit 3'", restart: always, stop_grace_period: 0s}
  tried: {image: python:3.12-slim, command: "sh -c 'sleep 0.2; exit 4'", restart: "on-failure:2"}
`;

interface Container {
  readonly name: string;
  readonly state: string;
  readonly restarts: number;
  readonly exitCode?: number;
}

/** The tests follow each other in one workspace. */
describe('restart policies', () => {
  const home = useHome();
  let cwd = '';
  const find = (words: string): number[] =>
    [...takeInventory(home())].flatMap((line) => {
      const pid = /^process (\d+) /.exec(line)?.[1];
      return pid !== undefined && line.includes(words) ? [Number(pid)] : [];
    });
  /** Kills the supervisor and waits until another one has taken its place, by itself. */
  const killSupervisor = async (): Promise<void> => {
    const before = find('supervisor/main.mjs');
    expect(before).toHaveLength(1);
    for (const pid of before) killProcess(pid);
    await waitUntil('another supervisor', () => find('supervisor/main.mjs').some((pid) => !before.includes(pid)));
  };
  /** Ends the cache while the supervisor stands still, and returns its folder. */
  const endCacheUnseen = async (): Promise<string> => {
    const [supervisor] = find('supervisor/main.mjs');
    if (supervisor === undefined) throw new Error('no supervisor');
    process.kill(supervisor, 'SIGSTOP');
    const workspaces = join(home().state, 'workspaces');
    const [id = ''] = readdirSync(workspaces);
    const files = join(workspaces, id, 'containers', 'cache');
    for (const pid of find(': redis-server')) killProcess(pid);
    await waitUntil('its end is known', () => existsSync(join(files, 'run', 'exit')));
    return files;
  };
  const list = async (): Promise<Record<string, Container>> => {
    const { stdout } = await home().run(['status', '--output', 'json'], { cwd });
    const { containers } = JSON.parse(stdout) as { containers: Container[] };
    return Object.fromEntries(containers.map((one) => [one.name, one]));
  };
  /** The pauses before restarts, in seconds, as the container's own log tells them. */
  const readPauses = async (service: string): Promise<number[]> => {
    const { stdout } = await home().runWell(['logs', service], { cwd });
    return [...stdout.matchAll(/ended with code \d+; started again in ([\d.]+) s/g)].map(([, pause]) => Number(pause));
  };

  beforeAll(async () => {
    cwd = join(home().projects, 'policies');
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'compose.yaml'), project);
    await home().runWell(['up'], { cwd });
    await home().runWell(['compose', 'stop', 'stopped'], { cwd });
  });

  it('must hold when the supervisor was killed: what ends is started again, and what is published is reached', async () => {
    await killSupervisor();
    for (const pid of find(': redis-server')) killProcess(pid);
    await waitUntil('the cache answers again', async () => (await askPort(port, 'PING\r\n')) === '+PONG\r\n');
    expect((await list())['cache']).toMatchObject({ state: 'running', restarts: 1 });
  });

  it('must hold when the supervisor was killed while it started a container again', async () => {
    const files = await endCacheUnseen();
    // As the start leaves it that is cut off before anything of the container is made.
    rmSync(join(files, 'run', 'exit'));
    const made = join(files, 'made.json');
    writeFileSync(made, JSON.stringify({ ...(JSON.parse(readFileSync(made, 'utf8')) as object), isRestarting: true }));
    await killSupervisor();
    await waitUntil('the cache answers again', async () => (await askPort(port, 'PING\r\n')) === '+PONG\r\n');
    expect((await list())['cache']).toMatchObject({ state: 'running' });
  });

  it('must let pauses grow in a crash loop, and tell of each end once, also over the end of the supervisor', async () => {
    await waitUntil('a few restarts', async () => (await readPauses('crashing')).length >= 3);
    const files = await endCacheUnseen();
    // As it is left when it was counted and nobody told yet.
    const counted = { count: 7, inARow: 3, lastAt: new Date().toISOString(), lastExitCode: 5 };
    writeFileSync(join(files, 'restarts.json'), JSON.stringify(counted));
    await killSupervisor();
    await waitUntil('further ones', async () => (await readPauses('crashing')).length >= 5);
    const pauses = await readPauses('crashing');
    expect(pauses).toEqual(pauses.map((_, index) => Math.min(0.1 * 2 ** index, 30)));
    const { stdout } = await home().run(['status'], { cwd });
    expect(stdout).toMatch(/crashing .*\d+ restarts, the last after code 3/);
    expect((await list())['cache']).toMatchObject({ state: 'running', restarts: 7 });
    const told = readFileSync(join(files, 'output.log'), 'utf8').match(/^.*ended with code 5.*$/gm);
    expect(told).toEqual([`${counted.lastAt} stderr F devstead: cache ended with code 5; started again in 0.4 s`]);
  });

  it('must give up where a policy says how often it is tried', async () => {
    await waitUntil('it gave up', async () => (await list())['tried']?.state === 'exited');
    expect((await list())['tried']).toMatchObject({ restarts: 2, exitCode: 4 });
    expect(await readPauses('tried')).toEqual([0.1, 0.2]);
  });

  it('must leave what was stopped', async () => {
    expect((await list())['stopped']).toMatchObject({ state: 'exited', restarts: 0 });
    await home().runWell(['compose', 'up', '-d', 'stopped'], { cwd });
    expect((await list())['stopped']).toMatchObject({ state: 'running' });
  });
});
