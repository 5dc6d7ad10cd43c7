import { appendFileSync, copyFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LogLine, LogParser, logLimitBytes } from '../running/log-lines.ts';
import { type WorkspacePaths, workspacePaths } from '../state/paths.ts';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import { followLogs, olderLog, readLogs } from './read-logs.ts';
import { limitLogs } from './supervisor/limit-logs.ts';

function at(second: number): string {
  return new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString().replace('Z', '000000Z');
}

type LogEntry = readonly [second: number, text: string, mark?: 'F' | 'P', stream?: 'stdout' | 'stderr'];

/** Lines as conmon writes them. */
function logOf(...lines: readonly LogEntry[]): string {
  return lines
    .map(([second, text, mark = 'F', stream = 'stdout']) => `${at(second)} ${stream} ${mark} ${text}\n`)
    .join('');
}

function makeWorkspace(logs: Readonly<Record<string, string>>): WorkspacePaths {
  const paths = workspacePaths(join(makeTemporaryFolder(), 'workspaces', 'shop-1'));
  for (const [name, text] of Object.entries(logs)) {
    mkdirSync(paths.container(name).root, { recursive: true });
    writeFileSync(paths.container(name).log, text);
  }
  return paths;
}

function texts(lines: readonly LogLine[]): string[] {
  return lines.map(({ text }) => text);
}

describe('the parser of logs', () => {
  it('joins a line that was written in parts', () => {
    const parser = new LogParser('web');
    const text = logOf([1, 'one '], [2, 'two, ', 'P'], [2, 'oh', 'F', 'stderr'], [2, 'three, ', 'P'], [3, 'four']);
    expect(parser.feed(Buffer.from(text))).toEqual([
      { container: 'web', at: at(1), stream: 'stdout', text: 'one ' },
      { container: 'web', at: at(2), stream: 'stderr', text: 'oh' },
      { container: 'web', at: at(3), stream: 'stdout', text: 'two, three, four' },
    ]);
  });

  it('passes over what conmon did not write, and waits for the end of a line', () => {
    const parser = new LogParser('web');
    expect(parser.feed(Buffer.from('noise\n\n2026 stdin F x\n2026 stdout Q x\n'))).toEqual([]);
    expect(parser.feed(Buffer.from('2026-01-01T00:00:00Z stdout F no end'))).toEqual([]);
    expect(texts(parser.feed(Buffer.from('\n')))).toEqual(['no end']);
  });

  it('joins a character that was cut in two', () => {
    const parser = new LogParser('web');
    const [first, second] = [Buffer.from('ä').subarray(0, 1), Buffer.from('ä').subarray(1)];
    const line = (mark: string, bytes: Buffer): Buffer =>
      Buffer.concat([Buffer.from(`${at(1)} stdout ${mark} `), bytes, Buffer.from('\n')]);
    expect(texts([line('P', first), line('F', second)].flatMap((chunk) => parser.feed(chunk)))).toEqual(['ä']);
  });

  it('gives back every line, wherever the file is cut', () => {
    const anyText = fc.string({
      unit: fc.constantFrom('a', ' ', 'P', 'F', '\r', '\t', 'ä', '\u{1f600}', '\0'),
      maxLength: 12,
    });
    const anyLine = fc.record({
      parts: fc.array(anyText, { minLength: 1, maxLength: 3 }),
      stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    });
    fc.assert(
      fc.property(
        fc.array(anyLine, { maxLength: 8 }),
        fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
        (lines, cuts) => {
          const written = lines.map(({ parts, stream }) =>
            logOf(...parts.map((part, index): LogEntry => [1, part, index === parts.length - 1 ? 'F' : 'P', stream])),
          );
          const bytes = Buffer.from(written.join(''));
          const parser = new LogParser('web');
          const places = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((a, b) => a - b), bytes.length];
          const found = places.slice(1).flatMap((place, index) => parser.feed(bytes.subarray(places[index], place)));
          expect(found.map((line) => ({ text: line.text, stream: line.stream }))).toEqual(
            lines.map(({ parts, stream }) => ({ text: parts.join(''), stream })),
          );
        },
      ),
    );
  });
});

