import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RuntimeSettings } from '../settings.ts';
import { workspacePaths } from '../state/paths.ts';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import { type ContainerContext, openContainerContext } from './container-context.ts';
import { answerAs, startFakeEngine } from './engine/fake-engine.fixture.ts';

interface FakeWorkspace {
  readonly context: ContainerContext;
  /** What the engine was asked, in order: the method and the path with its query. */
  readonly asked: readonly string[];
}

/**
 * A workspace at an engine that says it is `server`, and answers what `paths` has below the name of a container of the
 * workspace: `containers/db/json`.
 */
export async function openFakeWorkspace(
  server: string,
  paths: Readonly<Record<string, unknown>> = {},
): Promise<FakeWorkspace> {
  const stateFolder = makeTemporaryFolder();
  const asked: string[] = [];
  const answers: Record<string, unknown> = { '/info': {} };
  const honest = answerAs({ server, apiVersion: '1.41', paths: answers });
  const socket = await startFakeEngine((request: IncomingMessage, response) => {
    asked.push(`${request.method} ${request.url}`);
    honest(request, response);
  });
  const settings = {
    stateFolder,
    cacheFolder: makeTemporaryFolder(),
    engineVariables: { DOCKER_HOST: `unix://${socket}` },
  } as unknown as RuntimeSettings;
  const place = {
    id: 'shop-00000000',
    name: 'shop',
    paths: workspacePaths(join(stateFolder, 'workspaces/shop-00000000')),
  };
  const context = openContainerContext(place, settings);
  for (const [path, answer] of Object.entries(paths))
    answers[path.replace('containers/', `containers/${context.prefix}-`)] = answer;
  onTestFinished(() => context.close());
  return { context, asked };
}
