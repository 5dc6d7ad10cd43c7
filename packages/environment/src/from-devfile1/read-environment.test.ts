import { describe, expect, it } from 'vitest';
import { listLeaves } from '../leaves.ts';
import { findValues } from '../why.ts';
import { readText1 } from './read-text.fixture.ts';

const head = 'apiVersion: 1.0.0\nmetadata: { generateName: shop- }\nattributes: { editorFree: "true" }\n';

describe('a dockerimage', () => {
  it('has the sources only when it asks for them, and what it names is put in', async () => {
    const { environment, diagnostics } = await readText1(`${head}projects:
  - { name: Petclinic, source: { type: git, location: 'https://git.example/p.git', branch: main, sparseCheckoutDir: app/ } }
components:
  - alias: web
    type: dockerimage
    image: example/web
    memoryLimit: 1536M
    mountSources: true
    env:
      - { name: GOPATH, value: $(CHE_PROJECTS_ROOT) }
      - { name: CACHE, value: $(GOPATH)/cache }
      - { name: NONE, value: $(LATER) $$(GOPATH) }
      - { name: LATER, value: x }
  - alias: mysql
    type: dockerimage
    image: example/mysql
    memoryLimit: 300Mi
    endpoints: [{ name: db, port: 3306, attributes: { public: 'false', discoverable: 'true' } }]
    volumes: [{ name: data_dir, containerPath: /var/lib/mysql }]
commands:
  - name: 1. Run it
    actions: [{ type: exec, component: web, command: make run, workdir: '\${CHE_PROJECTS_ROOT}/Petclinic' }]
`);
    expect(diagnostics).toEqual([]);
    expect(environment.name).toBe('shop');
    expect(environment.source).toEqual({ format: 'devfile', version: '1.0.0', file: 'devfile.yaml' });
    const [web, mysql] = environment.containers;
    expect(Object.fromEntries((web?.env ?? []).map(({ name, value }) => [name, value]))).toEqual({
      PROJECTS_ROOT: '/projects',
      PROJECT_SOURCE: '/projects/Petclinic',
      GOPATH: '/projects',
      CACHE: '/projects/cache',
      NONE: '$(LATER) $(GOPATH)',
      LATER: 'x',
      CHE_PROJECTS_ROOT: '/projects',
    });
    expect(web?.resources).toEqual({ memoryLimitBytes: 1_536_000_000 });
    expect([mysql?.sources, mysql?.aliases]).toEqual([undefined, ['db']]);
    expect(mysql?.endpoints).toMatchObject([{ name: 'db', port: 3306, exposure: 'internal' }]);
    expect(environment.volumes).toEqual([{ name: 'data-dir', ephemeral: false }]);
    expect(environment.commands).toMatchObject([
      { id: '1-run-it', label: '1. Run it', workingDir: '/projects/Petclinic' },
    ]);
    expect(environment.projects).toMatchObject([{ name: 'petclinic', clonePath: 'Petclinic', sparseDirs: ['app'] }]);
    expect(findValues(environment, 'mysql.endpoints.db.exposure')[0]?.origins[0]).toMatchObject({
      kind: 'file',
      line: 21,
    });
    expect(findValues(environment, 'mysql.aliases')[0]?.origins[0]?.line).toBe(21);
    expect(environment.editor).toEqual({ plugins: [], commands: [] });
  });

  it('keeps nothing where volumes do not persist', async () => {
    const { environment } = await readText1(`apiVersion: 1.0.0
metadata: { name: x }
attributes: { persistVolumes: false }
components:
  - { alias: a, type: dockerimage, image: i, memoryLimit: 1Gi, volumes: [{ name: v, containerPath: /v }] }
`);
    expect(environment.volumes).toEqual([{ name: 'v', ephemeral: true }]);
    expect(environment.editor?.editor).toEqual({ name: 'devstead/web/latest', isKnown: false, containers: [] });
  });
});

