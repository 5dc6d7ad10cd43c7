import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRemains, type Inventory, takeInventory } from '../src/machine-inventory.ts';
import { FakeUpstream } from '../src/python/fake-upstream.ts';
import { makeWheel } from '../src/python/make-distribution.ts';
import type { Finished } from '../src/run-devstead.ts';
import { useHome } from '../src/use-home.ts';

const devfile = `schemaVersion: 2.2.2
metadata: {name: shop}
components:
  - name: dev
    container:
      image: docker.io/library/python:3.11
  - name: apart
    container:
      image: docker.io/library/python:3.11
      dedicatedPod: true
commands:
  - id: install-dependencies
    exec:
      component: dev
      commandLine: python3 -m venv --clear --without-pip /tmp/venv && pip --python /tmp/venv install --no-cache-dir shop-tools
events:
  preStart: [install-dependencies]
`;

const rootPassword = 'root-password';
const indexUrl = 'http://index.devstead.internal:3141';

/** The tests follow each other: one index serves them all. */
describe('the package index of workspaces', () => {
  const home = useHome();
  let upstream: FakeUpstream;
  let before: Inventory;
  let cwd = '';
  let env: Record<string, string> = {};

  const run = (args: readonly string[], folder = cwd): Promise<Finished> => home().runWell(args, { cwd: folder, env });
  const sh = async (container: string, line: string): Promise<string> =>
    (await run(['exec', container, 'sh', '-c', line])).stdout;
  const ask = (container: string, path: string): Promise<string> =>
    sh(
      container,
      `python3 -c 'import sys, urllib.request; print(urllib.request.urlopen("${indexUrl}${path}").read().decode())'`,
    );
  const readService = (): { pid: number } | undefined => {
    const path = join(home().state, 'index/service.json');
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { pid: number }) : undefined;
  };
  const isData = (line: string): boolean => line.startsWith('file state/index/');

  beforeAll(async () => {
    upstream = await FakeUpstream.start();
    upstream.add(makeWheel({ name: 'shop-tools', version: '1.0', requires: ['shop-base'] }));
    upstream.add(makeWheel({ name: 'shop-base', version: '2.0' }));
    before = takeInventory(home());
    cwd = home().makeProject('shop', devfile);
    env = { PIP_INDEX_URL: upstream.simple, DEVSTEAD_INDEX_ROOT_PASSWORD: rootPassword };
  });
  afterAll(() => upstream.stop());

  it('must not be started by a workspace that asks it for nothing', async () => {
    await run(['up', '--no-commands']);
    expect(readService()).toBeUndefined();
    expect((await sh('dev', 'printenv PIP_INDEX_URL')).trim()).toBe(`${indexUrl}/root/stable/+simple/`);
  });

  it('must be where install-dependencies gets its packages, before the environment is ready', async () => {
    await run(['stop']);
    await run(['up']);
    expect(
      await sh('dev', '/tmp/venv/bin/python -c "import shop_tools, shop_base; print(shop_tools.__version__)"'),
    ).toBe('1.0\n');
    expect(upstream.count('/packages/')).toBeGreaterThan(0);
    expect(readService()).toBeDefined();
  });

  it('must be reached by a container with a network of its own, and be all of the machine’s loopback', async () => {
    expect(await ask('apart', '/+api')).toContain('apiconfig');
    const line = `python3 -c 'import socket; socket.create_connection(("10.0.2.2", ${new URL(upstream.address).port}), 3)'`;
    expect((await home().run(['exec', 'dev', 'sh', '-c', line], { cwd, env })).code).not.toBe(0);
  });

  it('must be started again by the next request when it was killed', async () => {
    const first = readService();
    process.kill(first?.pid ?? 0, 'SIGKILL');
    expect(await ask('dev', '/root/stable/+simple/shop-tools/')).toContain('shop_tools-1.0-py3-none-any.whl');
    expect(readService()?.pid).not.toBe(first?.pid);
  });

  it('must be relayed again by the next up when the relay was killed', async () => {
    const [id = ''] = (await run(['list', '--output', 'json'])).stdout.match(/shop-[0-9a-f]{8}/) ?? [];
    const file = join(home().state, 'workspaces', id, 'sandbox.json');
    const state = JSON.parse(readFileSync(file, 'utf8')) as { indexRelays: [{ process: { pid: number } }] };
    process.kill(state.indexRelays[0].process.pid, 'SIGKILL');
    await run(['up']);
    expect(await ask('dev', '/+api')).toContain('apiconfig');
  });

  it('must give what it has with the network cut', async () => {
    await run(['stop']);
    expect(readService()).toBeUndefined();
    await upstream.goDown();
    await run(['up']);
    expect(await sh('dev', '/tmp/venv/bin/python -c "import shop_tools; print(shop_tools.__version__)"')).toBe('1.0\n');
  });

  it('must keep running for the other workspace, and end with the last', async () => {
    const other = home().makeProject(
      'other',
      'schemaVersion: 2.2.2\nmetadata: {name: other}\ncomponents:\n  - name: dev\n    container: {image: "docker.io/library/python:3.11"}\n',
    );
    await run(['up'], other);
    const service = readService();
    expect(service).toBeDefined();
    await run(['down', '--volumes']);
    expect(readService()).toEqual(service);
    await run(['down', '--volumes'], other);
    expect(readService()).toBeUndefined();
    expect(await findRemains(home(), before, isData)).toEqual([]);
  });

  it('must make room for one that somebody serves, which workspaces use', async () => {
    await run(['up', '--no-commands']);
    await ask('dev', '/+api');
    const serving = home().start(['index', 'serve', '--port', '0'], { cwd, env });
    await serving.waitFor('Serving on');
    expect(readService()?.pid).toBe(serving.pid);
    expect(await ask('dev', '/+api')).toContain('apiconfig');
    await run(['down', '--volumes']);
    expect(readService()?.pid).toBe(serving.pid);
    serving.child.kill('SIGTERM');
    expect((await serving.finished).code).toBe(0);
    expect(await findRemains(home(), before, isData)).toEqual([]);
  });

  it('must leave a workspace to pip’s own settings where it is switched off', async () => {
    env = { ...env, DEVSTEAD_INDEX_WORKSPACES: 'false' };
    await run(['up', '--no-commands']);
    expect((await sh('dev', 'printenv PIP_INDEX_URL')).trim()).toBe(upstream.simple);
    expect((await home().run(['exec', 'dev', 'printenv', 'DEVPI_URL'], { cwd, env })).code).toBe(1);
  });
});
