import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FakeIo } from '@devstead/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadEnvironment } from '../load-environment.ts';
import { readSettings } from '../settings.ts';
import { TestRepository } from '../test-workspace.fixture.ts';
import { openUpWorkspace } from '../up/open-up-workspace.ts';
import { openProject } from './open-project.ts';

describe('the workspace of a compose project in a linked work tree', () => {
  let repository: TestRepository;
  let folder = '';
  let io: FakeIo;
  beforeEach(() => {
    repository = new TestRepository();
    folder = join(repository.root, 'tree');
    const git = join(repository.root, 'main/.git/worktrees/tree');
    for (const path of [folder, git]) mkdirSync(path, { recursive: true });
    writeFileSync(join(git, 'HEAD'), 'ref: refs/heads/feature/login\n');
    writeFileSync(join(folder, '.git'), `gitdir: ${git}\n`);
    writeFileSync(join(folder, 'compose.yaml'), 'name: shop\nservices: {web: {image: nginx}}\n');
    io = new FakeIo({ cwd: folder, env: repository.env });
  });
  afterEach(() => repository.remove());

  it('is the one that `devstead up` makes there', async () => {
    const loaded = await loadEnvironment(io, { path: '.' });
    const made = openUpWorkspace(io, readSettings(io, folder), loaded, {}).workspace;
    const { workspace } = await openProject(io, {});
    expect([workspace.id, workspace.name]).toEqual([made.id, 'shop-feature-login']);
  });

  it('has the name that is given, and no branch', async () => {
    const { workspace } = await openProject(io, { projectName: 'other' });
    expect(workspace.name).toBe('other');
  });
});
