import type { Project, Starter } from '@devstead/environment';
import { describe, expect, it } from 'vitest';
import { makeEnvironment, nothing } from './environment.fixture.ts';
import { planDown } from './plan-down.ts';
import { type PlanUpInput, planUp } from './plan-up.ts';
import { renderPlan } from './render-plan.ts';

const secret = 'https://me:hunter2@git.example/shop';
const project: Project = {
  name: 'shop',
  clonePath: 'code/shop',
  git: { remotes: { origin: secret }, checkoutRemote: 'origin', revision: 'v1' },
  subDir: 'web',
};
const starter: Starter = {
  name: 'small',
  zip: { location: 'https://files.example/a.zip?token=hunter2' },
  isChosen: false,
};

function plan(more: Partial<PlanUpInput>): ReturnType<typeof planUp> {
  const input = { specs: [], ports: [], staleImages: [], pulls: {}, runsCommands: true, readyTimeoutMs: 1 };
  return planUp({ environment: makeEnvironment({ projects: [project] }), observed: nothing, ...input, ...more });
}

describe('the sources of an up', () => {
  it('are shown with where they come from, without credentials', () => {
    const text = renderPlan(plan({ withSubmodules: true, starter: { starter, folder: '/home/me/shop' } }));
    expect(text).toContain('https://git.example/shop at v1 folder web -> code/shop with submodules');
    expect(text).toContain('https://files.example/a.zip -> /home/me/shop');
    expect(text).not.toContain('hunter2');
  });

  it('are there before the workspace starts', () => {
    const { steps } = plan({ starter: { starter, folder: '/home/me/shop' } });
    const start = steps.find(({ kind }) => kind === 'sandbox.start');
    expect(start?.after).toEqual(expect.arrayContaining(['project.clone shop', 'starter.fetch small']));
  });

  it('are not fetched for a project that a folder stands for', () => {
    expect(plan({ boundProjects: ['shop'] }).steps.some(({ kind }) => kind === 'project.clone')).toBe(false);
  });
});

describe('copies of volumes', () => {
  const copies = { volumes: ['data', 'cache'], from: '/state/workspaces/shop', name: 'shop' };

  it('are made before the workspace starts, of volumes that it does not have yet', () => {
    const { steps } = plan({ copies, observed: { ...nothing, volumes: ['cache'] } });
    expect(steps.find(({ kind }) => kind === 'volumes.copy')).toMatchObject({ volumes: ['data'], from: copies.from });
    expect(steps.find(({ kind }) => kind === 'sandbox.start')?.after).toContain('volumes.copy');
  });

  it('are not made again', () => {
    const { steps } = plan({ copies, observed: { ...nothing, volumes: ['cache', 'data'] } });
    expect(steps.some(({ kind }) => kind === 'volumes.copy')).toBe(false);
  });
});

describe('a branch’s work tree', () => {
  it('is removed when all has ended, and before the record that tells of it', () => {
    const { steps } = planDown({
      name: 'shop',
      environment: undefined,
      observed: { ...nothing, isSandboxRunning: true, volumes: ['data'] },
      runsCommands: false,
      removesVolumes: true,
      worktree: { worktree: '/shop.worktrees/x', repository: '/shop/.git', isForced: false },
    });
    expect(steps.map(({ id }) => id)).toEqual([
      'sandbox.stop',
      'volume.remove data',
      'worktree.remove',
      'workspace.remove',
    ]);
    expect(steps.at(-1)?.after).toContain('worktree.remove');
  });
});
