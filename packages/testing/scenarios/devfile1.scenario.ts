import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describePlugins } from '../src/describe-plugins.ts';
import { GitServer } from '../src/git-server.ts';
import { useHome } from '../src/use-home.ts';

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

describePlugins();
