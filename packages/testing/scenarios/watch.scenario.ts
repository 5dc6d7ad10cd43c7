import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findRemains, takeInventory } from '../src/machine-inventory.ts';
import type { RunningDevstead } from '../src/run-devstead.ts';
import { useHome } from '../src/use-home.ts';
import { waitUntil } from '../src/wait-until.ts';

interface Event {
  readonly event: string;
  readonly command?: string;
  readonly sinceChangeMs?: number;
  readonly [key: string]: unknown;
}

describe('watch', () => {
  const home = useHome();
  let cwd = '';
  let web = '';
  let running: RunningDevstead | undefined;
  let read = 0;

  beforeAll(async () => {
    cwd = home().copyFixture('watch');
    await home().runWell(['up'], { cwd });
    web = /http:\S+/.exec((await home().runWell(['ports'], { cwd })).stdout)?.[0] ?? '';
  });
  afterEach(async () => {
    running?.child.kill('SIGINT');
    await running?.finished;
    running = undefined;
  });

  const project = (path: string): string => join(cwd, path);

  function watch(...args: readonly string[]): void {
    running = home().start(['watch', '--output', 'json', ...args], { cwd });
    read = 0;
  }

  function events(): Event[] {
    const lines = running?.stdout.split('\n').slice(0, -1) ?? [];
    return lines.map((line) => JSON.parse(line) as Event);
  }

  /** The next event of that name among those not yet waited for. */
  async function next(name: string): Promise<Event> {
    const find = (): number => events().findIndex(({ event }, index) => index >= read && event === name);
    await waitUntil(`the event ${name}; there were ${JSON.stringify(events())}`, () => find() >= 0);
    const at = find();
    read = at + 1;
    const found = events()[at];
    if (found === undefined) throw new Error('it was there');
    return found;
  }

  const ask = async (): Promise<string> => (await fetch(web, { signal: AbortSignal.timeout(20_000) })).text();
  const served = (text: string): Promise<void> =>
    waitUntil(`${text} is served`, async () => (await ask().catch(() => '')) === `built ${text}\n`);

  it('must build and start, and on a change build and start again, within 100 ms of the save', async () => {
    const before = takeInventory(home());
    watch();
    await next('run.started');
    await served('first');
    // The first build's output is news; when the second writes the same, it is known whose it is.
    expect((await next('note'))['text']).toContain('out/text.txt');
    await served('first');
    writeFileSync(project('src/text.txt'), 'second\n');
    expect((await next('changed'))['paths']).toEqual(['src/text.txt']);
    expect((await next('build.started')).sinceChangeMs).toBeLessThan(100);
    expect(await next('build.ended')).toMatchObject({ command: 'build', exitCode: 0 });
    await next('run.started');
    await served('second');
    running?.child.kill('SIGINT');
    expect((await running?.finished)?.code).toBe(0);
    const isExpected = (line: string): boolean => /(?:builds\.log|out\/)/.test(line);
    expect(await findRemains(home(), before, isExpected)).toEqual([]);
  });

  it('must leave what runs alone while the build fails, and not build for what the build writes', async () => {
    watch();
    await next('note');
    await served('second');
    writeFileSync(project('src/broken'), '');
    expect(await next('build.ended')).toMatchObject({ exitCode: 1 });
    expect(await ask()).toBe('built second\n');
    rmSync(project('src/broken'));
    expect(await next('build.ended')).toMatchObject({ exitCode: 0 });
    await next('run.started');
    await served('second');
    const builds = (): number => readFileSync(project('builds.log'), 'utf8').split('\n').length;
    const count = builds();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(builds()).toBe(count);
  });

  it('must see a file saved by a rename and one in folders that are new, and say what it restarts only', async () => {
    watch('--no-build');
    await next('run.started');
    writeFileSync(project('src/.text.new'), 'third\n');
    renameSync(project('src/.text.new'), project('src/text.txt'));
    expect((await next('changed'))['paths']).toEqual(['src/text.txt']);
    expect((await next('restart.started')).sinceChangeMs).toBeLessThan(100);
    await next('run.started');
    mkdirSync(project('new/deep'), { recursive: true });
    writeFileSync(project('new/deep/file.txt'), '');
    expect((await next('changed'))['paths']).toEqual(['new/deep/file.txt']);
    await next('run.started');
    expect(events().filter(({ event }) => event.startsWith('build'))).toEqual([]);
  });

  it('must restart nothing for a command that reloads by itself', async () => {
    watch('serve-hot', '--no-build');
    await next('run.started');
    writeFileSync(project('src/text.txt'), 'fourth\n');
    expect(await next('unaffected')).toMatchObject({ command: 'serve-hot', reason: 'hot-reload' });
    expect(events().filter(({ event }) => event === 'restart.started')).toEqual([]);
  });

  it('must build only for the paths named', async () => {
    watch('--build-on', '*.lock');
    await next('run.started');
    writeFileSync(project('src/text.txt'), 'fifth\n');
    expect(await next('build.skipped')).toMatchObject({ reason: 'patterns' });
    await next('run.started');
    writeFileSync(project('deps.lock'), '1\n');
    await next('build.started');
  });

  it('must run tests again, and say how they ended', async () => {
    watch('test', '--no-build');
    expect(await next('run.ended')).toMatchObject({ exitCode: 1 });
    writeFileSync(project('src/text.txt'), 'good\n');
    expect(await next('run.ended')).toMatchObject({ exitCode: 0 });
  });

  it('must end by force what does not end when asked', async () => {
    watch('stubborn', '--no-build', '--grace', '300ms');
    await next('run.started');
    await waitUntil('it traps', () => running?.stderr.includes('stubborn') === true);
    writeFileSync(project('src/text.txt'), 'sixth\n');
    expect(await next('run.started')).toMatchObject({ wasForced: true });
  });

  it('must hold back what restarts itself for ever, and name the file', async () => {
    watch('writes', '--no-build');
    await next('run.started');
    expect((await next('note'))['text']).toContain('written.txt');
  });

  it('must say what of the devfile changed and what applies it, and go on from there', async () => {
    watch('serve-hot', '--no-build');
    await next('run.started');
    const text = readFileSync(project('devfile.yaml'), 'utf8');
    writeFileSync(project('devfile.yaml'), text.replace('exec sleep 1000', 'exec sleep 2000'));
    expect(await next('devfile.changed')).toMatchObject({ isApplied: false });
    writeFileSync(project('devfile.yaml'), `${text}\n  - nonsense\n`);
    await next('devfile.invalid');
    writeFileSync(project('devfile.yaml'), text.replace('exec sleep 1000', 'exec sleep 3000'));
    await next('devfile.changed');
    await home().runWell(['up'], { cwd });
    await next('environment.changed');
    await next('run.started');
    const isRunning = async (): Promise<boolean> =>
      (await home().run(['exec', 'dev', '--', 'sh', '-c', 'cat /proc/[0-9]*/cmdline | grep -q "300[0]"'], { cwd }))
        .code === 0;
    await waitUntil('the new command runs', isRunning);
  });

  it('must apply a changed devfile where that was asked for', async () => {
    watch('serve-hot', '--no-build', '--apply-devfile');
    await next('run.started');
    const text = readFileSync(project('devfile.yaml'), 'utf8');
    writeFileSync(project('devfile.yaml'), text.replace('exec sleep 3000', 'exec sleep 1000'));
    expect(await next('devfile.changed')).toMatchObject({ isApplied: true });
    await next('environment.changed');
    await next('run.started');
  });

  it('must not be called twice for the same command', async () => {
    watch('--no-build');
    await next('run.started');
    const second = await home().run(['watch', '--no-build'], { cwd });
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('WORKSPACE_LOCKED');
  });

  it('must leave nothing running when it is killed', async () => {
    const before = takeInventory(home());
    watch('serve-hot', '--no-build');
    await next('run.started');
    running?.child.kill('SIGKILL');
    await running?.finished;
    const isExpected = (line: string): boolean => /\/run\/exec-\d+-\d+\.json|\/locks\//.test(line);
    await expect.poll(() => findRemains(home(), before, isExpected)).toEqual([]);
  });

  it('must end cleanly when the workspace is stopped, and say then that it does not run', async () => {
    watch('--no-build');
    await next('run.started');
    appendFileSync(project('src/text.txt'), 'x');
    await home().runWell(['stop'], { cwd });
    expect(await next('ended')).toMatchObject({ reason: 'workspace-stopped' });
    expect((await running?.finished)?.code).toBe(0);
    const { code, stderr } = await home().run(['watch'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('WORKSPACE_NOT_RUNNING');
  });
});