describe('reading logs', () => {
  it('joins containers in the order of time', () => {
    const paths = makeWorkspace({ web: logOf([1, 'w1'], [4, 'w4']), db: logOf([2, 'd2'], [3, 'd3'], [5, 'd5']) });
    const lines = readLogs(paths, { containers: ['web', 'db'] });
    expect(lines.map(({ container, text }) => `${container} ${text}`)).toEqual([
      'web w1',
      'db d2',
      'db d3',
      'web w4',
      'db d5',
    ]);
    expect(texts(readLogs(paths, { containers: ['db'] }))).toEqual(['d2', 'd3', 'd5']);
    expect(readLogs(paths, { containers: ['none'] })).toEqual([]);
  });

  it('begins at a time, that one included, and ends with the last lines of each', () => {
    const paths = makeWorkspace({ web: logOf([1, 'w1'], [4, 'w4']), db: logOf([2, 'd2'], [3, 'd3'], [5, 'd5']) });
    const containers = ['web', 'db'];
    const begin = Date.UTC(2026, 0, 1);
    expect(texts(readLogs(paths, { containers, sinceMs: begin + 3000 }))).toEqual(['d3', 'w4', 'd5']);
    expect(texts(readLogs(paths, { containers, sinceMs: begin + 3000, untilMs: begin + 5000 }))).toEqual(['d3', 'w4']);
    expect(texts(readLogs(paths, { containers, tail: 1 }))).toEqual(['w4', 'd5']);
    expect(texts(readLogs(paths, { containers, tail: 9 }))).toHaveLength(5);
    expect(texts(readLogs(paths, { containers, tail: 0 }))).toEqual([]);
  });

  it('goes on over a log that was cut, even within a line', () => {
    const paths = makeWorkspace({ web: '' });
    const { log } = paths.container('web');
    writeFileSync(olderLog(log), logOf([1, 'old'], [2, 'cut ', 'P']));
    writeFileSync(log, logOf([3, 'here'], [4, 'new']));
    expect(texts(readLogs(paths, { containers: ['web'] }))).toEqual(['old', 'cut here', 'new']);
  });
});

describe('cutting logs', () => {
  it('keeps the newest lines of a large log in one older file', () => {
    const kept = logOf([2, 'y'.repeat(logLimitBytes / 2)], [3, 'z'.repeat(logLimitBytes / 4)]);
    const paths = makeWorkspace({ web: logOf([1, 'x'.repeat(logLimitBytes)]) + kept, db: logOf([2, 'small']) });
    const { log } = paths.container('web');
    limitLogs(paths);
    expect(statSync(log).size).toBe(0);
    expect(readFileSync(olderLog(log), 'utf8') === kept).toBe(true);
    expect(readFileSync(paths.container('db').log, 'utf8')).toBe(logOf([2, 'small']));
    mkdirSync(paths.container('never-started').root);
    limitLogs(paths);
    expect(readFileSync(olderLog(log), 'utf8') === kept).toBe(true);
    appendFileSync(log, logOf([4, 'more']));
    expect(texts(readLogs(paths, { containers: ['web'], tail: 1 }))).toEqual(['more']);
  });
});

describe('following logs', () => {
  it('gives each new line once, also when the log is cut meanwhile', async () => {
    const paths = makeWorkspace({ web: logOf([1, 'before']), db: '' });
    const lines: string[] = [];
    const controller = new AbortController();
    const following = followLogs(paths, ['web', 'db'], ({ text }) => lines.push(text), controller.signal);
    const { log } = paths.container('web');
    appendFileSync(log, logOf([2, 'one']));
    await expect.poll(() => lines).toHaveLength(1);
    appendFileSync(paths.container('db').log, logOf([2, 'other']));
    await expect.poll(() => lines).toHaveLength(2);
    const half = logOf([3, 'two, slowly']);
    appendFileSync(log, half.slice(0, 20));
    appendFileSync(log, half.slice(20));
    await expect.poll(() => lines).toHaveLength(3);
    copyFileSync(log, olderLog(log));
    truncateSync(log, 0);
    await delay(20);
    appendFileSync(log, logOf([4, 'three']));
    await expect.poll(() => lines).toHaveLength(4);
    controller.abort();
    await following;
    expect(lines).toEqual(['one', 'other', 'two, slowly', 'three']);
    appendFileSync(log, logOf([5, 'after the end']));
    await delay(20);
    expect(lines).toHaveLength(4);
  });

  it('ends at once where it is not wanted any more', async () => {
    const lines: LogLine[] = [];
    const paths = makeWorkspace({ web: logOf([1, 'before']) });
    await followLogs(paths, ['web'], (line) => lines.push(line), AbortSignal.abort());
    expect(lines).toEqual([]);
  });
});