const manifest = `apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: backend, labels: { app: shop } }
    spec:
      replicas: 2
      template:
        metadata: { labels: { tier: backend } }
        spec:
          initContainers: [{ name: migrate, image: example/migrate, command: [migrate] }]
          containers:
            - name: api
              image: example/api
              args: [serve]
              workingDir: /srv
              ports: [{ name: web, containerPort: 9000 }]
              envFrom: [{ configMapRef: { name: settings }, prefix: S_ }, { secretRef: { name: none, optional: true } }]
              env:
                - { name: PASSWORD, valueFrom: { secretKeyRef: { name: login, key: password } } }
                - { name: URL, value: 'db://$(PASSWORD)@db' }
                - { name: IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
                - { name: GONE, valueFrom: { configMapKeyRef: { name: nobody, key: x } } }
              resources: { limits: { memory: 256Mi, cpu: 500m }, requests: { memory: 64Mi } }
              volumeMounts:
                - { name: data, mountPath: /data, subPath: files, readOnly: true }
                - { name: tmp, mountPath: /scratch }
                - { name: conf, mountPath: /etc/shop }
                - { name: host, mountPath: /host }
          volumes:
            - { name: data, persistentVolumeClaim: { claimName: Store } }
            - { name: tmp, emptyDir: {} }
            - { name: conf, configMap: { name: settings, items: [{ key: mode, path: mode.conf }] } }
            - { name: host, hostPath: { path: / } }
  - { apiVersion: v1, kind: Service, metadata: { name: shop-api, labels: { app: shop } }, spec: { type: NodePort, selector: { tier: backend }, ports: [{ port: 80, targetPort: web }] } }
  - { apiVersion: v1, kind: ConfigMap, metadata: { name: settings, labels: { app: shop } }, data: { mode: fast } }
  - { apiVersion: v1, kind: Secret, metadata: { name: login, labels: { app: shop } }, data: { password: czNjcmV0 } }
  - { apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: Store, labels: { app: shop } }, spec: { resources: { requests: { storage: 2Gi } } } }
  - { apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: in, labels: { app: shop } }, spec: {} }
  - { apiVersion: v1, kind: Pod, metadata: { name: other }, spec: { containers: [{ name: other, image: example/other }] } }
`;

