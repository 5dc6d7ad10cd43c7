import { describe, expect, it } from 'vitest';
import { firstScenarioPort, type ScenarioHome } from '../src/scenario-home.ts';
import { canConnect, holdPort } from '../src/tcp-port.ts';
import { useHome } from '../src/use-home.ts';

async function readPort(home: ScenarioHome, cwd: string): Promise<number> {
  const { stdout } = await home.runWell(['ports', '--output', 'json'], { cwd });
  return Number(/127\.0\.0\.1:(\d+)/.exec(stdout)?.[1]);
}

describe('ports of the machine', () => {
  const home = useHome();

  it('must pass over one that is taken, and keep the one that was given', async () => {
    // Held by this process, or already by another one: taken either way.
    const server = await holdPort('127.0.0.1', firstScenarioPort).catch(() => undefined);
    const cwd = home().copyFixture('redis', 'kept');
    await home().runWell(['up'], { cwd });
    const given = await readPort(home(), cwd);
    expect(given).toBeGreaterThan(firstScenarioPort);
    server?.close();
    await home().runWell(['stop'], { cwd });
    await home().runWell(['up'], { cwd });
    expect(await readPort(home(), cwd)).toBe(given);
    await home().runWell(['stop'], { cwd });
    const other = await holdPort('127.0.0.1', given);
    const { stderr } = await home().runWell(['up'], { cwd });
    expect(await readPort(home(), cwd)).not.toBe(given);
    // Who holds the port that it had, so that a bookmark that no longer works is understood.
    expect(stderr).toMatch(new RegExp(`${given}.*${process.pid}`));
    other.close();
  });

  it('must name the owner of a port that is asked for, and offer another', async () => {
    const cwd = home().copyFixture('cache-and-tools', 'asked');
    await home().runWell(['up'], { cwd });
    const server = await holdPort('127.0.0.1', firstScenarioPort + 500);
    const { code, stderr } = await home().run(['ports', '--forward', `redis=${firstScenarioPort + 500}`], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/PORT_IN_USE/);
    expect(stderr).toContain(String(process.pid));
    const offered = Number(/redis=(\d+)/.exec(stderr)?.[1]);
    expect(offered).not.toBe(firstScenarioPort + 500);
    server.close();
    const running = home().start(['ports', '--forward', `redis=${offered}`], { cwd });
    await running.waitFor(String(offered));
    await expect.poll(() => canConnect(offered)).toBe(true);
    running.child.kill('SIGINT');
    await running.finished;
    await expect.poll(() => canConnect(offered)).toBe(false);
  });

  it('must be given to internal endpoints only when that is asked for, and never beyond the loopback address', async () => {
    const cwd = home().copyFixture('cache-and-tools', 'internal');
    const first = await home().runWell(['up', '--output', 'json'], { cwd });
    expect(first.stdout).not.toContain('"redis"');
    const second = await home().runWell(['up', '--internal', '--output', 'json'], { cwd });
    const urls = (JSON.parse(second.stdout) as { addresses: { url: string }[] }).addresses.map(({ url }) => url);
    expect(urls).toHaveLength(2);
    expect(urls.every((url) => /\/\/127\.0\.0\.1:\d+$/.test(url))).toBe(true);
  });
});
