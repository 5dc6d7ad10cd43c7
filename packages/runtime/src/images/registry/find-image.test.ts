import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@devstead/kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBlob } from '../pull/read-blob.ts';
import { parseReference } from '../reference.ts';
import { digestOf, FakeRegistry, noFiles } from './fake-registry.fixture.ts';
import { type FoundImage, findImage } from './find-image.ts';
import type { RegistrySettings } from './registry-settings.ts';
import { Connection } from './send-request.ts';

const amd64 = { os: 'linux', architecture: 'amd64' };
const layer = Buffer.alloc(300_000, 'layer');
let registry: FakeRegistry;
let other: FakeRegistry;
let connection: Connection;
let folder: string;

beforeEach(async () => {
  registry = await FakeRegistry.start();
  other = await FakeRegistry.start();
  connection = new Connection({ proxies: {} });
  folder = mkdtempSync(join(tmpdir(), 'find-image-'));
});
afterEach(() => {
  connection.close();
  registry.close();
  other.close();
  rmSync(folder, { recursive: true });
});

function find(name = 'app', settings: Partial<RegistrySettings> = {}): Promise<FoundImage> {
  const reference = parseReference(`${registry.host}/${name}`);
  if (reference === undefined) throw new Error('no reference');
  return findImage(reference, amd64, { ...noFiles, ...settings }, connection, undefined);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return error instanceof AppError ? error.code : String(error);
}

async function readLayer(found: FoundImage, retryDelaysMs: readonly number[] = [1, 1]): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const [first] = found.image.layers;
  if (first === undefined) throw new Error('no layer');
  for await (const piece of readBlob({ source: found.source, layer: first, onBytes: () => undefined, retryDelaysMs }))
    pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('an image at a registry', () => {
  it('is found by its tag and by its digest, and read', async () => {
    const digest = registry.addImage('app', [layer]);
    const found = await find();
    expect(found.image.manifestDigest).toBe(digest);
    expect(found.image.layers.map((one) => one.digest)).toEqual([digestOf(layer)]);
    expect((await readLayer(found)).equals(layer)).toBe(true);
    expect((await find(`app@${digest}`)).image.manifestDigest).toBe(digest);
  });

  it('on this machine is asked without the proxy', async () => {
    connection.close();
    connection = new Connection({ proxies: { HTTP_PROXY: 'http://127.0.0.1:1', HTTPS_PROXY: 'http://127.0.0.1:1' } });
    registry.addImage('app', [layer]);
    expect((await find()).image.layers.length).toBe(1);
  });

  it('is not found', async () => {
    expect(await codeOf(find())).toBe('IMAGE_NOT_FOUND');
  });

  it('is that for the platform, of a list', async () => {
    const digests = ['arm64', 'amd64'].map((architecture) =>
      registry.addImage('app', [Buffer.from(architecture)], { config: { architecture } }),
    );
    const list = (rows: readonly [string | undefined, string][]): void => {
      const manifests = rows.map(([digest, architecture]) => ({
        digest,
        size: 1,
        platform: { os: 'linux', architecture },
      }));
      registry.content.set('/v2/app/manifests/latest', Buffer.from(JSON.stringify({ schemaVersion: 2, manifests })));
    };
    list([
      [digests[0], 'arm64'],
      [digests[1], 'amd64'],
    ]);
    expect((await find()).image.layers[0]?.digest).toBe(digestOf('amd64'));
    list([[digests[0], 'arm64']]);
    expect(await codeOf(find())).toBe('IMAGE_REFUSED');
    // A list that says another platform than the image itself.
    list([[digests[0], 'amd64']]);
    expect(await codeOf(find())).toBe('IMAGE_REFUSED');
  });

  it.each<[string, object]>([
    [
      'more than 127 layers',
      {
        layers: Array.from({ length: 128 }, () => ({
          digest: digestOf(''),
          size: 0,
          mediaType: 'application/vnd.oci.image.layer.v1.tar',
        })),
      },
    ],
    ['a layer of another kind', { layers: [{ digest: digestOf(''), size: 1, mediaType: 'application/vnd.wasm' }] }],
    [
      'a layer kept elsewhere',
      {
        layers: [
          {
            digest: digestOf(''),
            size: 1,
            mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
            urls: ['https://x.example'],
          },
        ],
      },
    ],
    ['a digest that is a path', { layers: [{ digest: 'sha256:../../../etc/passwd', size: 1, mediaType: 'x' }] }],
    ['a size below nothing', { layers: [{ digest: digestOf(''), size: -1, mediaType: 'x' }] }],
    ['layers that the configuration does not know', { layers: [] }],
    ['the old form', { schemaVersion: 1 }],
    ['a list of lists', { manifests: 'x', layers: 'y' }],
  ])('is refused for its manifest: %s', async (_what, manifest) => {
    registry.addImage('app', [layer], { manifest });
    expect(await codeOf(find())).toBe('IMAGE_REFUSED');
  });
});

