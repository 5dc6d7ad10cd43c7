import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../../state/temporary-folder.fixture.ts';
import { listLacks, readCapabilities, sharesFiles } from './capabilities.ts';
import { answerAs, startFakeEngine } from './fake-engine.fixture.ts';
import { meetEngine } from './find-engine.ts';

const place = { source: 'test', url: 'unix:///test' };

const docker = { server: 'Docker/20.10.24 (linux)', apiVersion: '1.41' };
const podman = { server: 'Libpod/4.3.1 (linux)', apiVersion: '1.41' };

describe('what an engine can do', () => {
  it.each([
    [docker, { MemoryLimit: true, CpuCfsQuota: true, SecurityOptions: ['name=seccomp'] }, ['own-root']],
    [podman, { MemoryLimit: true, CPUCfsQuota: true, SecurityOptions: ['name=seccomp'], Rootless: true }, []],
    [podman, { SecurityOptions: ['name=rootless'] }, ['memory-limits', 'processor-limits', 'call-filter']],
    [docker, {}, ['own-root', 'memory-limits', 'processor-limits', 'call-filter']],
  ])('is told by it: %o %o', async (kind, info, lacks) => {
    const socketPath = await startFakeEngine(answerAs({ ...kind, paths: { '/info': info } }));
    const engine = await meetEngine({ socketPath }, place);
    const found = listLacks(await readCapabilities(engine, makeTemporaryFolder()));
    engine.client.close();
    expect(found).toEqual(expect.arrayContaining(lacks));
    const others = found.filter((lack) => !['kept-addresses', 'volume-folders'].includes(lack));
    expect(new Set(others)).toEqual(new Set(lacks));
  });

  it('is asked once for as long as the engine is the same', async () => {
    let asked = 0;
    const honest = answerAs({ ...docker, paths: { '/info': {} } });
    const socketPath = await startFakeEngine((request, response) => {
      if (request.url?.endsWith('/info') === true) asked += 1;
      honest(request, response);
    });
    const cache = makeTemporaryFolder();
    for (const _ of [1, 2, 3]) {
      const engine = await meetEngine({ socketPath }, place);
      await readCapabilities(engine, cache);
      engine.client.close();
    }
    expect(asked).toBe(1);
  });

  it.each([
    [{ socketPath: '/run/docker.sock' }, true],
    [{ host: 'localhost', port: 2375 }, true],
    [{ host: '127.0.0.1', port: 2375 }, true],
    [{ host: '10.0.0.7', port: 2375 }, false],
    [{ host: '127.example', port: 2375 }, false],
    [{ dial: { argv: ['ssh'], env: {}, url: 'ssh://far' } }, false],
  ])('with files of this machine: %o %s', (address, expected) => {
    expect(sharesFiles({ address })).toBe(expected);
  });
});
