import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Launcher, LauncherError } from './launcher.ts';

describe('the launcher, asking a health check', () => {
  let folder = '';
  let launcher: Launcher;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'devstead-healthy-'));
    launcher = new Launcher(['DEVSTEAD_TEST', String(process.pid)]);
  });

  afterEach(() => {
    launcher.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The error of a check that fails each time and is asked to end a while after it was run for the second time. */
  async function endAfter(name: string, ms: number): Promise<unknown> {
    const runs = join(folder, name);
    const end = new AbortController();
    const words = ['5000', 'sh', '-c', 'echo not yet; echo >> "$0"; exit 1', runs];
    const answer = launcher.request({ order: 'healthy', words }, end.signal).catch((error: unknown) => error);
    while ((statSync(runs, { throwIfNoEntry: false })?.size ?? 0) < 2) await delay(2);
    await delay(ms);
    end.abort();
    return await answer;
  }

  it('says what the check answered, whenever it is asked to end', async () => {
    // So many that to look for new ones takes a good part of the time.
    const servers = Array.from({ length: 300 }, () => createServer().listen(0, '127.0.0.1'));
    try {
      for (let round = 0; round < 25; round += 1) {
        const error = await endAfter(String(round), round / 2);
        expect(error).toBeInstanceOf(LauncherError);
        expect((error as Error).message).toMatch(/^not yet\n/);
      }
    } finally {
      for (const server of servers) server.close();
    }
  });

  it('says at once that a check cannot be run, and what it printed', async () => {
    const words = ['5000', 'sh', '-c', 'echo no such program; exit 127'];
    const answer = launcher.request({ order: 'healthy', words });
    await expect(answer).rejects.toThrow(/^no such program\nthe check cannot be run \(code 127\)$/);
  });
});
