import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDevfile, makeStackYaml, TemporaryFolder } from '../make-stacks.fixture.ts';
import { digestOf } from '../oci/artifact.ts';
import { folderSource } from '../sources/stack-source.ts';
import { prepareRegistry, type RegistrySettings } from '../start-registry.ts';

type Prepared = Awaited<ReturnType<typeof prepareRegistry>>;

const hostile = '"><script>alert(1)</script>';
const hostileSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script><foreignObject/></svg>';

const folder = new TemporaryFolder().write({
  'stacks/go/stack.yaml': `${makeStackYaml('go', ['1.0.0', '2.0.0'])}description: Stack of  Go\n`,
  'stacks/go/1.0.0/devfile.yaml': makeDevfile('go', '1.0.0', { metadata: '  tags: [Go, Old]\n' }),
  'stacks/go/1.0.0/kubernetes/deploy.yaml': 'kind: Deployment\n',
  'stacks/go/2.0.0/devfile.yaml': makeDevfile('go', '2.0.0', {
    schemaVersion: '2.3.0',
    metadata: '  tags: [Go, New]\n  description: The newest\n',
    rest: 'commands: [{ id: run, exec: { component: runtime, commandLine: x, group: { kind: run } } }]\n',
  }),
  'stacks/old/devfile.yaml': makeDevfile('old', '1.0.0', { metadata: '  tags: [Deprecated]\n' }).replace(
    '  architectures: [amd64]\n',
    '',
  ),
  'stacks/evil/devfile.yaml': makeDevfile('evil', '1.0.0', {
    metadata: `  icon: logo.svg\n  description: '${hostile}'\n`,
    rest: "starterProjects: [{ name: away, git: { remotes: { origin: 'https://git.example.com/a.git' } } }]\n",
  })
    .replace('Stack evil', `'${hostile}'`)
    .replace('https://example.com/support', '"javascript:alert(1)"'),
  'stacks/evil/logo.svg': hostileSvg,
  'extraDevfileEntries.yaml':
    'samples:\n  - name: hello\n    provider: x\n    supportUrl: y\n    git: { remotes: { origin: "https://git.example.com/hello.git" } }\n',
  'plugins/acme/tools/1.0.0/meta.yaml':
    'apiVersion: v2\npublisher: acme\nname: tools\nversion: 1.0.0\ntype: Che Plugin\ndisplayName: Tools\n',
  'plugins/acme/tools/1.10.0/meta.yaml':
    'apiVersion: v2\npublisher: acme\nname: tools\nversion: 1.10.0\ntype: Che Plugin\n',
});

const prepare = (path: string, change: Partial<RegistrySettings> = {}): Promise<Prepared> =>
  prepareRegistry({ sources: [folderSource(path)], cacheFolder: folder.path, logLevel: 'silent', ...change });

let registry: Prepared;
beforeAll(async () => {
  registry = await prepare(folder.path);
});
afterAll(async () => {
  await registry.stop();
  folder[Symbol.dispose]();
});

const get = (url: string, headers: Readonly<Record<string, string>> = {}) => registry.app.inject({ url, headers });
const names = async (url: string): Promise<readonly string[]> =>
  (
    (await get(url)).json() as readonly {
      readonly name: string;
      readonly versions?: readonly { readonly version: string }[];
    }[]
  ).map(({ name, versions }) =>
    versions === undefined ? name : `${name}:${versions.map(({ version }) => version).join(',')}`,
  );