describe('a registry that lies', () => {
  it('about the digest of a manifest is refused', async () => {
    const digest = registry.addImage('app', [layer]);
    registry.content.set(`/v2/app/manifests/${digest}`, Buffer.from('{}'));
    expect(await codeOf(find(`app@${digest}`))).toBe('IMAGE_REFUSED');
  });

  it('about the digest of a configuration is refused', async () => {
    registry.addImage('app', [layer]);
    for (const path of registry.content.keys())
      if (path.includes('/blobs/')) registry.content.set(path, Buffer.from('{"os":"linux"}'));
    expect(await codeOf(find())).toBe('IMAGE_REFUSED');
  });

  it.each([
    ['another layer of the same size', Buffer.alloc(layer.length, 'other')],
    ['more than it says', Buffer.concat([layer, layer])],
    ['less than it says', layer.subarray(0, 1000)],
  ])('about a layer is refused: %s', async (_what, content) => {
    registry.addImage('app', [layer]);
    const found = await find();
    registry.content.set(`/v2/app/blobs/${digestOf(layer)}`, content);
    expect(await codeOf(readLayer(found))).toBe('IMAGE_REFUSED');
  });

  it('by sending text without end is refused', async () => {
    registry.before = (_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(Buffer.alloc(1 << 20, ' ')), 1);
      response.on('close', () => clearInterval(timer));
      return true;
    };
    expect(await codeOf(find())).toBe('IMAGE_REFUSED');
  });

  it('by redirecting without end, or to this machine from elsewhere, fails', async () => {
    registry.before = (request, response) => {
      response.writeHead(307, { location: request.url ?? '' }).end();
      return true;
    };
    expect(await codeOf(find())).toBe('IMAGE_PULL_FAILED');
    const { checkRedirect } = await import('./send-request.ts');
    const far = new URL('https://registry.example/v2/');
    for (const near of [
      'https://127.0.0.1/',
      'https://169.254.169.254/latest',
      'https://[::1]/',
      'https://localhost:5000/',
      'https://0x7f.1/',
    ])
      expect(() => checkRedirect(far, new URL(near), false), near).toThrow(AppError);
    expect(() => checkRedirect(far, new URL('http://cdn.example/'), false)).toThrow(AppError);
    expect(() => checkRedirect(far, new URL('https://cdn.example/'), false)).not.toThrow();
  });
});

describe('a registry that hangs', () => {
  it.each<[string, string]>([
    ['before its answer', 'never'],
    ['in the middle of it', 'half'],
    ['but for a byte now and then', 'drip'],
  ])('is given up: %s', async (_what, kind) => {
    registry.before = (_request, response) => {
      if (kind === 'never') return true;
      response.writeHead(200, { 'content-length': 100_000 });
      response.write('{');
      if (kind === 'half') return true;
      const timer = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(timer));
      return true;
    };
    connection.close();
    connection = new Connection({ proxies: {}, stallMs: 100 });
    expect(await codeOf(find())).toBe('IMAGE_PULL_FAILED');
  });

  it('in the middle of a layer is asked for the rest', async () => {
    registry.addImage('app', [layer]);
    const found = await find();
    let breaks = 2;
    registry.before = (request, response) => {
      if (breaks === 0 || !(request.url ?? '').includes('/blobs/')) return false;
      breaks -= 1;
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
      response.writeHead(from === 0 ? 200 : 206, { 'content-length': layer.length - from });
      response.write(layer.subarray(from, from + 100_000), () => response.destroy());
      return true;
    };
    expect((await readLayer(found)).equals(layer)).toBe(true);
    const ranges = registry.requests.flatMap(({ headers }) => headers.range ?? []);
    expect(ranges.length).toBe(2);
  });

  it('and knows no ranges is read from the start again', async () => {
    registry.addImage('app', [layer]);
    const found = await find();
    let isFirst = true;
    registry.before = (request, response) => {
      if (!(request.url ?? '').includes('/blobs/')) return false;
      response.writeHead(200, { 'content-length': layer.length });
      if (isFirst) response.write(layer.subarray(0, 70_000), () => response.destroy());
      else response.end(layer);
      isFirst = false;
      return true;
    };
    expect((await readLayer(found)).equals(layer)).toBe(true);
  });
});

