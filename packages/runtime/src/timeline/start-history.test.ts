import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PlanEvent } from '../execute/execute-plan.ts';
import type { Plan, Step } from '../plan/types.ts';
import { openWorkspace, type Workspace } from '../workspace/workspace-record.ts';
import { keptStarts, readStarts, recordStart } from './start-history.ts';

function makeWorkspace(): Workspace {
  const state = mkdtempSync(join(tmpdir(), 'devstead-timeline-'));
  onTestFinished(() => rmSync(state, { recursive: true }));
  return openWorkspace(state, { name: 'shop', folder: '/shop', devfile: '/shop/devfile.yaml' }, 0);
}

const ready = {
  kind: 'container.start',
  id: 'container.start db',
  cause: '',
  after: ['sandbox.start'],
} as unknown as Step;
const plan: Plan = { title: 'up shop', steps: [ready], notes: [] };

function play(workspace: Workspace, at: number, isDone = true): void {
  const record = recordStart(workspace, plan);
  const error = isDone ? {} : { error: { code: 'CONTAINER_FAILED', message: 'no' } };
  const events: PlanEvent[] = [
    { type: 'plan.started', at, title: plan.title, stepIds: [ready.id] },
    { type: 'step.started', at: at + 5, stepId: ready.id, kind: 'container.start' },
    { type: 'step.output', at: at + 6, stepId: ready.id, text: 'x'.repeat(10_000) },
    { type: 'step.ended', at: at + 25, stepId: ready.id, kind: 'container.start', durationMs: 20, ...error },
    { type: 'plan.ended', at: at + 30, durationMs: 30, isDone },
  ];
  for (const event of events) record?.(event);
}

describe('the history of starts', () => {
  it('keeps each start with its steps', () => {
    const workspace = makeWorkspace();
    expect(readStarts(workspace)).toEqual([]);
    play(workspace, 1000);
    play(workspace, 2000, false);
    const step = { id: ready.id, kind: 'container.start', after: ['sandbox.start'], beganMs: 5, durationMs: 20 };
    expect(readStarts(workspace)).toEqual([
      { at: 1000, durationMs: 30, isDone: true, steps: [step] },
      { at: 2000, durationMs: 30, isDone: false, steps: [{ ...step, failure: 'CONTAINER_FAILED' }] },
    ]);
  });

  it('is bounded, and keeps the newest', () => {
    const workspace = makeWorkspace();
    for (let count = 0; count < keptStarts + 5; count += 1) play(workspace, count);
    const starts = readStarts(workspace);
    expect(starts).toHaveLength(keptStarts);
    expect(starts[0]?.at).toBe(5);
    expect(statSync(join(workspace.paths.root, 'timeline.json')).size).toBeLessThan(20_000);
  });

  it('begins anew when it is damaged', () => {
    const workspace = makeWorkspace();
    writeFileSync(join(workspace.paths.root, 'timeline.json'), '{"starts":');
    expect(readStarts(workspace)).toEqual([]);
    play(workspace, 1);
    expect(readStarts(workspace)).toHaveLength(1);
  });

  it('never stops a start, and knows nothing of plans that start nothing', () => {
    const workspace = makeWorkspace();
    rmSync(workspace.paths.root, { recursive: true });
    expect(() => play(workspace, 1)).not.toThrow();
    expect(recordStart(workspace, { ...plan, steps: [] })).toBeUndefined();
  });
});
