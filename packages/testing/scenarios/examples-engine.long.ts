import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EngineKind, explainMissingEngine, PrivateEngine } from '../src/engines/private-engine.ts';
import { firstScenarioPort } from '../src/scenario-home.ts';
import { ThreeTier } from '../src/three-tier.ts';
import { useHome } from '../src/use-home.ts';

const minuteMs = 60_000;
const port = firstScenarioPort + 860;

/** The examples with one command each, on an engine that is found as users have it. */
function describeExamples(kind: EngineKind): void {
  const missing = explainMissingEngine(kind);
  describe.skipIf(missing !== undefined)(`the examples on an engine: ${missing ?? kind}`, () => {
    const home = useHome();
    let engine: PrivateEngine;
    beforeAll(async () => {
      await home().claimImages('docker_lab:local', 'three-tier-frontend:local', 'three-tier-backend:local');
      engine = await PrivateEngine.start(kind);
    });
    afterAll(async () => {
      await home().run(['down', '--all', '--volumes', '--force'], { env: { ...engine.variables } });
      await engine.remove();
    });
    const call = (cwd: string): { cwd: string; env: Record<string, string>; timeoutMs: number } => ({
      cwd,
      env: { ...engine.variables },
      timeoutMs: 8 * minuteMs,
    });
    it('docker-lab must be built and healthy', async () => {
      const cwd = home().copyExample('docker-lab');
      const file = join(cwd, 'docker-compose.yml');
      writeFileSync(file, readFileSync(file, 'utf8').replace('"8000:8000"', `"127.0.0.1:${port}:8000"`));
      await home().runWell(['up', '--runtime', 'container'], call(cwd));
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(10_000) });
      expect(await answer.json()).toEqual({ status: 'ok' });
      const who = await home().runWell(['exec', 'app', '--', 'id', '-u'], call(cwd));
      expect(who.stdout).toBe('10001\n');
      await home().runWell(['down'], call(cwd));
    });

    it('three-tier must serve each tier, keep its visitors, and run as images too', async () => {
      const example = new ThreeTier(home(), port);
      const cwd = example.folder;
      await home().runWell(['up', '--runtime', 'container'], call(cwd));
      expect(await example.addVisitor('Ada')).toMatchObject({ status: 201 });
      await home().runWell(['down'], call(cwd));
      const images = ['compose', '-f', 'compose.yaml', '-f', 'compose.images.yaml'];
      await home().runWell([...images, 'up', '-d', '--build', '--wait'], call(cwd));
      expect(await example.listVisitors()).toEqual(['Ada']);
      await home().runWell([...images, 'down', '--volumes'], call(cwd));
    });
  });
}

describeExamples('docker');
describeExamples('podman');
