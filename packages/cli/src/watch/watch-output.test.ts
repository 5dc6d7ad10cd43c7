import { FakeIo } from '@devstead/testing';
import { describe, expect, it } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import type { WatchEvent } from './watch-event.ts';
import { makeWatchOutput } from './watch-output.ts';

const events: readonly WatchEvent[] = [
  { event: 'watching', folders: ['/p'], folderCount: 3, durationMs: 4 },
  { event: 'changed', count: 5000, isPartial: true, paths: ['a', 'b'], branch: { from: 'main', to: 'other' } },
  { event: 'unaffected', command: 'run', reason: 'hot-reload' },
  { event: 'build.started', command: 'build', sinceChangeMs: 22 },
  { event: 'build.skipped', command: 'build', reason: 'patterns' },
  { event: 'build.ended', command: 'build', exitCode: 1, durationMs: 40 },
  { event: 'restart.started', command: 'run', sinceChangeMs: 23 },
  { event: 'run.started', command: 'run', wasForced: true },
  { event: 'run.ended', command: 'run', exitCode: 3 },
  { event: 'devfile.changed', file: 'devfile.yaml', differences: ['command run'], isApplied: false },
  { event: 'devfile.invalid', file: 'devfile.yaml', message: 'no' },
  { event: 'environment.changed' },
  { event: 'sync.started', service: 'api', count: 2, isInitial: false, paths: ['a', 'b'] },
  { event: 'sync.ended', service: 'api', count: 2, isInitial: false, durationMs: 30, sinceChangeMs: 60 },
  { event: 'exec.ended', service: 'api', command: ['kill', '1'], exitCode: 0, durationMs: 20 },
  { event: 'services.restarted', services: ['api'], sinceChangeMs: 200 },
  { event: 'rebuild.started', services: ['api'] },
  { event: 'rebuild.ended', services: ['api'], durationMs: 2000 },
  { event: 'rebuild.failed', services: ['api'], message: 'no' },
  { event: 'note', text: 'text' },
  { event: 'ended', reason: 'workspace-stopped' },
];

describe('what watch says', () => {
  it.each(events.map((event) => [event.event, event] as const))('%s holds its schema as one line', (_name, event) => {
    const io = new FakeIo({ cwd: '/' });
    makeWatchOutput(io, 'json')(event);
    expect(io.stdout.text.indexOf('\n')).toBe(io.stdout.text.length - 1);
    expect(expectSchema('watch-event', io.stdout.text)['event']).toBe(event.event);
    expect(io.stderr.text).toBe('');
  });

  it('is harmless on a terminal, whatever files are called', () => {
    const io = new FakeIo({ cwd: '/' });
    makeWatchOutput(io, 'text')({ event: 'changed', count: 1, isPartial: false, paths: ['a\u001b]0;x\u0007b'] });
    expect(io.stderr.text).not.toContain('\u001b');
    expect(io.stdout.text).toBe('');
  });
});
