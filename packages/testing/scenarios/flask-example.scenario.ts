import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { findRemains, type Inventory, takeInventory } from '../src/machine-inventory.ts';
import type { Finished, RunningDevstead } from '../src/run-devstead.ts';
import { askPort } from '../src/tcp-port.ts';
import { useHome } from '../src/use-home.ts';

const terminal = { rows: 40, columns: 120 };
const minuteMs = 60_000;

interface Entries {
  readonly entries: readonly { readonly author: string; readonly message: string }[];
}

/** The tests follow each other in one workspace: installing the application's packages takes most of the time. */
describe('the example python-flask-webapp', () => {
  const home = useHome();
  let cwd = '';
  let address = '';
  let before: Inventory;

  const run = (name: string, ...options: readonly string[]): Promise<Finished> =>
    home().run(['run', ...options, name], { cwd, timeoutMs: 2 * minuteMs });
  const fetchText = async (path: string, init: RequestInit = {}): Promise<string> =>
    (await fetch(`${address}${path}`, { ...init, signal: AbortSignal.timeout(10_000) })).text();
  const isServed = (): Promise<boolean> =>
    fetchText('/health').then(
      (text) => text.includes('"ok":true'),
      () => false,
    );
  const end = async (running: RunningDevstead): Promise<void> => {
    running.child.kill('SIGINT');
    await running.finished;
    await expect.poll(isServed).toBe(false);
  };

  beforeAll(() => {
    cwd = home().copyExample('python-flask-webapp');
    before = takeInventory(home());
  });

  it('must come up with its devfile as it is, dependencies installed and the database filled', async () => {
    const result = await home().run(['up', '--output', 'json'], { cwd, timeoutMs: 4 * minuteMs });
    expect(result.code, result.stderr).toBe(0);
    const { addresses } = JSON.parse(result.stdout) as { addresses: { endpoint: string; url: string }[] };
    expect(addresses.map(({ endpoint }) => endpoint)).toEqual(['web']);
    address = addresses[0]?.url ?? '';
    const { stdout } = await home().runWell(
      ['exec', 'postgresql', 'psql', '-U', 'devuser', '-d', 'webapp', '-tAc', 'select count(*) from entries'],
      { cwd },
    );
    expect(Number(stdout)).toBeGreaterThan(0);
  });

  it('must reach both services at localhost from the application’s container', async () => {
    const line = 'exec 3<>/dev/tcp/localhost/5432 4<>/dev/tcp/localhost/6379 && echo open';
    expect((await home().runWell(['exec', 'python-dev', 'bash', '-c', line], { cwd })).stdout).toBe('open\n');
  });

  it('run-app must serve pages that read and write PostgreSQL and count hits in Redis', async () => {
    const running = home().start(['run', 'run-app'], { cwd });
    await expect.poll(isServed).toBe(true);
    const hits = async (): Promise<number> => Number(/Page views: (\d+)/.exec(await fetchText('/'))?.[1]);
    const first = await hits();
    expect(await hits()).toBe(first + 1);
    const message = `written at ${Date.now()}`;
    const body = new URLSearchParams({ author: 'Ada', message });
    await fetchText('/', { method: 'POST', body });
    expect(await fetchText('/')).toContain(message);
    const { entries } = JSON.parse(await fetchText('/api/entries?limit=1')) as Entries;
    expect(entries[0]).toMatchObject({ author: 'Ada', message });
    const row = await home().runWell(
      [
        'exec',
        'postgresql',
        'psql',
        '-U',
        'devuser',
        '-d',
        'webapp',
        '-tAc',
        `select author from entries where message = '${message}'`,
      ],
      { cwd },
    );
    expect(row.stdout.trim()).toBe('Ada');
    await home().runWell(['run', 'redis-flush'], { cwd });
    expect(await hits()).toBe(1);
    await end(running);
  });

  it('run-with-reload must serve what was changed', async () => {
    const running = home().start(['run', 'run-with-reload'], { cwd });
    await expect.poll(isServed).toBe(true);
    appendFileSync(
      join(cwd, 'app/routes.py'),
      '\n\n@pages.get("/changed")\ndef show_changed() -> ResponseReturnValue:\n    """Answer only after the change."""\n    return "changed"\n',
    );
    await expect.poll(() => fetchText('/changed').catch(() => '')).toBe('changed');
    await end(running);
  });

  it('debug-app must wait at a published port for a debugger, and serve when one is there', async () => {
    const running = home().start(['run', 'debug'], { cwd });
    await running.waitFor(/attach a debugger to 127\.0\.0\.1:\d+/);
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(running.output)?.[1]);
    // debugpy speaks first when a client connects (Debug Adapter Protocol, output event).
    await expect.poll(() => askPort(port)).toContain('Content-Length');
    expect(await isServed()).toBe(false);
    running.child.kill('SIGINT');
    await running.finished;
  });

  it.each([
    ['install-dependencies', /already satisfied/],
    ['init-database', /Sample entries added: 0/],
    ['run-tests', /\d+ passed/],
    ['integration-tests', /\d+ passed/],
    ['format', /left unchanged|reformatted/],
    ['type-check', /no issues found/],
    ['security-scan-code', /"results": \[\]/],
    ['db-reset', /Sample entries added: [1-9]/],
    ['redis-flush', /OK/],
  ])('%s must end with 0', async (name, expected) => {
    const { code, stdout, stderr } = await run(name);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    expect(stdout + stderr).toMatch(expected);
  });

  it('lint must end with 0 and find nothing', async () => {
    const { code, stdout, stderr } = await run('lint');
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    expect(stdout).toContain('rated at 10.00/10');
    expect(stdout).not.toMatch(/^app\/.*: [EFW]\d/m);
  });

  it('run-tests must leave its coverage report with the project’s owner', () => {
    expect(existsSync(join(cwd, 'htmlcov/index.html'))).toBe(true);
  });

  it('db-migrate must say that nothing changed, and write a migration when something did', async () => {
    const migrations = (): string[] =>
      readdirSync(join(cwd, 'migrations/versions')).filter((name) => name.endsWith('.py'));
    const count = migrations().length;
    const same = await run('db-migrate');
    expect(same.code).toBe(0);
    expect(same.stdout + same.stderr).toMatch(/No changes in schema detected/);
    expect(migrations()).toHaveLength(count);
    appendFileSync(
      join(cwd, 'app/models.py'),
      '\n\nclass Subject(db.Model):  # type: ignore[name-defined, misc]\n    """Added for this test."""\n\n    id = db.Column(db.Integer, primary_key=True)\n',
    );
    const changed = await run('db-migrate', '--env', 'MIGRATION_MESSAGE=Add subjects');
    expect(changed.code, changed.stdout + changed.stderr).toBe(0);
    expect(migrations().some((name) => name.includes('add_subjects'))).toBe(true);
  });

  it('run-tests-watch must run the tests and wait, until Ctrl-C', async () => {
    const running = home().start(['run', 'run-tests-watch'], { cwd, terminal });
    await running.waitFor(/\d+ passed/, minuteMs);
    await running.waitFor('Press w to show menu', minuteMs);
    expect(await isOver(running, 1000)).toBe(false);
    running.type('\u0003');
    expect(await isOver(running, 20_000)).toBe(true);
  });

  it('db-shell must be a prompt of the database at a terminal', async () => {
    const running = home().start(['run', 'db-shell'], { cwd, terminal });
    await running.waitFor('webapp=>');
    running.type("select 'answer ' || 6 * 7;\n");
    await running.waitFor('answer 42');
    running.type('\\q\n');
    expect((await running.finished).code).toBe(0);
  });

  it('redis-cli must be a prompt of Redis at a terminal', async () => {
    const running = home().start(['run', 'redis-cli'], { cwd, terminal });
    await running.waitFor('127.0.0.1:6379>');
    // It reads keys one by one: Enter is a carriage return.
    running.type('set answer 42\r');
    // What is typed before it asks again is thrown away.
    await running.waitFor(/OK[^]*127\.0\.0\.1:6379>/);
    running.type('quit\r');
    expect((await running.finished).code).toBe(0);
    expect((await home().runWell(['exec', 'redis', 'redis-cli', 'get', 'answer'], { cwd })).stdout).toBe('42\n');
  });

  it.each(['scan-secrets', 'scan-image'])('%s must fail and say that nothing was scanned', async (name) => {
    const { code, stderr } = await run(name);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/trivy/);
    expect(stderr).toMatch(/[Nn]othing was scanned/);
  });

  it('security-scan-dependencies must show all that was not looked at, or end with another code than 0', async () => {
    const { code, stdout, stderr } = await run('security-scan-dependencies');
    // The example's README says what these tools do with the services they reach.
    expect([0, 1], stdout + stderr).toContain(code);
    // Where it calls clean what it could not look up, it lists all of it, and the example's README says so.
    const listed = code !== 0 || !stderr.includes('No known vulnerabilities found') || /^werkzeug\s/m.test(stdout);
    expect(listed, stdout + stderr).toBe(true);
    expect(readFileSync(join(cwd, 'README.md'), 'utf8')).toContain('calls clean what it could not look up');
  });

  it('must keep its entries over a stop, and leave nothing when it is removed', async () => {
    const count = (): Promise<Finished> =>
      home().runWell(
        ['exec', 'postgresql', 'psql', '-U', 'devuser', '-d', 'webapp', '-tAc', 'select count(*) from entries'],
        { cwd },
      );
    const { stdout } = await count();
    await home().runWell(['stop'], { cwd });
    await home().runWell(['up', '--no-commands'], { cwd });
    expect((await count()).stdout).toBe(stdout);
    await home().runWell(['down', '--volumes'], { cwd });
    expect(await findRemains(home(), before, isIndexData)).toEqual([]);
  });

  it('must install its dependencies a second time with the network cut', async () => {
    // A proxy that nobody is: of the workspace, and of the index where it would ask for more.
    const proxy = 'http://127.0.0.1:9';
    const env = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy };
    const result = await home().run(['up'], { cwd, env, timeoutMs: 4 * minuteMs });
    expect(result.code, result.stderr).toBe(0);
    await home().runWell(['down', '--volumes'], { cwd, env });
    expect(await findRemains(home(), before, isIndexData)).toEqual([]);
  });
});

/** Packages that the index of the machine keeps for the next workspace. */
function isIndexData(line: string): boolean {
  return line.startsWith('file state/index/');
}

/** Whether it ends by itself in that time. */
function isOver({ finished }: RunningDevstead, timeoutMs: number): Promise<boolean> {
  return Promise.race([finished.then(() => true), delay(timeoutMs).then(() => false)]);
}
