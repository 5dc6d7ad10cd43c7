import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EngineKind, explainMissingEngine, PrivateEngine } from './engines/private-engine.ts';
import { useHome } from './use-home.ts';

interface UpResult {
  readonly addresses: readonly { readonly endpoint: string; readonly url: string }[];
}

/** What editors and plugins of a devfile 1.0.0 must be, in the sandbox or on an engine of its own. */
export function describePlugins(kind?: EngineKind): void {
  const missing = kind === undefined ? undefined : explainMissingEngine(kind);
  const place = kind === undefined ? 'in the sandbox' : `on ${missing ?? kind}`;
  describe.skipIf(missing !== undefined)(`editors and plugins of a devfile 1.0.0 ${place}`, () => {
    const home = useHome();
    let engine: PrivateEngine | undefined;
    let registry: Server;
    let own: Server;
    const asked: string[] = [];
    const definitions: Readonly<Record<string, string>> = {
      '/v3/plugins/acme/ide/latest/meta.yaml': `apiVersion: v2
type: Che Editor
spec:
  endpoints: [{ name: ide, public: true, targetPort: 3100, attributes: { protocol: http } }]
  containers:
    - name: ide
      image: docker.io/library/python:3.11
      mountSources: true
      memoryLimit: 256M
      ports: [{ exposedPort: 3100 }]
      args: [python3, -m, http.server, '3100', --directory, /projects]
  workspaceEnv: [{ name: ACME_IDE, value: 'on' }]
`,
      '/v3/plugins/acme/cache/1.0.0/meta.yaml': `apiVersion: v2
type: Che Plugin
spec:
  containers:
    - { name: cache, image: 'docker.io/library/redis:7', memoryLimit: 1Gi, ports: [{ exposedPort: 6379 }] }
`,
      '/plugins/acme/lint/2.0.0/meta.yaml': `apiVersion: v2
type: VS Code extension
spec:
  extensions: [https://files.example/lint.vsix]
  containers: [{ name: lint, image: 'docker.io/library/python:3.11', command: [sleep, infinity], memoryLimit: 1Gi }]
`,
    };
    const serve = async (): Promise<Server> => {
      const server = createServer((request, response) => {
        asked.push(request.url ?? '');
        const text = definitions[request.url ?? ''];
        if (text === undefined) response.writeHead(404).end();
        else response.end(text);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    };
    const runOn = (): Record<string, string> =>
      engine === undefined ? {} : { ...engine.variables, DEVSTEAD_RUNTIME: 'container' };
    const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    beforeAll(async () => {
      [registry, own] = await Promise.all([serve(), serve()]);
      if (kind !== undefined) engine = await PrivateEngine.start(kind);
    });
    afterAll(async () => {
      await engine?.remove();
      for (const server of [registry, own]) {
        server.closeAllConnections();
        server.close();
      }
    });

    it('must run beside it with their endpoints and limits, from the registries that are named', async () => {
      const cwd = home().makeProject(
        'plugins',
        `apiVersion: 1.0.0
metadata: { name: plugins }
components:
  - { type: cheEditor, id: acme/ide/latest }
  - { type: chePlugin, alias: cache, id: acme/cache/1.0.0, memoryLimit: 96Mi }
  - { type: chePlugin, alias: lint, id: acme/lint/2.0.0, registryUrl: '${addressOf(own)}', memoryLimit: 64Mi, preferences: { lint.level: strict } }
commands:
  - { name: lint, actions: [{ type: exec, component: lint, command: 'echo linted by $ACME_IDE' }] }
`,
      );
      const env = { ...runOn(), DEVSTEAD_DEVFILES_PLUGIN_REGISTRIES: addressOf(registry) };
      const { stdout } = await home().runWell(['up', '--output', 'json'], { cwd, env });
      const { addresses } = JSON.parse(stdout) as UpResult;
      const ide = addresses.find(({ endpoint }) => endpoint === 'ide')?.url ?? '';
      writeFileSync(join(cwd, 'page.txt'), 'served by the editor\n');
      await expect
        .poll(async () => (await fetch(`${ide}/page.txt`, { signal: AbortSignal.timeout(5000) })).text(), {
          timeout: 15_000,
        })
        .toBe('served by the editor\n');
      const linted = await home().runWell(['run', 'lint'], { cwd, env });
      expect(linted.stdout).toContain('linted by on\n');
      const listing = JSON.parse((await home().runWell(['why', '--environment'], { cwd, env })).stdout) as {
        containers: { name: string; resources: { memoryLimitBytes?: number } }[];
        editor: unknown;
      };
      expect(listing.containers.map(({ name, resources }) => [name, resources.memoryLimitBytes])).toEqual([
        ['ide', 256_000_000],
        ['cache', 96 * 2 ** 20],
        ['lint', 64 * 2 ** 20],
      ]);
      expect(listing.editor).toEqual({
        editor: { name: 'acme/ide/latest', isKnown: true, containers: ['ide'] },
        plugins: [
          { name: 'acme/cache/1.0.0', isKnown: true, containers: ['cache'] },
          {
            name: 'acme/lint/2.0.0',
            isKnown: true,
            containers: ['lint'],
            extensions: ['https://files.example/lint.vsix'],
            preferences: [{ name: 'lint.level', value: 'strict' }],
          },
        ],
        commands: [],
      });
      expect(asked).toContain('/v3/plugins/acme/ide/latest/meta.yaml');
      await home().runWell(['down', '--volumes', '--force'], { cwd, env });
    });

    it('must be told apart from those that nobody has, and from registries that are down', async () => {
      const cwd = home().makeProject(
        'absent',
        `apiVersion: 1.0.0
metadata: { name: absent }
components:
  - { type: chePlugin, id: acme/nobody/1.0.0 }
  - { type: chePlugin, id: acme/away/1.0.0, registryUrl: 'http://127.0.0.1:9' }
`,
      );
      const env = { DEVSTEAD_DEVFILES_PLUGIN_REGISTRIES: addressOf(registry) };
      const { code, stdout } = await home().run(['check', '--output', 'json'], { cwd, env });
      expect(code).toBe(1);
      const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; line: number }[] };
      expect(diagnostics.map((one) => `${one.line} ${one.code}`)).toEqual([
        '4 devfile.unknown-plugin',
        '5 devfile.import-unreachable',
      ]);
    });
  });
}
