import { createServer } from 'node:net';
import { readRecordedEnvironment } from '@devstead/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import { chooseForwards, parseForwards } from '../ports/choose-forwards.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

/** Below the ports that the kernel gives out by itself, those of scenarios and of users; another run has others. */
const firstPort = 10_120 + (process.pid % 50) * 200;

describe('devstead ports', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  it('lists every endpoint', async () => {
    await repository.recordWorkspace();
    const { code, stdout } = await repository.call(['ports', '-o', 'json']);
    expect(code).toBe(0);
    expect(expectSchema('ports', stdout)['endpoints']).toEqual([
      { name: 'web', container: 'dev', port: 5000, exposure: 'public', protocol: 'http', isListening: false },
      { name: 'metrics', container: 'dev', port: 9100, exposure: 'internal', protocol: 'http', isListening: false },
      { name: 'secret', container: 'dev', port: 9200, exposure: 'none', protocol: 'http', isListening: false },
    ]);
  });

  it('forwards nothing of a workspace that is not running', async () => {
    await repository.recordWorkspace();
    expect(await repository.call(['ports', '--forward', 'metrics'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('WORKSPACE_NOT_RUNNING'),
    });
    expect((await repository.call(['ports', '--forward', 'metrics=0'])).code).toBe(2);
  });

  it.each(['', 'a=', 'a=x', 'a=70000', '=80', 'a,,b'])('refuses --forward %j', (text) => {
    expect(() => parseForwards(text)).toThrowError(expect.objectContaining({ code: 'USAGE' }));
  });

  it('gives forwarded endpoints ports that are free', async () => {
    const environment = readRecordedEnvironment(await repository.recordWorkspace());
    const chosen = await chooseForwards(environment, parseForwards('metrics,web'), {
      firstPort,
      taken: new Set([firstPort]),
    });
    expect(chosen.map(({ endpoint, port }) => [endpoint, port])).toEqual([
      ['metrics', 9100],
      ['web', 5000],
    ]);
    expect(new Set(chosen.map(({ hostPort }) => hostPort)).size).toBe(2);
    for (const { hostPort } of chosen) expect(hostPort).toBeGreaterThan(firstPort);
  });

  it('forwards by number: an endpoint that has it, else the port itself', async () => {
    const environment = readRecordedEnvironment(await repository.recordWorkspace());
    const options = { firstPort: firstPort + 20, taken: new Set<number>() };
    const chosen = await chooseForwards(environment, parseForwards(`9100,8888=${firstPort + 40}`), options);
    expect(chosen).toMatchObject([
      { endpoint: 'metrics', container: 'dev', port: 9100, protocol: 'http' },
      { endpoint: 'port-8888', container: 'dev', port: 8888, hostPort: firstPort + 40, protocol: 'tcp' },
    ]);
    for (const wrong of ['9200', '0', '65536']) {
      await expect(chooseForwards(environment, parseForwards(wrong), options), wrong).rejects.toMatchObject({
        code: wrong === '9200' ? 'USAGE' : 'UNKNOWN_ENDPOINT',
      });
    }
  });

  it('names who holds a port, and offers another', async () => {
    const environment = readRecordedEnvironment(await repository.recordWorkspace());
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    try {
      const wish = { firstPort: 20_001, taken: new Set<number>() };
      await expect(chooseForwards(environment, [{ endpoint: 'web', hostPort: port }], wish)).rejects.toMatchObject({
        code: 'PORT_IN_USE',
        message: expect.stringContaining(String(process.pid)),
        hint: expect.stringMatching(/--forward web=\d+/),
      });
    } finally {
      server.close();
    }
  });

  it.each([
    ['secret', 'USAGE'],
    ['nothing', 'UNKNOWN_ENDPOINT'],
  ])('does not forward %s: %s', async (endpoint, code) => {
    const environment = readRecordedEnvironment(await repository.recordWorkspace());
    await expect(
      chooseForwards(environment, [{ endpoint }], { firstPort: 20_001, taken: new Set() }),
    ).rejects.toMatchObject({ code });
  });
});
