import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import { TestRepository } from '../test-workspace.fixture.ts';

interface Answer {
  readonly path: string;
  readonly value: unknown;
  readonly origins: readonly {
    readonly kind: string;
    readonly file?: string;
    readonly line?: number;
    readonly detail?: string;
  }[];
}

describe('devstead why', () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  const ask = async (field: string, env: Record<string, string> = {}): Promise<readonly Answer[]> => {
    const { code, stdout } = await repository.call(['why', field, '-o', 'json'], env);
    expect(code).toBe(0);
    return expectSchema('why', stdout)['answers'] as Answer[];
  };

  it('prints the whole environment in its published form', async () => {
    const { code, stdout } = await repository.call(['why', '--environment'], {});
    expect(code).toBe(0);
    const schema = createRequire(import.meta.url)('@devstead/environment/environment.schema.json') as object;
    const validate = new Ajv2020({ strict: true }).compile(schema);
    expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true);
  });

  it('says which recipe stands in for an image, and where the image is named', async () => {
    const [answer] = await ask('dev.image');
    expect(answer).toMatchObject({ path: 'containers.dev.image', value: 'docker.io/library/python:3.12' });
    expect(answer?.origins.map(({ kind }) => kind)).toEqual(['rewrite', 'file']);
    expect(answer?.origins[0]?.detail).toContain('docker.io/library/python:3.12');
    expect(answer?.origins[1]).toMatchObject({ file: 'devfile.yaml', line: 7 });
  });

  it('says by which row of the configuration', async () => {
    const [answer] = await ask('dev.image', { DEVSTEAD_IMAGES_REWRITE: 'docker.io/library/python:3.12=scanner' });
    expect(answer?.origins[0]?.detail).toMatch(/recipe scanner .*images\.rewrite/);
  });

  it('says where the certificates come from', async () => {
    const bundle = repository.write('ca.pem', 'x');
    const folder = join(repository.root, 'home/.config/devstead');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.yaml'), `ca:\n  bundle: ${bundle}\n`);
    const [answer] = await ask('dev.env.SSL_CERT_FILE');
    expect(answer?.origins).toEqual([
      {
        kind: 'configuration',
        file: join(folder, 'config.yaml'),
        line: 2,
        column: 3,
        detail: expect.stringContaining(bundle),
      },
    ]);
  });

  it('never shows credentials of a proxy or an index', async () => {
    const env = {
      HTTPS_PROXY: 'http://user:hunter2@proxy.example:3128',
      PIP_EXTRA_INDEX_URL: 'https://a:hunter2@one.example https://b:hunter2@two.example',
    };
    const answers = [...(await ask('dev.env.HTTPS_PROXY', env)), ...(await ask('dev.env.PIP_EXTRA_INDEX_URL', env))];
    expect(answers.map(({ value }) => value)).toEqual([
      'http://proxy.example:3128',
      'https://one.example https://two.example',
    ]);
    expect(JSON.stringify(answers)).not.toContain('hunter2');
  });

  it('leads PIP_INDEX_URL back to the index and to what names it', async () => {
    const index = { DEVSTEAD_INDEX_WORKSPACES: 'true', PIP_INDEX_URL: 'https://a:hunter2@own.example/simple/' };
    const [own] = await ask('dev.env.PIP_INDEX_URL', index);
    expect(own).toMatchObject({
      value: 'http://index.devstead.internal:3141/root/stable/+simple/',
      origins: [{ kind: 'configuration', detail: expect.stringContaining('index.name') }],
    });
    const folder = join(repository.root, 'home/.config/devstead');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.yaml'), 'index:\n  url: https://index.example.com/\n');
    const [configured] = await ask('dev.env.PIP_INDEX_URL', index);
    expect(configured).toMatchObject({
      value: 'https://index.example.com/root/stable/+simple/',
      origins: [{ kind: 'configuration', file: join(folder, 'config.yaml'), line: 2 }],
    });
    const [without] = await ask('dev.env.PIP_INDEX_URL', { ...index, DEVSTEAD_INDEX_WORKSPACES: 'false' });
    expect(without?.origins).toEqual([{ kind: 'configuration', detail: expect.stringContaining('pip') }]);
    expect(without?.value).toBe('https://own.example/simple/');
  });

  it('leaves a variable that the devfile sets to the devfile', async () => {
    const [answer, ...others] = await ask('FLASK_APP', { FLASK_APP: 'other' });
    expect(others).toEqual([]);
    expect(answer?.origins[0]).toMatchObject({ kind: 'file', line: 11 });
  });

  it('knows the ports of this machine once they are given', async () => {
    await repository.recordWorkspace();
    const [answer] = await ask('web.hostPort');
    expect(answer).toMatchObject({
      path: 'containers.dev.endpoints.web.hostPort',
      value: expect.any(Number),
      origins: [{ kind: 'runtime' }],
    });
  });

  it('lists every path', async () => {
    const { stdout } = await repository.call(['why', '--list', '-o', 'json']);
    expect(expectSchema('why-list', stdout)['paths']).toEqual(
      expect.arrayContaining(['containers.dev.image', 'containers.dev.env.LANG', 'volumes.cache.sizeBytes']),
    );
  });

  it('offers near names for a value there is not', async () => {
    expect(await repository.call(['why', 'memoryLimt'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/UNKNOWN_VALUE[^]*memoryLimit\?/),
    });
    expect((await repository.call(['why'])).code).toBe(2);
    expect((await repository.call(['why', 'x', '--list'])).code).toBe(2);
  });
});
