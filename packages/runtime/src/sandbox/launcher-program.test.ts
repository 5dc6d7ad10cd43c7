import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identify } from '../process/process-table.ts';
import { Launcher, readProgram } from './launcher.ts';

describe('the launcher, starting a program that lives on', () => {
  let folder = '';
  let log = '';
  let launcher: Launcher;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'devstead-program-'));
    log = join(folder, 'log');
    writeFileSync(log, '');
    launcher = new Launcher(['DEVSTEAD_TEST', folder]);
  });

  afterEach(() => {
    launcher.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (...words: readonly string[]): Promise<string> =>
    launcher.request({ order: 'program', words: [log, '1', `THERE=${folder}`, ...words] });
  // Its descriptor may be any number, which dash takes in no other way.
  const say = 'echo "$1" > "/proc/self/fd/$0"';

  it('answers its number and its word, and leaves it running with its environment and its log', async () => {
    const script = `echo "in $THERE" >&2; ${say}; exec sleep 60`;
    const [pid, said] = readProgram(await start('sh', '-c', script, '{fd}', 'here it is'));
    try {
      expect(said).toBe('here it is\n');
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')).toContain(`DEVSTEAD_TEST=${folder}`);
      expect(readFileSync(log, 'utf8')).toBe(`in ${folder}\n`);
      launcher.close();
      await delay(100);
      expect(identify(pid)).toBeDefined();
    } finally {
      process.kill(pid, 'SIGKILL');
    }
  });

  it('fails when it ends without a word, and keeps what it complained of', async () => {
    await expect(start('sh', '-c', 'echo no way >&2; exit 0', '{fd}')).rejects.toThrow('it ended');
    expect(readFileSync(log, 'utf8')).toBe('no way\n');
  });

  it('fails when there is no such program', async () => {
    await expect(start(join(folder, 'none'), '{fd}')).rejects.toThrow('it ended');
    expect(readFileSync(log, 'utf8')).toMatch(/none: No such file or directory\n$/);
  });

  it('ends it when nobody waits for it any more', async () => {
    const file = join(folder, 'pid');
    const answer = start('sh', '-c', 'echo $$ > "$1"; exec sleep 60', '{fd}', file).catch((error: unknown) => error);
    let pid = 0;
    while (pid === 0) {
      await delay(5);
      pid = Number(tryRead(file));
    }
    const [parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(1) ?? [];
    const [main] = readFileSync(`/proc/${parent}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(1) ?? [];
    process.kill(Number(main), 'SIGKILL');
    expect(await answer).toBeInstanceOf(Error);
    while (identify(pid) !== undefined) await delay(5);
  });
});

function tryRead(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
