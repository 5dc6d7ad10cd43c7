import { beforeAll, describe, expect, it } from 'vitest';
import { findRemains, type Inventory, takeInventory } from '../src/machine-inventory.ts';
import type { Finished } from '../src/run-devstead.ts';
import { firstScenarioPort } from '../src/scenario-home.ts';
import { ThreeTier } from '../src/three-tier.ts';
import { useHome } from '../src/use-home.ts';

const minuteMs = 60_000;
const files = ['-f', 'compose.yaml', '-f', 'compose.images.yaml'];

/** The tests follow each other: building the images takes most of the time. */
describe('the example three-tier, as images from its Dockerfiles', () => {
  const home = useHome();
  let app: ThreeTier;
  let before: Inventory;
  const devstead = (...words: readonly string[]): Promise<Finished> =>
    home().runWell(words, { cwd: app.folder, timeoutMs: 4 * minuteMs });

  beforeAll(async () => {
    await home().claimImages('three-tier-frontend:local', 'three-tier-backend:local');
    app = new ThreeTier(home(), firstScenarioPort + 860);
    before = takeInventory(home());
  });

  it(
    'must build and run by one command, with nothing of the folder mounted',
    async () => {
      await devstead('compose', ...files, 'up', '-d', '--build');
      expect((await app.addVisitor('Ada')).status).toBe(201);
      expect(await app.listVisitors()).toEqual(['Ada']);
      expect(await app.fetchText('/')).toContain('<h1>Visitors</h1>');
      expect(await app.askHealth()).toEqual({ code: 200, status: 'healthy' });
      const script = 'import os; print(os.getuid(), sorted(os.listdir("/app")), os.path.exists("/bin/sh"))';
      const { stdout } = await devstead('exec', 'backend', '--', 'python3', '-c', script);
      expect(stdout.trim()).toBe("65532 ['app.py', 'healthcheck.py'] False");
    },
    4 * minuteMs,
  );

  it('must leave nothing when its volumes and images are removed as well', async () => {
    await devstead('down', '--volumes');
    await devstead('image', 'rm', 'three-tier-frontend:local', 'three-tier-backend:local');
    expect(await findRemains(home(), before)).toEqual([]);
  });
});