describe('the index', () => {
  it('has default versions in the old form, and all of them in the new one', async () => {
    const [first] = (await get('/index')).json() as readonly Record<string, unknown>[];
    expect(await names('/index')).toEqual(['evil', 'go', 'old']);
    expect(first).toMatchObject({
      version: '1.0.0',
      links: { self: 'devfile-catalog/evil:1.0.0' },
      resources: ['devfile.yaml', 'logo.svg'],
    });
    expect(await names('/v2index')).toEqual(['evil:1.0.0', 'go:2.0.0,1.0.0', 'old:1.0.0']);
    expect(await names('/v2index/sample')).toEqual(['hello']);
    expect(await names('/v2index/all/')).toHaveLength(4);
  });

  it.each([
    ['/v2index?name=G', ['go:2.0.0,1.0.0']],
    ['/v2index?description=stack%20of%20go', ['go:2.0.0,1.0.0']],
    ['/v2index?description=newest', ['go:2.0.0']],
    ['/v2index?tags=go&tags=new', ['go:2.0.0']],
    ['/v2index?tags=Old', ['go:1.0.0']],
    ['/index?tags=new', []],
    ['/v2index?arch=arm64', ['old:1.0.0']],
    ['/v2index?arch=amd64&name=go', ['go:2.0.0,1.0.0']],
    ['/v2index?deprecated=true', ['old:1.0.0']],
    ['/v2index?deprecated=false&name=o', ['go:2.0.0,1.0.0']],
    ['/v2index?default=true&name=go', ['go:1.0.0']],
    ['/v2index?minSchemaVersion=2.3', ['go:2.0.0']],
    ['/v2index?maxSchemaVersion=2.2&name=go', ['go:1.0.0']],
    ['/v2index?minVersion=1.1&maxVersion=2.0', ['go:2.0.0']],
    ['/v2index?maxLastModified=1999-12-31', []],
    ['/v2index?minLastModified=1999-12-31&name=go', ['go:2.0.0,1.0.0']],
    ['/v2index?commandGroups=run', ['go:2.0.0']],
    ['/v2index?resources=archive.tar', ['go:1.0.0']],
    ['/v2index?starterProjects=away', ['evil:1.0.0']],
    ['/v2index?links=catalog/go:1', ['go:1.0.0']],
    ['/v2index?linkNames=self&name=old', ['old:1.0.0']],
    ['/v2index/sample?gitRemotes=git.example.com', ['hello']],
    ['/v2index/sample?gitRemoteNames=upstream', []],
    ['/v2index?gitUrl=x', []],
    ['/v2index?iconUri=example.com', ['go:2.0.0,1.0.0']],
    ['/v2index?nonsense=1&name=old', ['old:1.0.0']],
    ['/index?minVersion=9.9&name=old', ['old']],
  ])('%s has %j', async (url, expected) => expect(await names(url)).toEqual(expected));

  it.each([
    '/v2index?minSchemaVersion=1.0',
    '/v2index?maxVersion=one',
    '/v2index?minLastModified=2024-02-30',
    '/v2index?icon=png',
    '/v2index?deprecated=maybe',
  ])('%s is refused with a sentence', async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toEqual({ status: expect.any(String) });
  });

  it('answers an object where there is nothing at all, and a list where a filter leaves nothing', async () => {
    using empty = new TemporaryFolder().write({ 'stacks/none': '' });
    const other = await prepare(empty.path);
    const answer = await other.app.inject('/v2index');
    await other.stop();
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'No stacks or samples found in the registry' }]);
    expect((await get('/v2index?name=nothing')).json()).toEqual([]);
  });

  it('puts icons in where they are asked for', async () => {
    const entries = (await get('/v2index?icon=base64&name=evil')).json() as readonly { readonly icon: string }[];
    expect(entries[0]?.icon).toBe(`data:image/svg+xml;base64,${Buffer.from(hostileSvg).toString('base64')}`);
  });

  it('is packed, tagged, and not sent again', async () => {
    const plain = await get('/v2index');
    const packed = await get('/v2index', { 'accept-encoding': 'gzip' });
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body);
    expect(packed.headers['etag']).not.toBe(plain.headers['etag']);
    const again = await get('/v2index', { 'if-none-match': String(plain.headers['etag']) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    expect((await get('/v2index', { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding']).toBeUndefined();
  });
});

describe('devfiles', () => {
  it.each([
    ['/devfiles/go', '1.0.0'],
    ['/devfiles/go/default', '1.0.0'],
    ['/devfiles/go/latest', '2.0.0'],
    ['/devfiles/go/latest?maxSchemaVersion=2.2', '1.0.0'],
    ['/devfiles/go/2.0.0?maxSchemaVersion=2.2', '2.0.0'],
  ])('%s is version %s', async (url, version) => {
    const answer = await get(url);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.body).toContain(`version: ${version}\n`);
  });

  it.each([
    ['/devfiles/nothing', 404, "the devfile of nothing didn't exist"],
    ['/devfiles/go/9.9.9', 404, 'version: 9.9.9 not found in stack go'],
    ['/devfiles/go/latest?minSchemaVersion=2.9', 404, "the devfile of go didn't exist"],
    [
      '/devfiles/go/latest?minSchemaVersion=x',
      400,
      "minSchemaVersion x is not valid, version format should be '+2.x' or '+2.x.x'.",
    ],
    ['/devfiles/__proto__', 404, "the devfile of __proto__ didn't exist"],
    ['/devfiles/hello', 404, "the devfile of hello didn't exist"],
    ['/devfiles/go/starter-projects/none', 404, 'the starter project named none does not exist in the go devfile'],
    ['/index/other', 404, "the devfile with other type doesn't exist"],
    ['/nowhere', 404, 'there is nothing at this address'],
  ])('%s is %d: %s', async (url, code, status) => {
    const answer = await get(url);
    expect([answer.statusCode, answer.json()]).toEqual([code, { status }]);
  });

  it('says that starter projects cannot be had where nothing is fetched', async () => {
    expect((await get('/devfiles/evil/starter-projects/away')).statusCode).toBe(502);
  });
});

describe('the rest of the API', () => {
  it('is well, and leads people and programs on', async () => {
    expect((await get('/health')).json()).toEqual({ message: 'the server is up and running' });
    expect((await get('/')).headers['location']).toBe('/index');
    expect((await get('/', { accept: 'text/html,*/*' })).headers['location']).toBe('/viewer');
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'] as const)('answers %s with 405', async (method) => {
    for (const url of ['/index', '/devfiles/go', '/nowhere']) {
      const answer = await registry.app.inject({ method, url, payload: 'x'.repeat(5000) });
      expect([answer.statusCode, answer.json()]).toEqual([405, { message: 'Only GET requests are supported.' }]);
    }
  });

  it('lets pages of elsewhere read everything', async () => {
    expect((await get('/v2index')).headers['access-control-allow-origin']).toBe('*');
    const preflight = await registry.app.inject({ method: 'OPTIONS', url: '/v2index' });
    expect([preflight.statusCode, preflight.headers['access-control-allow-methods']]).toEqual([204, 'GET, HEAD']);
  });

  it('serves the files of stacks as files, and none beside them', async () => {
    expect((await get('/stacks/go/1.0.0/kubernetes/deploy.yaml')).body).toBe('kind: Deployment\n');
    const logo = await get('/stacks/evil/logo.svg');
    expect(logo.headers['content-security-policy']).toContain('sandbox');
    for (const url of ['/stacks/go/stack.yaml', '/stacks/../last', '/stacks/evil/..%2fgo%2fstack.yaml'])
      expect((await get(url)).statusCode).toBe(404);
  });
});

describe('stacks as OCI artifacts', () => {
  it('are pulled by tag and by digest, each content what its digest says', async () => {
    expect((await get('/v2/')).headers['docker-distribution-api-version']).toBe('registry/2.0');
    const manifest = await get('/v2/devfile-catalog/go/manifests/1.0.0');
    expect(manifest.headers['content-type']).toBe('application/vnd.oci.image.manifest.v1+json');
    expect(manifest.headers['docker-content-digest']).toBe(digestOf(manifest.rawPayload));
    const byDigest = await get(`/v2/devfile-catalog/go/manifests/${digestOf(manifest.rawPayload)}`);
    expect(byDigest.body).toBe(manifest.body);
    const { config, layers } = manifest.json() as Record<'config', { digest: string; mediaType: string }> & {
      layers: readonly { digest: string; size: number; mediaType: string; annotations: Record<string, string> }[];
    };
    expect(config.mediaType).toBe('application/vnd.devfileio.devfile.config.v2+json');
    expect(
      layers.map(({ mediaType, annotations }) => [annotations['org.opencontainers.image.title'], mediaType]),
    ).toEqual([
      ['devfile.yaml', 'application/vnd.devfileio.devfile.layer.v1'],
      ['archive.tar', 'application/x-tar'],
    ]);
    for (const { digest, size } of layers) {
      const blob = await get(`/v2/devfile-catalog/go/blobs/${digest}`);
      expect([digestOf(blob.rawPayload), blob.rawPayload.length]).toEqual([digest, size]);
    }
    const head = await registry.app.inject({
      method: 'HEAD',
      url: `/v2/devfile-catalog/go/blobs/${layers[0]?.digest}`,
    });
    expect([head.statusCode, head.headers['content-length'], head.body]).toEqual([200, String(layers[0]?.size), '']);
    expect((await get('/v2/devfile-catalog/go/tags/list')).json()).toEqual({
      name: 'devfile-catalog/go',
      tags: ['2.0.0', '1.0.0'],
    });
  });

  it.each([
    ['/v2/devfile-catalog/none/manifests/1.0.0', 'NAME_UNKNOWN'],
    ['/v2/devfile-catalog/go/manifests/9', 'MANIFEST_UNKNOWN'],
    [`/v2/devfile-catalog/go/blobs/sha256:${'0'.repeat(64)}`, 'BLOB_UNKNOWN'],
    ['/v2/what', 'NAME_UNKNOWN'],
  ])('%s is %s', async (url, code) => {
    const answer = await get(url);
    expect([answer.statusCode, answer.json()]).toMatchObject([404, { errors: [{ code }] }]);
  });
});

describe('the plugin registry', () => {
  it('lists editors and plugins with where they are, the built-in editor among them', async () => {
    const rows = (await get('/v3/plugins/')).json() as readonly Record<string, unknown>[];
    expect(rows.map(({ id, links }) => [id, links])).toEqual([
      ['acme/tools/1.0.0', { self: '/v3/plugins/acme/tools/1.0.0' }],
      ['acme/tools/1.10.0', { self: '/v3/plugins/acme/tools/1.10.0' }],
      ['devstead/web/latest', { self: '/v3/plugins/devstead/web/latest' }],
    ]);
    expect((await get('/v3/plugins/index.json')).json()).toEqual(rows);
  });

  it('answers a meta.yaml, of the newest version as latest', async () => {
    expect((await get('/v3/plugins/devstead/web/latest/meta.yaml')).body).toContain('type: Che Editor');
    expect((await get('/v3/plugins/acme/tools/latest/meta.yaml')).body).toContain('version: 1.10.0');
    expect((await get('/v3/plugins/acme/tools/1.0.0/')).body).toContain('version: 1.0.0');
    expect((await get('/v3/plugins/acme/none/latest/meta.yaml')).statusCode).toBe(404);
  });
});

describe('pages for people', () => {
  it.each([
    '/viewer',
    '/viewer?q=evil',
    `/viewer?q=${encodeURIComponent(hostile)}&language=${encodeURIComponent(hostile)}`,
    '/viewer/devfiles/evil',
    '/viewer/devfiles/evil/1.0.0',
    '/viewer/devfiles/none',
    '/viewer/devfiles/hello',
  ])('%s renders what stacks say as text, and allows no script but its own', async (url) => {
    const answer = await get(url, { host: 'registry.example.com' });
    expect(answer.body).not.toContain('<script>alert');
    expect(answer.body).not.toMatch(/href="javascript:/i);
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'/);
    expect(policy).not.toContain('unsafe');
    expect(answer.body.match(/<script>/g)).toHaveLength(1);
  });

  it('shows a picture that is a document without scripts and origin', async () => {
    const icon = await get('/viewer/icons/evil');
    expect([icon.statusCode, icon.headers['content-type']]).toEqual([200, 'image/svg+xml']);
    expect(icon.headers['content-security-policy']).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox");
    const drawn = await get('/viewer/icons/go');
    expect([drawn.statusCode, drawn.headers['content-type']]).toEqual([200, 'image/svg+xml']);
    expect((await get('/viewer/icons/none')).statusCode).toBe(404);
  });

  it('finds stacks by words, and shows commands to copy', async () => {
    expect((await get('/viewer?q=OLD+stack')).body).toContain('/viewer/devfiles/old');
    expect((await get('/viewer?q=nothing+at+all')).body).toContain('Nothing matches');
    const { body } = await get('/viewer/devfiles/go/2.0.0', { host: 'registry.example.com' });
    expect(body).toContain('devstead registry pull go:2.0.0 --registry http://registry.example.com');
    expect(body).toContain('  registryUrl: http://registry.example.com');
    expect((await get('/viewer/devfiles/go/9.9.9')).statusCode).toBe(404);
  });

  it('repeats no name of a host that is none', async () => {
    const { body } = await get('/viewer/devfiles/go', { host: 'a b;rm' });
    expect(body).not.toContain('a b;rm');
  });

  it('shows the address that it is told to be reached by', async () => {
    const behind = await prepare(folder.path, { outsideUrl: 'https://stacks.example.com/' });
    const { body } = await behind.app.inject('/viewer/devfiles/go');
    await behind.stop();
    expect(body).toContain('registryUrl: https://stacks.example.com</code>');
  });

  it('has none when it is asked to be without', async () => {
    const headless = await prepare(folder.path, { isHeadless: true });
    const answer = await headless.app.inject('/viewer/');
    await headless.stop();
    expect([answer.statusCode, answer.body]).toEqual([400, 'registry viewer is not available in headless mode']);
  });
});

describe('sources', () => {
  it('are read again, and one that fails keeps what it had', async () => {
    using changing = new TemporaryFolder().write({ 'stacks/go/devfile.yaml': makeDevfile('go', '1.0.0') });
    let isBroken = false;
    const source = folderSource(changing.path);
    const other = await prepareRegistry({
      sources: [
        { name: 'test', read: (signal) => (isBroken ? Promise.reject(new Error('down')) : source.read(signal)) },
      ],
      cacheFolder: folder.path,
      logLevel: 'silent',
    });
    changing.write({ 'stacks/rust/devfile.yaml': makeDevfile('rust', '1.0.0') });
    await other.refresh();
    const list = async (): Promise<number> =>
      ((await other.app.inject('/v2index')).json() as readonly unknown[]).length;
    expect(await list()).toBe(2);
    isBroken = true;
    await other.refresh();
    expect(await list()).toBe(2);
    await other.stop();
  });
});
