import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeUpstream } from '../src/python/fake-upstream.ts';
import { IndexClient } from '../src/python/index-client.ts';
import { IndexServer } from '../src/python/index-server.ts';
import { makeSdist, makeWheel } from '../src/python/make-distribution.ts';
import { PythonHome } from '../src/python/python-home.ts';
import { explainNoPython, findPythonProgram } from '../src/python/python-programs.ts';

describe('a private name must hide the world’s files of that name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'devstead-index-'));
  const own = makeWheel({ name: 'Shadow_Pkg', version: '1.0' });
  const evil = makeWheel({ name: 'shadow-pkg', version: '9.9' });
  const both = [own.filename, evil.filename].sort();
  const upstreams: FakeUpstream[] = [];
  let index: IndexServer;
  let client: IndexClient;

  beforeAll(async () => {
    for (let at = 0; at < 2; at += 1) {
      const upstream = await FakeUpstream.start();
      upstream.add(evil);
      upstream.add(makeWheel({ name: 'public', version: '1.0' }));
      upstreams.push(upstream);
    }
    index = await IndexServer.start({ folder, upstream: upstreams[0]?.simple ?? '' });
    client = new IndexClient(index.address);
    await client.must('PUT', '/alice', { password: 'alice-password' });
    await client.must('PUT', '/root/second', { type: 'mirror', mirror_url: upstreams[1]?.simple });
    await client.must('PUT', '/root/again', { type: 'mirror', mirror_url: `${index.address}/root/pypi/+simple/` });
    await client.must('PUT', '/root/stable', { bases: ['root/pypi', 'root/second'] });
    await client.must('PUT', '/alice/dev', { bases: ['root/again', 'root/stable'] });
    await client.must('PUT', '/alice/deep', { bases: ['root/pypi', 'alice/dev'] });
  });
  afterAll(async () => {
    await index?.stop();
    for (const upstream of upstreams) await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const forgetAsked = (): void => {
    for (const upstream of upstreams) upstream.asked.length = 0;
  };
  const patch = (stage: string, ...changes: string[]): Promise<unknown> => client.must('PATCH', `/${stage}`, changes);

  it('is not hidden while nobody has it', async () => {
    expect(await client.filenames('alice/deep', 'shadow-pkg')).toEqual([evil.filename]);
  });

  it('is hidden on every level, mirrors before and behind it, by any spelling', async () => {
    expect((await client.upload('root/stable', own)).status).toBe(200);
    for (const stage of ['root/stable', 'alice/dev', 'alice/deep']) {
      expect([stage, await client.filenames(stage, 'shadow-pkg')]).toEqual([stage, [own.filename]]);
    }
    const page = await client.page('alice/deep', 'shadow-pkg', 'text/html');
    expect(page.text).toMatch(/mirror_whitelist/);
    expect(await client.filenames('root/pypi', 'shadow-pkg')).toEqual([evil.filename]);
    expect((await client.filenames('alice/deep', 'public')).length).toBe(1);
    const spelled = await client.page('alice/deep', 'Shadow.__PKG');
    expect([spelled.status, spelled.headers.get('location')]).toEqual([
      302,
      expect.stringContaining('shadow-pkg') as unknown,
    ]);
  });

  it('opens as the whitelist and its inheritance say', async () => {
    const rows: [stage: string, whitelist: string, inheritance: string, shown: string[]][] = [
      ['root/stable', 'shadow_pkg', 'intersection', both],
      ['alice/dev', 'shadow_pkg', 'intersection', [own.filename]],
      ['alice/dev', 'shadow_pkg', 'union', both],
      ['root/stable', '*', 'intersection', both],
      ['root/stable', '', 'intersection', [own.filename]],
    ];
    for (const [stage, whitelist, inheritance, shown] of rows) {
      await patch('root/stable', `mirror_whitelist=${whitelist}`);
      await patch('alice/dev', `mirror_whitelist_inheritance=${inheritance}`);
      const row = `${stage} whitelist ${whitelist} ${inheritance}`;
      expect([row, await client.filenames(stage, 'shadow-pkg')]).toEqual([row, shown]);
    }
  });

  it('a name that is only registered is kept too', async () => {
    const content = undefined;
    const reserved = makeWheel({ name: 'reserved', version: '1.0' });
    upstreams[0]?.add(makeWheel({ name: 'reserved', version: '6.6' }));
    expect((await client.upload('root/stable', reserved, { content, fields: { ':action': 'submit' } })).status).toBe(
      200,
    );
    expect(await client.filenames('alice/deep', 'reserved')).toEqual([]);
  });

  it('a name that is claimed is never asked upstream, and what is held back says why', async () => {
    await patch('root/stable', 'guard_claims=acme-*');
    forgetAsked();
    upstreams[0]?.add(makeWheel({ name: 'acme-tools', version: '6.6' }));
    for (const stage of ['root/stable', 'alice/dev', 'alice/deep']) {
      expect([stage, await client.filenames(stage, 'acme-tools')]).toEqual([stage, []]);
      await client.page(stage, 'Acme__Tools');
    }
    expect(
      upstreams.flatMap(({ asked }) => asked.map(({ path }) => path)).filter((path) => /acme/i.test(path)),
    ).toEqual([]);
    const tools = makeWheel({ name: 'acme-tools', version: '1.0' });
    expect((await client.upload('root/stable', tools)).status).toBe(200);
    expect(await client.filenames('alice/deep', 'acme-tools')).toEqual([tools.filename]);
  });

  const reason = explainNoPython('clients');
  const why = reason === undefined ? '' : ` (skipped: ${reason})`;
  it.skipIf(reason !== undefined)(`pip and uv install the private one${why}`, async () => {
    const home = new PythonHome();
    try {
      upstreams[0]?.add(makeSdist({ name: 'shadow-pkg', version: '10.0' }));
      const options = ['--index-url', `${index.address}/alice/deep/+simple/`, 'shadow-pkg', '--target'];
      await home.runWell('pip', ['install', '-q', ...options, home.makeFolder()]);
      const { stderr } = await home.runWell('uv', [
        'pip',
        'install',
        '--python',
        findPythonProgram('clients', 'python'),
        ...options,
        home.makeFolder(),
      ]);
      expect(stderr).toMatch(/shadow-pkg==1\.0/);
    } finally {
      home.remove();
    }
  });
});