describe('mirrors', () => {
  it('of the configuration are asked first, and the registry when they fail', async () => {
    registry.addImage('app', [layer]);
    other.addImage('hub/app', [layer]);
    const mirrors = { [registry.host]: `http://${other.host}/hub` };
    expect((await find('app', { mirrors })).source.name).toBe(other.host);
    other.content.clear();
    expect((await find('app', { mirrors })).source.name).toBe(registry.host);
  });

  it('of registries.conf are asked in order', async () => {
    registry.addImage('app', [layer]);
    other.addImage('mirror/app', [layer]);
    const file = join(folder, 'registries.conf');
    writeFileSync(
      file,
      `[[registry]]\nprefix = "${registry.host}"\nlocation = "${registry.host}"\n[[registry.mirror]]\nlocation = "127.0.0.1:1/x"\n[[registry.mirror]]\nlocation = "${other.host}/mirror"\n`,
    );
    expect((await find('app', { registriesFiles: [join(folder, 'none'), file] })).source.name).toBe(other.host);
    writeFileSync(file, `[[registry]]\nlocation = "${registry.host}"\nblocked = true\n`);
    expect(await codeOf(find('app', { registriesFiles: [file] }))).toBe('IMAGE_PULL_FAILED');
    writeFileSync(file, '[[registry]\n');
    expect(await codeOf(find('app', { registriesFiles: [file] }))).toBe('CONFIG_INVALID');
  });
});

describe('a login', () => {
  const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;
  const writeLogin = (auths: object): Partial<RegistrySettings> => {
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify({ auths }));
    return { authFiles: [join(folder, 'none.json'), file] };
  };
  const auth = Buffer.from('me:secret').toString('base64');
  const demand = (header: string, isFine: (authorization: string | undefined) => boolean): void => {
    registry.before = (request, response) => {
      if (isFine(request.headers.authorization)) return false;
      response.writeHead(401, { 'www-authenticate': header }).end();
      return true;
    };
  };

  it('by name and password is given when it is asked for, to that registry alone', async () => {
    registry.addImage('app', [layer]);
    demand('Basic realm="x"', (given) => given === basic);
    expect(await codeOf(find())).toBe('REGISTRY_DENIED');
    expect(await codeOf(find('app', writeLogin({ [other.host]: { auth } })))).toBe('REGISTRY_DENIED');
    expect((await find('app', writeLogin({ [`https://${registry.host}/v2/`]: { auth } }))).image.layers.length).toBe(1);
    expect((await find('app', writeLogin({ [`${registry.host}/app`]: { auth } }))).image.layers.length).toBe(1);
  });

  it('is exchanged for a token, which is what the registry gets', async () => {
    registry.addImage('app', [layer]);
    other.content.set('/token?service=s&scope=repository%3Aapp%3Apull', Buffer.from('{"token":"t0k3n"}'));
    demand(
      `Bearer realm="http://${other.host}/token",service="s",scope="repository:app:pull"`,
      (given) => given === 'Bearer t0k3n',
    );
    await find('app', writeLogin({ [registry.host]: { auth } }));
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([basic]);
    expect(registry.requests.some(({ headers }) => headers.authorization === basic)).toBe(false);
  });

  it('does not go along with a redirect to another host', async () => {
    registry.addImage('app', [layer]);
    const path = `/v2/app/blobs/${digestOf(layer)}`;
    other.content.set(path, layer);
    registry.before = (request, response) => {
      if (request.headers.authorization !== basic) response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      else if (request.url === path) response.writeHead(307, { location: `http://${other.host}${path}` }).end();
      else return false;
      return true;
    };
    const found = await find('app', writeLogin({ [registry.host]: { auth } }));
    expect((await readLayer(found)).equals(layer)).toBe(true);
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it('comes from a helper', async () => {
    registry.addImage('app', [layer]);
    demand('Basic', (given) => given === basic);
    writeFileSync(
      join(folder, 'docker-credential-test'),
      `#!/bin/sh\nread -r host\n[ "$host" = "${registry.host}" ] || { echo "credentials not found in native keychain"; exit 1; }\necho '{"Username":"me","Secret":"secret"}'\n`,
      { mode: 0o755 },
    );
    const file = join(folder, 'config.json');
    const settings = { authFiles: [file], helperEnv: { PATH: `${folder}:/usr/bin:/bin` } };
    writeFileSync(file, JSON.stringify({ credHelpers: { [registry.host]: 'test' } }));
    expect((await find('app', settings)).image.layers.length).toBe(1);
    writeFileSync(file, JSON.stringify({ credsStore: 'test' }));
    expect((await find('app', settings)).image.layers.length).toBe(1);
    writeFileSync(file, JSON.stringify({ credHelpers: { [registry.host]: '../evil' } }));
    expect(await codeOf(find('app', settings))).toBe('REGISTRY_DENIED');
    writeFileSync(file, 'no json');
    expect(await codeOf(find('app', settings))).toBe('UNREADABLE_INPUT');
  });
});
