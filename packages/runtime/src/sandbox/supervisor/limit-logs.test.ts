import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logLimitBytes } from '../../running/log-lines.ts';
import { workspacePaths } from '../../state/paths.ts';
import { olderLog } from '../read-logs.ts';
import { chooseNextLook, limitLogs } from './limit-logs.ts';

describe('logs', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'devstead-logs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are cut over their limit, with the newest lines kept', () => {
    const paths = workspacePaths(folder);
    expect(limitLogs(paths)).toBe(0);
    const write = (name: string, text: string): string => {
      const { log } = paths.container(name);
      mkdirSync(dirname(log), { recursive: true });
      writeFileSync(log, text);
      return log;
    };
    const long = write('long', `${'x'.repeat(logLimitBytes)}\nlast\n`);
    const short = write('short', 'only\n');
    mkdirSync(dirname(paths.container('silent').log), { recursive: true });
    expect(limitLogs(paths)).toBe(logLimitBytes + 6);
    expect(statSync(long).size).toBe(0);
    expect(readFileSync(olderLog(long), 'utf8')).toBe('last\n');
    expect(readFileSync(short, 'utf8')).toBe('only\n');
    expect(existsSync(olderLog(short))).toBe(false);
  });

  it.each([
    ['at first', undefined, 0, 500],
    ['where nobody prints', 500, 0, 1000],
    ['where nobody prints for long', 5000, logLimitBytes, 5000],
    ['where one is four times its limit', 5000, 4 * logLimitBytes, 1250],
    ['where one grows without end', 500, 1000 * logLimitBytes, 100],
  ])('are looked at again %s', (_when, sinceLastMs, largestBytes, expected) => {
    expect(chooseNextLook(sinceLastMs, largestBytes)).toBe(expected);
  });
});
