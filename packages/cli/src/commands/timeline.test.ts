import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import { TestRepository } from '../test-workspace.fixture.ts';
import { compare } from '../timeline/render-timeline.ts';

describe('devstead timeline', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  const recordStarts = async (...tookMs: readonly number[]): Promise<void> => {
    const { paths } = await repository.recordWorkspace();
    const starts = tookMs.map((ms, index) => ({
      at: Date.UTC(2025, 0, 1, index),
      durationMs: 100 + ms,
      isDone: true,
      steps: [
        { id: 'sandbox.start', kind: 'sandbox.start', after: [], beganMs: 0, durationMs: 100 },
        { id: 'container.start db', kind: 'container.start', after: ['sandbox.start'], beganMs: 100, durationMs: ms },
        { id: 'ports.publish', kind: 'ports.publish', after: ['sandbox.start'], beganMs: 100, durationMs: 5 },
      ],
    }));
    writeFileSync(join(paths.root, 'timeline.json'), JSON.stringify({ format: 1, starts }));
  };

  it('has nothing to tell before the first start', async () => {
    await repository.recordWorkspace();
    expect(await repository.call(['timeline'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('devstead up'),
    });
  });

  it('shows the last starts, and of the last one each step, what was critical and what was slower', async () => {
    await recordStarts(200, 210, 1200);
    const { stdout } = await repository.call(['timeline']);
    const lines = stdout.split('\n');
    expect(lines[1]).toMatch(/^> 1 +2025-01-01 02:00:00 +1\.3 s +slower by 1\.0 s$/);
    expect(lines[2]).toMatch(/^ {2}2 +2025-01-01 01:00:00 +0\.3 s +as usual$/);
    expect(stdout).toMatch(/^\* container\.start db +0\.1 s +1\.2 s +slower by 1\.0 s +#+$/m);
    expect(stdout).toMatch(/^ {2}ports\.publish +0\.1 s +5 ms +as usual +-+$/m);
    expect(stdout).toMatch(
      /critical path, 1\.3 s of 1\.3 s:\n {2}sandbox\.start 0\.1 s\n {2}container\.start db 1\.2 s\n$/,
    );
  });

  it('shows another start when asked, and none that is not known', async () => {
    await recordStarts(200, 1200);
    expect((await repository.call(['timeline', '--start', '2'])).stdout).toMatch(/^> 2/m);
    expect((await repository.call(['timeline', '--start', '3'])).code).toBe(2);
    expect((await repository.call(['timeline', '--start', '0'])).code).toBe(2);
  });

  it('gives all of it as JSON, newest first', async () => {
    await recordStarts(200, 1200);
    const { stdout } = await repository.call(['timeline', '-o', 'json']);
    expect(expectSchema('timeline', stdout)).toMatchObject({
      starts: [
        { durationMs: 1300, usualMs: 300, criticalPath: ['sandbox.start', 'container.start db'] },
        { durationMs: 300 },
      ],
    });
  });
});

describe('a difference', () => {
  it.each([
    [100, undefined, ''],
    [140, 100, 'as usual'],
    [1100, 1000, 'as usual'],
    [400, 100, { text: 'slower by 0.3 s', colour: 'yellow' }],
    [100, 400, { text: 'quicker by 0.3 s', colour: 'green' }],
  ])('of %d and usually %s', (took, usual, expected) => {
    expect(compare(took, usual)).toEqual(expected);
  });
});
