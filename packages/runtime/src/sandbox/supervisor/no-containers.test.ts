import { expect, it } from 'vitest';
import { workspacePaths } from '../../state/paths.ts';
import { makeTemporaryFolder } from '../../state/temporary-folder.fixture.ts';
import type { Holder } from '../holder.ts';
import type { SandboxContext } from '../sandbox-context.ts';
import { restartContainers } from './restart-containers.ts';
import { watchHealth } from './watch-health.ts';

it('watches a workspace of which no container was made', async () => {
  const context = { paths: workspacePaths(makeTemporaryFolder()) } as SandboxContext;
  const said: string[] = [];
  for (const watch of [restartContainers, watchHealth]) {
    const watched = watch(context, {} as Holder, (line) => said.push(line));
    watched.refresh();
    await watched.stop();
  }
  expect(said).toEqual([]);
});