describe('a manifest', () => {
  const component = `components:
  - alias: cluster
    type: kubernetes
    reference: app.yaml
    selector: { app: shop }
    mountSources: true
    entrypoints: [{ parentName: backend, containerName: api, command: [sleep], args: [infinity] }]
    env: [{ name: MORE, value: x }]
commands:
  - { name: run, actions: [{ type: exec, component: cluster, command: make }] }
`;

  it('becomes containers, volumes, files and endpoints; the rest is told', async () => {
    const { environment, diagnostics } = await readText1(head + component, { 'app.yaml': manifest });
    expect(environment.containers.map(({ name }) => name)).toEqual(['migrate', 'cluster']);
    const [migrate, api] = environment.containers;
    expect(migrate).toMatchObject({ image: 'example/migrate', command: ['migrate'], appliedBy: ['migrate-init'] });
    expect(environment.events.preStart).toEqual(['migrate-init']);
    expect(api).toMatchObject({
      image: 'example/api',
      command: ['sleep'],
      args: ['infinity'],
      aliases: ['shop-api'],
      files: [{ path: '/etc/shop/mode.conf', text: 'fast' }],
      mounts: [
        { volume: 'store', path: '/data', readOnly: true, subPath: 'files' },
        { volume: 'backend-tmp', path: '/scratch' },
      ],
      endpoints: [{ name: 'shop-api', port: 9000, exposure: 'public' }],
      resources: { memoryLimitBytes: 2 ** 28, cpuLimitMillis: 500, memoryRequestBytes: 2 ** 26 },
      sources: { root: '/projects' },
    });
    expect(Object.fromEntries((api?.env ?? []).map(({ name, value }) => [name, value]))).toMatchObject({
      S_mode: 'fast',
      PASSWORD: 's3cret',
      URL: 'db://s3cret@db',
      MORE: 'x',
      CHE_PROJECTS_ROOT: '/projects',
    });
    expect(environment.volumes).toEqual([
      { name: 'store', sizeBytes: 2 ** 31, ephemeral: false },
      { name: 'backend-tmp', ephemeral: true },
    ]);
    expect(environment.commands[0]).toMatchObject({ id: 'run', container: 'cluster' });
    expect(
      diagnostics
        .filter(({ severity }) => severity === 'warning')
        .map(({ code, file, line }) => `${code.slice('environment.'.length)} ${file}:${line}`),
    ).toEqual([
      'object-part app.yaml:17',
      'object-part app.yaml:36',
      'object-part app.yaml:35',
      'object-part app.yaml:23',
      'unknown-object app.yaml:24',
    ]);
    expect(
      findValues(environment, 'cluster.command')[0]?.origins.map(({ kind, file, line }) => [kind, file, line]),
    ).toEqual([
      ['override', 'devfile.yaml', 10],
      ['file', 'app.yaml', 14],
    ]);
    expect(findValues(environment, 'cluster.env.PASSWORD')[0]?.origins[0]).toMatchObject({
      file: 'app.yaml',
      line: 38,
    });
  });

  it('lets browsers in where an Ingress or a Route leads, and runs a Job once', async () => {
    const { environment, diagnostics } = await readText1(`${head}components:
  - alias: shop
    type: kubernetes
    referenceContent: |
      kind: List
      items:
      - kind: Pod
        metadata: { name: web, labels: { app: web } }
        spec:
          containers: [{ name: web, image: example/web, ports: [{ name: http, containerPort: 8080 }, { containerPort: 9090 }] }]
      - kind: Pod
        metadata: { name: docs, labels: { app: docs } }
        spec: { containers: [{ name: docs, image: example/docs }] }
      - kind: Service
        metadata: { name: web }
        spec: { selector: { app: web }, ports: [{ name: main, port: 8080, targetPort: http }, { name: metrics, port: 9090 }] }
      - kind: Service
        metadata: { name: docs }
        spec: { selector: { app: docs }, ports: [{ port: 4000 }] }
      - apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: { name: in }
        spec:
          tls: [{ hosts: [shop.example] }]
          rules:
          - host: shop.example
            http: { paths: [{ path: /app, backend: { service: { name: web, port: { name: main } } } }] }
          - http: { paths: [{ backend: { serviceName: gone, servicePort: 80 } }] }
      - { kind: Route, metadata: { name: docs }, spec: { to: { kind: Service, name: docs } } }
      - kind: Job
        metadata: { name: migrate }
        spec: { template: { spec: { containers: [{ name: migrate, image: example/migrate }], restartPolicy: Never } } }
      - { kind: CronJob, metadata: { name: nightly }, spec: {} }
`);
    const endpoints = environment.containers.flatMap(({ name, endpoints: own }) =>
      own.map(({ port, exposure, protocol, path }) => [name, port, exposure, protocol, path]),
    );
    expect(endpoints).toEqual([
      ['web', 8080, 'public', 'http', '/app'],
      ['web', 9090, 'internal', 'tcp', undefined],
      ['docs', 4000, 'public', 'http', undefined],
    ]);
    const job = environment.containers.find(({ name }) => name === 'migrate');
    expect(job).toMatchObject({ image: 'example/migrate', appliedBy: ['migrate-job'], runsOnce: true });
    expect(environment.events).toMatchObject({ preStart: [], postStart: ['migrate-job'] });
    const told = diagnostics.map(
      ({ code, severity, line }) => `${severity} ${code.slice('environment.'.length)} ${line}`,
    );
    expect(told).toEqual([
      'info object-part 29',
      'info object-part 27',
      'warning object-ignored 36',
      'warning unknown-object 31',
    ]);
    expect(findValues(environment, 'web.endpoints.main.exposure')[0]?.origins[0]).toMatchObject({ line: 30 });
    expect(findValues(environment, 'migrate.runsOnce')[0]?.origins[0]).toMatchObject({ line: 35 });
  });

  it('stands in the devfile with places of its own', async () => {
    const { environment } = await readText1(`${head}components:
  - alias: pod
    type: openshift
    referenceContent: |
      kind: Pod
      apiVersion: v1
      metadata: { name: pod }
      spec:
        containers:
          - name: one
            image: example/one
          - name: two
            image: example/two
`);
    expect(environment.containers.map(({ name }) => name)).toEqual(['one', 'two']);
    expect(findValues(environment, 'two.image')[0]?.origins).toEqual([
      { kind: 'file', file: 'devfile.yaml', line: 16, column: 20 },
    ]);
  });
});

