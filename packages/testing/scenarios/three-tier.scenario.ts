import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { findServerStart, killServers } from '../src/database-server.ts';
import { findRemains, type Inventory, takeInventory } from '../src/machine-inventory.ts';
import { readShellBlocks } from '../src/read-shell-blocks.ts';
import type { Finished } from '../src/run-devstead.ts';
import { ThreeTier } from '../src/three-tier.ts';
import { findLies, type Outage, ThreeTierLoad } from '../src/three-tier-load.ts';
import { useHome } from '../src/use-home.ts';
import { waitUntil } from '../src/wait-until.ts';

const minuteMs = 60_000;

interface Status {
  readonly state: string;
  readonly containers: readonly { readonly name: string; readonly restarts: number }[];
}

/** The tests follow each other in one workspace: installing the backend's packages takes most of the time. */
describe('the example three-tier', () => {
  const home = useHome();
  let app: ThreeTier;
  let before: Inventory;
  const devstead = (...words: readonly string[]): Promise<Finished> =>
    home().runWell(words, { cwd: app.folder, timeoutMs: 4 * minuteMs });

  beforeAll(() => {
    app = new ThreeTier(home());
    before = takeInventory(home());
  });

  it('must be published where its README says', () => {
    expect(readFileSync(new URL('../../../examples/three-tier/compose.yaml', import.meta.url), 'utf8')).toContain(
      `"${ThreeTier.documentedPort}:80"`,
    );
    expect(app.readme().match(new RegExp(`http://localhost:${ThreeTier.documentedPort}`, 'g'))).toHaveLength(2);
  });

  it('must name the same commands in both languages', () => {
    const [english = '', portuguese = ''] = app.readme().split('\n# Três camadas\n');
    expect(readShellBlocks(english).length).toBeGreaterThan(5);
    expect(readShellBlocks(portuguese)).toEqual(readShellBlocks(english));
  });

  it(
    'must do what each command of its README says, in the order in which it names them',
    async () => {
      const said: Record<string, Finished> = {};
      for (const line of readShellBlocks(app.readme().split('\n# Três camadas\n')[0] ?? '')) {
        const [program = '', ...words] = line.split(' ');
        expect(program).toBe('devstead');
        said[words.join(' ')] = await devstead(...words);
        if (line === 'devstead up') await app.addVisitor('Ada');
      }
      expect(said['logs backend']?.stdout).toMatch(/"POST \/api\/visitors HTTP\/1.\d" 201/);
      expect(said['check compose.yaml']?.stdout).not.toMatch(/error|warning/);
      expect(said['compose config']?.stdout).toContain('target: /app');
      expect(said['why backend.command']?.stdout).toMatch(/compose\.override\.yaml:\d+[^]*compose\.yaml:\d+/);
      expect(said['compose run --rm tests']?.stdout).toMatch(/All checks passed![^]*\d+ passed/);
    },
    4 * minuteMs,
  );

  it('must be up as a whole afterwards, with what only one command needed gone', async () => {
    await devstead('compose', 'up', '--wait');
    const { stdout } = await devstead('status', '--output', 'json');
    const { state, containers } = JSON.parse(stdout) as Status;
    expect(state).toBe('running');
    expect(containers.map(({ name }) => name).sort()).toEqual(['backend', 'db', 'frontend']);
  });

  it('must serve its page, and add and list visitors through all three tiers', async () => {
    expect(await app.fetchText('/')).toContain('<h1>Visitors</h1>');
    expect((await app.addVisitor('Grace')).status).toBe(201);
    // The first one was added before the workspace was taken down.
    expect(await app.listVisitors()).toEqual(['Grace', 'Ada']);
    expect((await app.addVisitor('')).status).toBe(400);
    const rows = 'psql -U visitors -d visitors -tAc "select name from visitors order by id"';
    expect((await devstead('exec', 'db', 'sh', '-c', rows)).stdout).toBe('Ada\nGrace\n');
    expect(await app.askHealth()).toEqual({ code: 200, status: 'healthy' });
  });

  it('must serve a change of the sources without a rebuild, and nothing that a container writes beside them', async () => {
    const file = join(app.folder, 'backend/app.py');
    writeFileSync(file, readFileSync(file, 'utf8').replace('status="healthy"', 'status="very healthy"'));
    await expect.poll(() => app.askHealth()).toEqual({ code: 200, status: 'very healthy' });
    expect(existsSync(join(app.folder, 'backend/__pycache__'))).toBe(false);
  });

  it('must tell the truth in /health when the database is stopped, and recover when it is started', async () => {
    await devstead('compose', 'stop', 'db');
    expect(await app.askHealth()).toEqual({ code: 503, status: 'unhealthy' });
    await devstead('compose', 'start', 'db');
    expect(await app.askHealth()).toEqual({ code: 200, status: 'very healthy' });
    expect(await app.listVisitors()).toEqual(['Grace', 'Ada']);
  });

  it(
    'must tell the truth in /health while its database is killed under load, and lose nothing it acknowledged',
    async () => {
      const load = new ThreeTierLoad(app);
      const outages: Outage[] = [];
      const count = (since: number): number => load.added.filter(({ began }) => began > since).length;
      try {
        // The pause before a restart grows, so sooner or later somebody asks while it lasts.
        while (outages.length < 2 || !load.answers.some(({ code }) => code === 503)) {
          const now = Date.now();
          await waitUntil('visitors are added', () => count(now) > 5, minuteMs);
          const killed = await killServers(home());
          await waitUntil('visitors are added again', () => count(killed.goneAt) > 5, minuteMs);
          const restartedAt = findServerStart(home());
          const [first] = load.added.filter(({ began }) => began > restartedAt);
          outages.push({ ...killed, restartedAt, servingAt: first?.ended ?? Number.POSITIVE_INFINITY });
        }
        const { servingAt = 0 } = outages.at(-1) ?? {};
        await waitUntil('/health is asked after that', () => load.answers.some(({ began }) => began > servingAt));
      } finally {
        await load.stop();
      }
      expect(findLies(load.answers, outages)).toEqual([]);
      const { stdout } = await devstead('exec', 'db', 'psql', '-U', 'visitors', '-tAc', 'select name from visitors');
      const kept = new Set(stdout.split('\n'));
      expect(load.added.filter(({ name }) => !kept.has(name))).toEqual([]);
      const status = JSON.parse((await devstead('status', '--output', 'json')).stdout) as Status;
      const restarts = Object.fromEntries(status.containers.map((one) => [one.name, one.restarts]));
      expect(restarts).toEqual({ frontend: 0, backend: 0, db: outages.length });
      expect((await devstead('logs', 'db')).stdout).toMatch(/db ended with code \d+; started again in 0\.1 s/);
    },
    5 * minuteMs,
  );

  it('must run by its production file alone, with the sources read-only', async () => {
    await devstead('compose', '-f', 'compose.yaml', 'up', '-d');
    expect(await app.askHealth()).toEqual({ code: 200, status: 'very healthy' });
    const { stdout } = await devstead(
      'exec',
      'backend',
      'sh',
      '-c',
      'touch /app/x 2>&1; tr "\\0" " " </proc/1/cmdline',
    );
    expect(stdout).toMatch(/Read-only/);
    expect(stdout).not.toMatch(/--debug/);
  });

  it('must leave nothing when its volumes are removed as well', async () => {
    await devstead('down', '--volumes');
    expect(await findRemains(home(), before)).toEqual([]);
  });
});
