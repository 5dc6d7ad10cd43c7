import { KeptOutput } from '@devstead/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestRepository, writeLog } from '../test-workspace.fixture.ts';
import { renderUsage } from '../top/render-usage.ts';
import { Screen } from '../top/screen.ts';

describe('devstead top', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  it('says that a workspace does not run, and that a container is not there', async () => {
    writeLog(await repository.recordWorkspace(), 'dev', []);
    expect(await repository.call(['top'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('WORKSPACE_NOT_RUNNING'),
    });
    expect(await repository.call(['top', 'web'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('UNKNOWN_CONTAINER'),
    });
    expect((await repository.call(['top', '--interval', 'soon'])).code).toBe(2);
  });

  it('shows use beside its limits, and warns near them', () => {
    const memory = { memoryBytes: 950 * 2 ** 20, memoryLimitBytes: 1000 * 2 ** 20 };
    const processes = [{ pid: 7, command: `python\u001b[2J ${'x'.repeat(200)}`, cpuPercent: 12.5, memoryBytes: 1024 }];
    const containers = [
      { name: 'dev', isRunning: true, cpuPercent: 12.5, cpuLimitMillis: 2000, ...memory, processes },
      { name: 'db', isRunning: false, cpuPercent: 0, memoryBytes: 0, processes: [] },
    ];
    const lines = renderUsage(containers, { hasColour: true, columns: 60, showsProcesses: true }).split('\n');
    expect(lines[1]).toBe('dev        12.5 % of 200 %  950 MiB  1000 MiB  \u001b[31m95 %\u001b[0m  1');
    expect(lines[2]).toBe('db         \u001b[90mstopped\u001b[0m');
    expect(lines[5]).toMatch(/^dev +7 +12.5 % +1 KiB +python\\x1b\[2J x+…$/);
    expect(lines.slice(4).filter((line) => line.length > 60)).toHaveLength(0);
  });
});

describe('a screen that is drawn over', () => {
  it('is cut to its lines, and gives back the one before', () => {
    const output = Object.assign(new KeptOutput({ isTerminal: true }), { rows: 2 });
    const screen = new Screen(output);
    screen.draw('a\nb\nc\n');
    expect(output.text).toContain('a\u001b[K\r\nb\u001b[K\u001b[J');
    expect(output.text).not.toContain('c');
    screen.close();
    screen.close();
    expect(output.text.match(/\u001b\[\?1049h/g)).toHaveLength(1);
    expect(output.text).toMatch(/\u001b\[\?25h\u001b\[\?1049la\nb\nc\n$/);
  });

  it('is never opened when nothing was drawn', () => {
    const output = new KeptOutput({ isTerminal: true });
    new Screen(output).close();
    expect(output.text).toBe('');
  });
});
