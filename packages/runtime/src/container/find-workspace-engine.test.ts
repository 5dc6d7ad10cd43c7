import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RuntimeSettings } from '../settings.ts';
import { describePlace } from '../state/engine-place.ts';
import { workspacePaths } from '../state/paths.ts';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import { type ContainerContext, openContainerContext } from './container-context.ts';
import { answerAs, startFakeEngine } from './engine/fake-engine.fixture.ts';
import { describeEngine } from './find-workspace-engine.ts';

const docker = { server: 'Docker/26.1.0 (linux)', apiVersion: '1.45' };
const nothing = { '/containers/json': [], '/volumes': { Volumes: null } };

/** A workspace whose record says that it was made at one socket, where the user's variables name another. */
function open(madeAt: string | undefined, named: string): ContainerContext {
  const stateFolder = makeTemporaryFolder();
  const paths = workspacePaths(join(stateFolder, 'workspaces/shop-00000000'));
  mkdirSync(paths.root, { recursive: true });
  const engine = madeAt === undefined ? undefined : { source: 'DOCKER_HOST', url: `unix://${madeAt}` };
  writeFileSync(paths.record, JSON.stringify({ engine }));
  const settings = { stateFolder, engineVariables: { DOCKER_HOST: `unix://${named}` } } as unknown as RuntimeSettings;
  const context = openContainerContext({ id: 'shop-00000000', name: 'shop', paths }, settings);
  onTestFinished(() => context.close());
  return context;
}

describe('the engine of a workspace', () => {
  it('is the one that it was made on, and not the one that is named by now', async () => {
    const made = await startFakeEngine(answerAs(docker));
    const named = await startFakeEngine(answerAs(docker));
    const context = open(made, named);
    const { place, note } = describeEngine(context, await context.engine());
    expect(describePlace(place)).toBe(made);
    expect(note).toContain(made);
    expect(note).toContain(named);
  });

  it('is told without a note where it is named still', async () => {
    const made = await startFakeEngine(answerAs(docker));
    const context = open(made, made);
    expect(describeEngine(context, await context.engine()).note).toBeUndefined();
  });

  it('is the one that is named for a workspace that was made on none', async () => {
    const named = await startFakeEngine(answerAs(docker));
    expect((await open(undefined, named).engine()).place.url).toBe(`unix://${named}`);
  });

  it('is refused with both places where it does not answer and the other has nothing of the workspace', async () => {
    const named = await startFakeEngine(answerAs({ ...docker, paths: nothing }));
    await expect(open('/nowhere.sock', named).engine()).rejects.toMatchObject({
      code: 'ENGINE_NOT_FOUND',
      message: expect.stringContaining('/nowhere.sock'),
      details: [expect.stringContaining('/nowhere.sock'), expect.stringContaining(named)],
    });
  });

  it('is known again at another place by what it has', async () => {
    const paths = { ...nothing, '/volumes': { Volumes: [{ Labels: {} }] } };
    const named = await startFakeEngine(answerAs({ ...docker, paths }));
    expect((await open('/nowhere.sock', named).engine()).place.url).toBe(`unix://${named}`);
  });
});

describe('the place of an engine', () => {
  it.each([
    ['unix:///run/docker.sock', '/run/docker.sock'],
    ['ssh://me@far.test:2222', 'ssh://me@far.test:2222'],
    ['tcp://me:secret@far.test:2376', 'tcp://me@far.test:2376'],
  ])('is shown of %s without a password', (url, shown) => {
    expect(describePlace({ source: 'test', url })).toBe(shown);
  });
});
