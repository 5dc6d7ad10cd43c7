import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DebugAdapterClient } from '../src/debug-adapter-client.ts';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import { useHome } from '../src/use-home.ts';

const minuteMs = 60_000;

interface StackTrace {
  readonly stackFrames: readonly {
    readonly id: number;
    readonly line: number;
    readonly source?: { readonly path?: string };
  }[];
}

/** The tests follow each other in one workspace: installing the application's packages takes most of the time. */
describe('run debug', () => {
  const home = useHome();
  let cwd = '';
  let address = '';

  it('must wait for a debugger, say where to attach, and stop at a line as an editor asks', async () => {
    cwd = home().copyExample('python-flask-webapp');
    const up = await home().run(['up', '--output', 'json'], { cwd, timeoutMs: 4 * minuteMs });
    expect(up.code, up.stderr).toBe(0);
    address = (JSON.parse(up.stdout) as { addresses: { url: string }[] }).addresses[0]?.url ?? '';
    const before = takeInventory(home());

    const running = home().start(['run', 'debug'], { cwd });
    await running.waitFor(/attach a debugger to 127\.0\.0\.1:\d+/);
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(running.output)?.[1]);
    // The application does not serve before somebody has attached.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await expect(fetch(`${address}/health`, { signal: AbortSignal.timeout(1000) })).rejects.toThrow(/./);

    const client = await attach(port);
    const file = join(cwd, 'app/routes.py');
    const lines = readFileSync(file, 'utf8').split('\n');
    const line =
      lines.findIndex(
        (text, index) => index > lines.findIndex((each) => each.includes('"/health"')) && /^ +return/.test(text),
      ) + 1;
    expect(line).toBeGreaterThan(1);
    await client.request('initialize', { adapterID: 'debugpy', pathFormat: 'path', linesStartAt1: true });
    const pathMappings = [{ localRoot: cwd, remoteRoot: '/projects' }];
    const attached = client.request('attach', { justMyCode: true, pathMappings });
    await client.event('initialized');
    const set = await client.request('setBreakpoints', { source: { path: file }, breakpoints: [{ line }] });
    expect(set).toMatchObject({ breakpoints: [{ verified: true, line }] });
    await client.request('configurationDone');
    await attached;

    const health = serve(`${address}/health`);
    const stopped = (await client.event('stopped')) as { readonly reason: string; readonly threadId: number };
    expect(stopped.reason).toBe('breakpoint');
    const { stackFrames } = (await client.request('stackTrace', { threadId: stopped.threadId })) as StackTrace;
    expect(stackFrames[0]).toMatchObject({ line, source: { path: file } });
    const frameId = stackFrames[0]?.id;
    expect(await client.request('evaluate', { expression: '6 * 7', frameId })).toMatchObject({ result: '42' });

    await client.request('continue', { threadId: stopped.threadId });
    expect(await health).toContain('"ok":true');
    await client.request('disconnect', { terminateDebuggee: false });
    client.close();

    running.child.kill('SIGINT');
    await running.finished;
    expect(
      await findRemains(home(), before, (found) => /__pycache__|\.pyc$|\.db$|^file .*\/volumes\//.test(found)),
    ).toEqual([]);
  });
});

/** debugpy listens a moment after the port is relayed; until then connections end at once. */
async function attach(port: number): Promise<DebugAdapterClient> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const client = await DebugAdapterClient.attach(port);
    // It speaks first when a client connects.
    const isThere = await client.event('output').then(
      () => true,
      () => false,
    );
    if (isThere) return client;
    client.close();
    if (Date.now() > deadline) throw new Error('debugpy never listened');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Asks until the application serves, and returns what it answers. */
async function serve(url: string): Promise<string> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      return await (await fetch(url, { signal: AbortSignal.timeout(60_000) })).text();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
