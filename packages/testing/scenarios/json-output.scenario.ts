import { describe, expect, it } from 'vitest';
import type { Finished } from '../src/run-devstead.ts';
import { useHome } from '../src/use-home.ts';

interface Document {
  readonly schemaVersion: string;
}

function parse({ stdout }: Finished): Document {
  return JSON.parse(stdout) as Document;
}

describe('--output json', () => {
  const home = useHome();
  let cwd = '';

  it('must give one document with its schema’s version on stdout for up', async () => {
    cwd = home().copyFixture('cache-and-tools');
    expect(parse(await home().runWell(['up', '--dry-run', '-o', 'json'], { cwd })).schemaVersion).toBe('plan/v1');
    expect(parse(await home().runWell(['up', '-o', 'json'], { cwd })).schemaVersion).toBe('up/v1');
  });

  it.each([
    [['status'], 'status/v1'],
    [['list'], 'list/v1'],
    [['ports'], /^ports/],
    [['top'], /^top/],
    [['timeline'], /^timeline/],
    [['volume', 'list'], /^volume-list/],
    [['why', 'redis.image'], /^why/],
    [['check'], /^check/],
    [['doctor'], /^doctor/],
    [['config'], /^config/],
    [['image', 'list'], /^image/],
  ])('must give one document with its schema’s version for %j', async (args, version) => {
    const result = await home().run([...args, '--output', 'json'], { cwd });
    expect(result.code, result.stderr).toBeLessThan(5);
    expect(parse(result).schemaVersion).toMatch(version);
    expect(parse(result).schemaVersion).toMatch(/\/v1$/);
  });

  it('must give one document a line for logs', async () => {
    const { stdout } = await home().runWell(['logs', 'redis', '--output', 'json'], { cwd });
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Document & { container: string });
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatchObject({ schemaVersion: 'log-line/v1', container: 'redis' });
  });

  it('must tell apart what is published, running and kept, as the machine has it', async () => {
    const status = JSON.parse((await home().runWell(['status', '-o', 'json'], { cwd })).stdout) as {
      state: string;
      containers: { name: string; state: string; isReady: boolean; restarts: number }[];
      addresses: { endpoint: string; url: string }[];
      volumes: { name: string; usedBytes: number }[];
      finishedEvents: string[];
    };
    expect(status.state).toBe('running');
    expect(status.containers.map(({ name, state, isReady, restarts }) => [name, state, isReady, restarts])).toEqual([
      ['tools', 'running', true, 0],
      ['redis', 'running', true, 0],
    ]);
    expect(status.addresses.map(({ endpoint }) => endpoint)).toEqual(['web']);
    expect(status.volumes.map(({ name }) => name)).toEqual(['data']);
    expect(status.finishedEvents).toEqual(['preStart', 'postStart']);
  });

  it('must be refused for a word that is no format', async () => {
    for (const args of [['status'], ['up'], ['list']]) {
      expect((await home().run([...args, '--output', 'xml'], { cwd })).code, args.join(' ')).toBe(2);
    }
  });

  it('must give the machine’s reader the address of a problem as well', async () => {
    const broken = home().copyFixture('ten-mistakes');
    const result = await home().run(['check', '--output', 'json'], { cwd: broken });
    expect(result.code).toBe(1);
    const text = result.stdout;
    expect(text).toContain('"line"');
    expect(parse(result).schemaVersion).toMatch(/^check/);
  });
});
