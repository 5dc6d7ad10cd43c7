import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describePlugins } from '../src/describe-plugins.ts';
import { type EngineKind, explainMissingEngine, PrivateEngine } from '../src/engines/private-engine.ts';
import { useHome } from '../src/use-home.ts';

const kind: EngineKind = 'podman';
const missing = explainMissingEngine(kind);

const devfile = `apiVersion: 1.0.0
metadata: { name: cluster }
components:
  - alias: cache
    type: kubernetes
    referenceContent: |
      kind: List
      apiVersion: v1
      items:
        - kind: Pod
          apiVersion: v1
          metadata: { name: cache, labels: { app: cache } }
          spec:
            containers:
              - { name: redis, image: 'docker.io/library/redis:7', volumeMounts: [{ name: conf, mountPath: /etc/shop }] }
            volumes: [{ name: conf, configMap: { name: settings } }]
        - { kind: ConfigMap, apiVersion: v1, metadata: { name: settings }, data: { greeting: from a ConfigMap } }
        - { kind: Service, apiVersion: v1, metadata: { name: store }, spec: { selector: { app: cache }, ports: [{ port: 6379 }] } }
commands:
  - { name: greet, actions: [{ type: exec, component: cache, command: 'cat /etc/shop/greeting; echo; redis-cli -h store PING' }] }
`;

describe(`a devfile 1.0.0 on Podman${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  const home = useHome();
  let engine: PrivateEngine | undefined;
  beforeAll(async () => {
    if (missing === undefined) engine = await PrivateEngine.start(kind);
  });
  afterAll(() => engine?.remove());

  it.skipIf(missing !== undefined)('must have the names and the files of its manifest', async () => {
    const cwd = home().makeProject('cluster', devfile);
    const env = { ...engine?.variables, DEVSTEAD_RUNTIME: 'container' };
    await home().runWell(['up'], { cwd, env });
    const status = JSON.parse((await home().runWell(['status', '--output', 'json'], { cwd, env })).stdout) as object;
    expect(status).toMatchObject({ runtime: 'container' });
    const { stdout } = await home().runWell(['run', 'greet'], { cwd, env });
    expect(stdout).toBe('from a ConfigMap\nPONG\n');
    await home().runWell(['down', '--volumes', '--force'], { cwd, env });
  });
});

describePlugins('docker');
describePlugins('podman');