describe('plugins', () => {
  const editor = `apiVersion: v2
publisher: p
name: editor
version: "1"
type: Che Editor
displayName: An editor
spec:
  endpoints: [{ name: ide, public: true, targetPort: 3100, attributes: { protocol: http, path: /start } }]
  containers:
    - name: ide
      image: example/ide
      mountSources: true
      memoryLimit: 512M
      ports: [{ exposedPort: 3100 }]
      volumes: [{ name: plugins, mountPath: /plugins, ephemeral: true }]
      commands: [{ name: restart, command: [sh, -c, 'kill 1'], workingDir: /projects }]
  initContainers: [{ name: injector, image: example/injector, volumes: [{ name: plugins, mountPath: /plugins }] }]
  workspaceEnv: [{ name: PLUGINS, value: /plugins }]
`;
  const tools = `apiVersion: v2
spec:
  extensions: [https://files.example/tools.vsix]
  containers: [{ name: a, image: example/a, memoryLimit: 1Gi }, { name: b, image: example/b }]
`;
  const text = `apiVersion: 1.0.0
metadata: { name: x }
components:
  - { type: cheEditor, alias: ed, id: p/editor/1 }
  - { type: chePlugin, alias: tools, id: p/tools/1, registryUrl: 'https://own.example', memoryLimit: 256M, preferences: { x.on: true, level: 3 } }
  - { type: dockerimage, alias: web, image: example/web, memoryLimit: 1Gi }
commands:
  - { name: check, actions: [{ type: exec, component: tools, command: check }] }
  - { name: debug, actions: [{ type: vscode-launch, referenceContent: '{}' }] }
`;

  it('bring sidecars with endpoints, limits and variables, and a record for the editor', async () => {
    const { environment, diagnostics } = await readText1(text, {
      'https://plugins.example/v3/plugins/p/editor/1/meta.yaml': editor,
      'https://own.example/v3/plugins/p/tools/1/meta.yaml': tools,
    });
    expect(diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(environment.containers.map(({ name }) => name)).toEqual(['injector', 'ed', 'a', 'b', 'web']);
    const byName = new Map(environment.containers.map((container) => [container.name, container]));
    expect(byName.get('ed')).toMatchObject({
      endpoints: [{ name: 'ide', port: 3100, exposure: 'public', path: '/start' }],
      resources: { memoryLimitBytes: 512_000_000 },
      mounts: [{ volume: 'plugins', path: '/plugins' }],
      sources: { root: '/projects' },
    });
    expect([byName.get('a')?.resources, byName.get('b')?.resources]).toEqual([
      { memoryLimitBytes: 256_000_000 },
      { memoryLimitBytes: 256_000_000 },
    ]);
    for (const container of environment.containers) {
      expect(container.env).toContainEqual({ name: 'PLUGINS', value: '/plugins' });
    }
    expect(environment.events.preStart).toEqual(['injector-init']);
    expect(environment.commands.map(({ id }) => id)).toEqual(['check', 'injector-init', 'restart']);
    expect(environment.commands[0]).toMatchObject({ container: 'a' });
    expect(environment.commands[2]).toMatchObject({ container: 'ed', commandLine: "sh -c 'kill 1'" });
    expect(environment.editor).toEqual({
      editor: { name: 'p/editor/1', isKnown: true, displayName: 'An editor', containers: ['ed'] },
      plugins: [
        {
          name: 'p/tools/1',
          isKnown: true,
          containers: ['a', 'b'],
          extensions: ['https://files.example/tools.vsix'],
          preferences: [
            { name: 'x.on', value: 'true' },
            { name: 'level', value: '3' },
          ],
        },
      ],
      commands: [{ name: 'debug', type: 'vscode-launch', definition: '{}' }],
    });
    const limit = findValues(environment, 'a.resources.memoryLimitBytes')[0]?.origins ?? [];
    expect(limit[0]).toMatchObject({ kind: 'file', file: 'devfile.yaml', line: 5 });
    expect(findValues(environment, 'ed.image')[0]?.origins.map(({ kind, file }) => `${kind} ${file}`)).toEqual([
      'file meta.yaml',
      'plugin devfile.yaml',
    ]);
    for (const { path } of listLeaves(environment)) expect(environment.provenance[path] ?? []).not.toEqual([]);
  });
});
