import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { updateContainersState } from '../container/workspace-state.ts';
import { identify } from '../process/process-table.ts';
import { workspacePaths } from '../state/paths.ts';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import { hasRunningWorkspaces } from './index-service.ts';

describe('a workspace at an engine', () => {
  it('runs as long as its connections to the index are carried', () => {
    const state = makeTemporaryFolder();
    const paths = workspacePaths(join(state, 'workspaces', 'shop-00000000'));
    mkdirSync(paths.root, { recursive: true });
    expect(hasRunningWorkspaces(state)).toBe(false);
    const self = identify(process.pid);
    if (self === undefined) throw new Error('this process has no number');
    updateContainersState(paths, { indexRelay: self });
    expect(hasRunningWorkspaces(state)).toBe(true);
    expect(hasRunningWorkspaces(state, (root) => root !== paths.root)).toBe(false);
    updateContainersState(paths, { indexRelay: { ...self, start: self.start + 1 } });
    expect(hasRunningWorkspaces(state)).toBe(false);
  });
});
