import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Observed } from '../plan/types.ts';
import { identify } from '../process/process-table.ts';
import type { RuntimeSettings } from '../settings.ts';
import { workspacePaths } from '../state/paths.ts';
import { openContainerContext } from './container-context.ts';
import { answerAs, startFakeEngine } from './engine/fake-engine.fixture.ts';
import { observeContainers } from './observe.ts';
import { type ContainersState, updateContainersState } from './workspace-state.ts';

/** A workspace of which the engine has nothing. */
async function observe(state: Partial<ContainersState>): Promise<Observed> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'devstead-observe-'));
  onTestFinished(() => rmSync(stateFolder, { recursive: true, force: true }));
  const paths = workspacePaths(join(stateFolder, 'workspaces/shop-00000000'));
  mkdirSync(paths.root, { recursive: true });
  updateContainersState(paths, { hubStartedAt: '2025-06-01T00:00:00Z', ...state });
  const socket = await startFakeEngine(
    answerAs({
      server: 'Docker/26.1.0 (linux)',
      apiVersion: '1.45',
      paths: { '/containers/json': [], '/volumes': { Volumes: null }, '/images/json': [] },
    }),
  );
  const settings = { stateFolder, engineVariables: { DOCKER_HOST: `unix://${socket}` } } as unknown as RuntimeSettings;
  const context = openContainerContext({ id: 'shop-00000000', name: 'shop', paths }, settings);
  onTestFinished(() => context.close());
  return observeContainers(context);
}

const ports = [
  { endpoint: 'web', container: 'app', port: 80, hostPort: 20_001, exposure: 'public', protocol: 'http' },
] as const;
const alive = identify(process.pid);
if (alive === undefined) throw new Error('this process is not known');

describe('what is left of a run whose hub ended with its engine', () => {
  it('are the ports that its supervisor still holds', async () => {
    expect(await observe({ supervisor: alive, ports })).toMatchObject({
      hasRemains: true,
      leftPorts: { web: 20_001 },
      publishedPorts: {},
      isSupervised: false,
    });
  });

  it('is what carries connections to the index', async () => {
    expect(await observe({ indexRelay: alive, ports })).toMatchObject({ hasRemains: true, leftPorts: {} });
  });

  it('is nothing once they have ended', async () => {
    const observed = await observe({ supervisor: { ...alive, pid: 4_194_305 }, ports });
    expect(observed).toMatchObject({ hasRemains: false, publishedPorts: {} });
    expect(observed.leftPorts).toBeUndefined();
  });
});
