import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GitServer } from '../src/git-server.ts';
import { useHome } from '../src/use-home.ts';

interface UpResult {
  readonly addresses: readonly { readonly endpoint: string; readonly url: string }[];
}

const python = (repository: string, more = ''): string => `apiVersion: 1.0.0
metadata: { generateName: python- }
projects:
  - { name: Hello_World, source: { type: git, location: '${repository}' } }
components:
  - { type: chePlugin, id: ms-python/python/latest }
  - type: dockerimage
    alias: python
    image: quay.io/eclipse/che-python-3.8:ce0526f
    memoryLimit: 512Mi
    mountSources: true
    volumes: [{ name: venv, containerPath: /home/user/.venv }]
${more}commands:
  - name: run it
    actions:
      - type: exec
        component: python
        command: '. \${HOME}/.venv/bin/activate && python hello-world.py'
        workdir: '\${CHE_PROJECTS_ROOT}/Hello_World'
`;

describe('a devfile 1.0.0', () => {
  const home = useHome();
  let git: GitServer;
  beforeAll(async () => {
    git = await GitServer.start(join(home().root, 'served'));
    git.addRepository('hello', {
      'hello-world.py': 'import os, sys\nprint("hello from", sys.prefix, os.environ["CHE_PROJECTS_ROOT"])\n',
    });
  });
  afterAll(() => git.stop());
  const trust = (): Record<string, string> => ({
    GIT_SSL_CAINFO: git.certificate,
    DEVSTEAD_CA_BUNDLE: git.certificate,
  });

  it('must start as chectl’s users type it, and run its commands where the sources are', async () => {
    const node =
      '  - { type: dockerimage, alias: nodejs, image: "quay.io/eclipse/che-nodejs10-ubi:ce0526f", memoryLimit: 512Mi, mountSources: true }\n';
    const cwd = home().makeProject('python', python(git.repository('hello'), node));
    const started = await home().runWell(['workspace:start', '--devfile=devfile.yaml'], { cwd, env: trust() });
    expect(started.stderr).toContain('workspace:start stands for: devstead up devfile.yaml');
    const { stdout } = await home().runWell(['run', 'run-it'], { cwd });
    expect(stdout).toBe('hello from /home/user/.venv /projects\n');
    const listed = await home().runWell(['exec', 'nodejs', 'sh', '-c', 'ls $CHE_PROJECTS_ROOT; node -p 6*7'], { cwd });
    expect(listed.stdout).toBe('Hello_World\n42\n');
    const why = await home().runWell(['why', 'python.resources'], { cwd });
    expect(why.stdout).toContain('devfile.yaml:10');
    await home().runWell(['down', '--volumes', '--force'], { cwd });
  });

  it('must start from an address too, with the manifest beside it', async () => {
    const manifest = `kind: List
apiVersion: v1
items:
  - kind: Pod
    apiVersion: v1
    metadata: { name: cache, labels: { app: cache } }
    spec:
      initContainers:
        - { name: seed, image: 'docker.io/library/redis:7', command: [sh, -c, 'cp /etc/shop/greeting /data/seeded'], volumeMounts: [{ name: data, mountPath: /data }, { name: conf, mountPath: /etc/shop }] }
      containers:
        - name: redis
          image: docker.io/library/redis:7
          volumeMounts: [{ name: data, mountPath: /seed, readOnly: true }]
      volumes: [{ name: data, emptyDir: {} }, { name: conf, configMap: { name: settings } }]
  - { kind: ConfigMap, apiVersion: v1, metadata: { name: settings }, data: { greeting: "from a ConfigMap" } }
  - { kind: Service, apiVersion: v1, metadata: { name: store }, spec: { selector: { app: cache }, ports: [{ port: 6379 }] } }
`;
    const component = '  - { type: kubernetes, alias: cache, reference: app.yaml }\n';
    git.addFile('app.yaml', Buffer.from(manifest));
    const address = git.addFile('devfile.yaml', Buffer.from(python(git.repository('hello'), component)));
    const cwd = home().projects;
    await home().runWell(
      ['workspace:start', `--devfile-path=${address}`, '--yes', '--allow-private', '--name', 'shop'],
      {
        cwd,
        env: { ...trust(), DEVSTEAD_DEVFILES_HOSTS: new URL(git.address).host },
      },
    );
    const shop = join(cwd, 'shop');
    const inside = async (container: string, line: string): Promise<string> =>
      (await home().runWell(['exec', container, 'sh', '-c', line], { cwd: shop })).stdout.trim();
    expect(await inside('cache', 'cat /seed/seeded; touch /seed/x 2>/dev/null || echo read-only')).toBe(
      'from a ConfigMapread-only',
    );
    const ask =
      "import socket; s = socket.create_connection(('store', 6379), 5); s.send(b'PING\\r\\n'); print(s.recv(9))";
    expect(await inside('python', `python3 -c "${ask}"`)).toBe("b'+PONG\\r\\n'");
    await home().runWell(['down', '--volumes', '--force'], { cwd: shop });
  });
});

describe('editors and plugins of a devfile 1.0.0', () => {
  const home = useHome();
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
  const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  beforeAll(async () => {
    [registry, own] = await Promise.all([serve(), serve()]);
  });
  afterAll(() => {
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
    const env = { DEVSTEAD_DEVFILES_PLUGIN_REGISTRIES: addressOf(registry) };
    const { stdout } = await home().runWell(['up', '--output', 'json'], { cwd, env });
    const { addresses } = JSON.parse(stdout) as UpResult;
    const ide = addresses.find(({ endpoint }) => endpoint === 'ide')?.url ?? '';
    writeFileSync(join(cwd, 'page.txt'), 'served by the editor\n');
    await expect
      .poll(async () => (await fetch(`${ide}/page.txt`, { signal: AbortSignal.timeout(5000) })).text(), {
        timeout: 15_000,
      })
      .toBe('served by the editor\n');
    const linted = await home().runWell(['run', 'lint'], { cwd });
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
