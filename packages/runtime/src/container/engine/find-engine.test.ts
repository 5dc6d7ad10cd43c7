import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder } from '../../state/temporary-folder.fixture.ts';
import { answerAs, type FakeAnswer, startFakeEngine } from './fake-engine.fixture.ts';
import { type EngineSurroundings, findEngine, listCandidates, meetEngine, requireEngine } from './find-engine.ts';

const docker = { server: 'Docker/20.10.24+dfsg1 (linux)', apiVersion: '1.41' };
const podman = { server: 'Libpod/4.3.1 (linux)', apiVersion: '1.41' };

const place = { source: 'test', url: 'unix:///test' };

function machine(parts: Partial<EngineSurroundings> = {}): EngineSurroundings {
  return { platform: 'linux', variables: {}, home: '/nowhere', uid: 1000, ...parts };
}

describe('the places of an engine', () => {
  it('are one alone where it is named', () => {
    expect(listCandidates(machine({ variables: { DOCKER_HOST: 'unix:///a.sock' } }))).toMatchObject([
      { source: 'DOCKER_HOST', url: 'unix:///a.sock' },
    ]);
  });

  it.each<[NodeJS.Platform, string]>([
    ['linux', 'unix:///run/user/1000/podman/podman.sock'],
    ['darwin', 'unix:///nowhere/.docker/run/docker.sock'],
    ['win32', 'npipe:////./pipe/docker_engine'],
  ])('on %s have %s', (platform, url) => {
    expect(listCandidates(machine({ platform })).map((one) => one.url)).toContain(url);
  });

  it('begin with the docker context that is in use', () => {
    const home = makeTemporaryFolder();
    const meta = join(home, '.docker/contexts/meta', createHash('sha256').update('far').digest('hex'));
    mkdirSync(meta, { recursive: true });
    writeFileSync(join(home, '.docker/config.json'), '{"currentContext":"far"}');
    writeFileSync(join(meta, 'meta.json'), '{"Endpoints":{"docker":{"Host":"tcp://10.0.0.7:2375"}}}');
    expect(listCandidates(machine({ home }))[0]).toEqual({ source: 'docker context far', url: 'tcp://10.0.0.7:2375' });
  });
});

describe('the search for an engine', () => {
  it.each([
    ['docker', docker, '20.10.24+dfsg1'],
    ['podman', podman, '4.3.1'],
  ])('tells %s, and settles the version of the API', async (kind, engine, version) => {
    const socket = await startFakeEngine(answerAs(engine));
    const search = await findEngine(machine({ variables: { DOCKER_HOST: `unix://${socket}` } }));
    expect(search.engine).toMatchObject({ kind, version, apiVersion: '1.41', place: { source: 'DOCKER_HOST' } });
  });

  it('reports every attempt when none answers', async () => {
    const search = await findEngine(machine({ variables: { XDG_RUNTIME_DIR: '/nowhere' }, platform: 'darwin' }));
    expect(search.attempts.length).toBeGreaterThan(3);
    expect(() => requireEngine({ attempts: search.attempts })).toThrowError(
      expect.objectContaining({
        code: 'ENGINE_NOT_FOUND',
        details: expect.arrayContaining([expect.stringContaining('Podman machine')]),
      }),
    );
  });

  it.each([
    ['tells no version', { server: 'Docker/1 (linux)' }],
    ['tells a version that is none', { ...docker, apiVersion: '1.4.1; rm' }],
    ['is too old', { ...docker, apiVersion: '1.24' }],
    ['wants newer clients', { ...docker, apiVersion: '2.9', takes: (asked: string) => asked === '2.9' }],
    ['does not keep to the version it told', { ...docker, takes: () => false }],
  ])('refuses one that %s', async (_what, engine) => {
    const socketPath = await startFakeEngine(answerAs(engine));
    await expect(meetEngine({ socketPath }, place)).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  });

  it('takes the newest version known here of an engine that is newer', async () => {
    const socketPath = await startFakeEngine(answerAs({ ...docker, apiVersion: '1.999' }));
    const { apiVersion } = await meetEngine({ socketPath }, place);
    expect(Number(apiVersion.split('.')[1])).toBeLessThan(100);
  });

  it.each<[string, FakeAnswer]>([
    ['says nothing', () => undefined],
    [
      'says what it is and no more',
      (request, response) => {
        if (request.url === '/_ping') answerAs(docker)(request, response);
      },
    ],
    [
      'speaks byte by byte',
      (_request, response) => {
        const timer = setInterval(() => response.write(' '), 5);
        response.setHeader('Api-Version', '1.41').once('close', () => clearInterval(timer));
      },
    ],
  ])('gives up on one that %s, with its place and the time it had', async (_what, answer) => {
    const socketPath = await startFakeEngine(answer);
    await expect(meetEngine({ socketPath }, place, 100)).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: expect.stringMatching(/engine\.sock did not answer .* in 0\.1 s/),
    });
  });

  it('asks the next place when one does not answer, and tells of both', async () => {
    const folder = makeTemporaryFolder();
    const socket = await startFakeEngine(answerAs(podman));
    mkdirSync(join(folder, 'podman'));
    symlinkSync(socket, join(folder, 'podman/podman.sock'));
    writeFileSync(join(folder, 'docker.sock'), '');
    const search = await findEngine(machine({ variables: { XDG_RUNTIME_DIR: folder } }));
    search.engine?.client.close();
    // On this machine Docker itself may listen.
    expect(['Docker', 'rootless Podman']).toContain(search.engine?.place.source);
    expect(search.attempts[0]).toMatchObject({
      source: 'rootless Docker',
      reason: expect.stringContaining('cannot be asked'),
    });
  });

  it('refuses what is no engine', async () => {
    const socketPath = await startFakeEngine((_request, response) => void response.end('<html>hello</html>'));
    await expect(meetEngine({ socketPath }, place)).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  });
});
