import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { folderSource, type RunningRegistry, shippedFolder, startRegistry } from '@devstead/registry';
import { extractArchive } from '@devstead/runtime/projects';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { zipFolder } from '../../../registry/src/starters/zip-folder.ts';
import { expectSchema } from '../output-schema.fixture.ts';
import { makeRegistryWorld } from '../registry/registry-world.ts';
import { readSettings } from '../settings.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

describe('devstead registry', () => {
  let server: RunningRegistry;
  let address: string;
  let home: TestRepository;
  let repository: TestRepository;
  beforeAll(async () => {
    home = new TestRepository();
    server = await startRegistry({
      sources: [folderSource(shippedFolder)],
      cacheFolder: join(home.root, 'starters'),
      world: makeRegistryWorld(home.io(), readSettings(home.io())),
      port: 0,
      metricsPort: 0,
      logLevel: 'silent',
    });
    address = `http://127.0.0.1:${server.port}`;
  });
  afterAll(async () => {
    await server.stop();
    home.remove();
  });
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  const call = async (schema: string, ...args: readonly string[]): Promise<Record<string, unknown>> => {
    const { stdout } = await repository.call(['registry', ...args, '-o', 'json']);
    return expectSchema(schema, stdout);
  };

  it.each(['serve', 'validate', 'index'])('%s says when a folder is not there', async (verb) => {
    const { code, stderr } = await repository.call(['registry', verb, 'absent']);
    expect(code).toBe(2);
    expect(stderr).toContain(`UNREADABLE_INPUT  ${join(repository.folder, 'absent')} is no folder`);
  });

  it('lists and shows the stacks that are shipped, and the same of a registry', async () => {
    const own = await call('registry-list', 'list', 'python');
    const remote = await call('registry-list', 'list', 'python', '--registry', address);
    const names = ['company-python-stack', 'python-django', 'python-fastapi', 'python-flask-postgresql-redis'];
    for (const { stacks, unread } of [own, remote]) {
      expect((stacks as readonly { readonly name: string }[]).map(({ name }) => name)).toEqual(names);
      expect(unread).toEqual([]);
    }
    expect(await call('registry-show', 'show', 'python-django:latest', '--devfile')).toMatchObject({
      registry: 'own',
      version: '1.0.0',
      devfile: expect.stringContaining('name: python-django'),
    });
    const text = await repository.call(['registry', 'show', 'go', '--registry', address]);
    expect([text.code, text.stdout]).toEqual([0, expect.stringContaining('go-starter')]);
  });

  it('takes a stack with a starter project, once', async () => {
    const pulled = await call(
      'registry-pull',
      'pull',
      'python-django',
      'site',
      '--starter',
      'django-starter',
      '--registry',
      address,
    );
    const place = join(repository.folder, 'site');
    expect(pulled).toMatchObject({ stack: 'python-django', folder: place, files: ['devfile.yaml', 'logo.svg'] });
    expect(readdirSync(place).toSorted()).toEqual([
      'devfile.yaml',
      'logo.svg',
      'manage.py',
      'requirements.txt',
      'site_settings.py',
      'site_urls.py',
      'tests.py',
    ]);
    expect(statSync(join(place, 'manage.py')).mode & 0o111).not.toBe(0);
    expect(await call('error', 'pull', 'python-django', 'site')).toMatchObject({ code: 'USAGE' });
    mkdirSync(join(repository.folder, 'own'));
    const own = await call('registry-pull', 'pull', 'python-django', 'own', '--starter', 'django-starter');
    expect(readdirSync(join(repository.folder, 'own'))).toEqual(readdirSync(place));
    expect(own['files']).toEqual(pulled['files']);
  });

  it('judges stacks, and makes their index where they have no errors', async () => {
    const good = await call('registry-validate', 'validate', shippedFolder, '--offline');
    expect(good).toMatchObject({ valid: true, errors: 0 });
    const bad = repository.write('stacks/x/devfile.yaml', 'schemaVersion: 2.2.0\n');
    const judged = await call('registry-validate', 'validate', '--offline');
    expect(judged).toMatchObject({
      valid: false,
      diagnostics: expect.arrayContaining([expect.objectContaining({ file: 'stacks/x/devfile.yaml' })]),
    });
    expect((await repository.call(['registry', 'validate', '--offline'])).stdout).toContain('invalid');
    expect((await repository.call(['registry', 'index'])).code).toBe(1);
    expect(existsSync(bad)).toBe(true);
    const index = await repository.call(['registry', 'index', shippedFolder, '--form', 'v1', '--file', 'index.json']);
    expect([index.code, JSON.parse(readFileSync(join(repository.folder, 'index.json'), 'utf8'))]).toMatchObject([
      0,
      await (await fetch(`${address}/index`)).json(),
    ]);
  });

  it('mirrors a registry, starter projects included, and serves the copy without a network', async () => {
    const result = await call('registry-mirror', 'mirror', address, 'copy');
    expect(result).toMatchObject({ stacks: 7, versions: 7, starters: 6, missing: [] });
    expect(await call('registry-mirror', 'mirror', address, 'copy', '--stack', 'go')).toMatchObject({
      stacks: 1,
      starters: 1,
    });
    const copy = join(repository.folder, 'copy');
    expect(await call('registry-validate', 'validate', 'copy', '--offline')).toMatchObject({
      errors: 0,
      stacks: ['go'],
    });
    const io = repository.io();
    const offline = { ...makeRegistryWorld(io, readSettings(io)), get: () => Promise.reject(new Error('no network')) };
    const served = await startRegistry({
      sources: [folderSource(copy)],
      cacheFolder: join(repository.root, 'starters'),
      world: offline,
      port: 0,
      logLevel: 'silent',
    });
    const answer = await served.app.inject('/devfiles/go/starter-projects/go-starter');
    const [original, mirrored] = [
      await (await fetch(`${address}/devfiles/go`)).text(),
      (await served.app.inject('/devfiles/go')).body,
    ];
    await served.stop();
    expect(answer.statusCode).toBe(202);
    expect(mirrored).toBe(original);
    expect(await call('error', 'mirror', address, '.')).toMatchObject({ code: 'USAGE' });
    expect(await call('error', 'mirror', address, 'copy', '--stack', 'none')).toMatchObject({
      code: 'STACK_NOT_FOUND',
    });
  });

  it('adds sources to the own registry, which come first, and removes them', async () => {
    repository.write(
      'mine/stacks/go/devfile.yaml',
      'schemaVersion: 2.2.0\nmetadata: { name: go, version: 9.0.0, displayName: Our Go, language: Go, projectType: go }\n',
    );
    expect(await call('registry-add', 'add', 'mine')).toMatchObject({
      source: { kind: 'folder' },
      stacks: ['go'],
      errors: 0,
    });
    expect(await call('registry-add', 'add', address)).toMatchObject({ source: { kind: 'registry', place: address } });
    expect(await call('registry-sources', 'list', '--sources')).toMatchObject({
      sources: [{ kind: 'folder' }, { kind: 'registry' }],
    });
    expect(await call('registry-show', 'show', 'go')).toMatchObject({ version: '9.0.0' });
    expect((await repository.call(['registry', 'remove', 'mine'])).code).toBe(0);
    expect(await call('registry-show', 'show', 'go')).toMatchObject({ version: '1.0.0' });
    expect((await repository.call(['registry', 'remove', address])).code).toBe(0);
    expect(readdirSync(join(repository.root, 'state/registry/sources'))).toEqual([]);
    expect(await call('error', 'remove', 'mine')).toMatchObject({ code: 'USAGE' });
    expect(await call('error', 'add', 'nothing-there')).toMatchObject({ code: 'USAGE' });
    expect(await call('error', 'add', 'ext::sh -c x', '--type', 'git')).toMatchObject({ code: 'URL_REFUSED' });
  });

  it('measures what it does', async () => {
    await fetch(`${address}/v2index`);
    const text = await (await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`)).text();
    expect(text).toMatch(/^index_http_request_duration_seconds_count\{status="200"\} \d+$/m);
    expect(text).toMatch(/^registry_stacks 7$/m);
  });
});

describe('zipFolder', () => {
  it('packs what is unpacked as it was: bytes, names, programs and links that stay inside', async () => {
    const name = fc.stringMatching(/^[a-zA-Zäé0-9 _-]{1,12}$/).filter((text) => text.trim() !== '');
    const files = fc.dictionary(
      fc.array(name, { minLength: 1, maxLength: 3 }).map((steps) => ['top', ...steps].join('/f-')),
      fc.record({ bytes: fc.uint8Array({ maxLength: 3000 }), isProgram: fc.boolean() }),
      { maxKeys: 6 },
    );
    const repository = new TestRepository();
    let round = 0;
    await fc.assert(
      fc.asyncProperty(files, async (tree) => {
        round += 1;
        const [from, to] = [join(repository.root, `from-${round}`), join(repository.root, `to-${round}`)];
        mkdirSync(from);
        // A second folder at the top keeps the first from being taken for that of a repository.
        writeFileSync(join(from, 'a'), '');
        symlinkSync('a', join(from, 'inside'));
        symlinkSync('../../a', join(from, 'outside'));
        const paths = Object.keys(tree).filter(
          (path) => !Object.keys(tree).some((other) => other.startsWith(`${path}/`)),
        );
        for (const path of paths) {
          mkdirSync(dirname(join(from, path)), { recursive: true });
          writeFileSync(join(from, path), tree[path]?.bytes ?? '', {
            mode: tree[path]?.isProgram === true ? 0o755 : 0o644,
          });
        }
        await zipFolder(from, `${to}.zip`);
        await extractArchive(`${to}.zip`, to);
        expect(readdirSync(to).toSorted()).toEqual(['a', 'inside', ...(paths.length > 0 ? ['top'] : [])].toSorted());
        for (const path of paths) {
          expect(readFileSync(join(to, path)).equals(readFileSync(join(from, path)))).toBe(true);
          expect(statSync(join(to, path)).mode & 0o111).toBe(statSync(join(from, path)).mode & 0o111);
        }
      }),
      { numRuns: 25 },
    );
    repository.remove();
  });
});
