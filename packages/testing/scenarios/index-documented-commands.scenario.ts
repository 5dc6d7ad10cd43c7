import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTestSettings } from '../src/environment-variables.ts';
import { FakeUpstream } from '../src/python/fake-upstream.ts';
import { IndexClient } from '../src/python/index-client.ts';
import { IndexServer } from '../src/python/index-server.ts';
import { listSources, makeWheel } from '../src/python/make-distribution.ts';
import { PythonHome } from '../src/python/python-home.ts';
import { explainNoPython } from '../src/python/python-programs.ts';
import { devsteadProgram, RunningDevstead } from '../src/run-devstead.ts';

const reason = explainNoPython('clients');
const why = reason === undefined ? '' : ` (skipped: ${reason})`;

/** The command lines that devpi's users are given, in a fish, with nothing but the address another. */
describe.skipIf(reason !== undefined)(`the command lines for devpi’s users${why}`, () => {
  let home: PythonHome;
  let upstream: FakeUpstream;
  let index: IndexServer;
  let folder: string;

  beforeAll(async () => {
    home = new PythonHome();
    upstream = await FakeUpstream.start();
    upstream.add(makeWheel({ name: 'package-name', version: '1.0' }));
    index = await IndexServer.start({
      folder: home.makeFolder(),
      upstream: upstream.simple,
      env: { DEVSTEAD_INDEX_ROOT_PASSWORD: '' },
    });
    folder = home.makeFolder();
    mkdirSync(join(folder, 'path/to'), { recursive: true });
    for (const client of ['fish', 'pip', 'devpi']) {
      const call = {
        program: devsteadProgram,
        args: ['index', 'configure', client, '--url', index.address],
        cwd: folder,
      };
      const { code, stderr } = await new RunningDevstead({
        ...call,
        env: { ...home.environment(), PATH: readTestSettings().passedOn['PATH'] ?? '' },
      }).finished;
      expect([code, stderr]).toEqual([0, '']);
    }
  });
  afterAll(async () => {
    await index?.stop();
    await upstream?.stop();
    home?.remove();
  });

  /** Runs lines in a fish as they are written; each must go well. */
  const fish = async (lines: string, cwd = folder): Promise<string> => {
    const script = lines
      .trim()
      .split('\n')
      .map((line) => `${line.trim()}\nor exit 1\n`);
    const { stdout, stderr } = await home.runWell('/usr/bin/fish', ['-c', script.join('')], {
      cwd,
      env: { ADMIN_PASSWORD: 'admin-password' },
    });
    return stdout + stderr;
  };

  it('fish functions: the environment is shown, the admin is made, twice', async () => {
    expect(await fish('devpi-env')).toContain(index.address);
    expect(await fish('devpi-init-admin')).toContain('root/stable is made');
    expect(await fish('devpi-init-admin')).toContain('root/stable is there');
  });

  it('CLI authentication', async () => {
    const wheel = makeWheel({ name: 'package', version: '1.0' });
    writeFileSync(join(folder, 'path/to', wheel.filename), wheel.content);
    await fish(`
      devpi-env
      devpi use ${index.address}
      devpi login root --password=$ADMIN_PASSWORD
      devpi index -c myindex bases=root/pypi
      devpi upload path/to/${wheel.filename}
      devpi-upload-pkg path/to/${wheel.filename}`);
    const client = new IndexClient(index.address, 'root:admin-password');
    expect(await client.filenames('root/stable', 'package')).toEqual([wheel.filename]);
    expect(await client.must('GET', '/root/myindex')).toMatchObject({ result: { bases: ['root/pypi'] } });
  });

  it('pip configuration', async () => {
    expect(await fish('pip config get global.index-url')).toBe(`${index.address}/root/stable/+simple/\n`);
    const target = home.makeFolder();
    await fish(`
      pip install --target ${target} package-name
      pip install --target ${target} --upgrade --index-url ${index.address}/root/stable/+simple/ package-name`);
    expect(readFileSync(join(target, 'package_name/__init__.py'), 'utf8')).toContain('1.0');
  });

  it('creating indices', async () => {
    const project = home.makeFolder();
    for (const [path, content] of Object.entries(listSources({ name: 'mine', version: '2.0' }))) {
      mkdirSync(join(project, path, '..'), { recursive: true });
      writeFileSync(join(project, path), content);
    }
    // The owner of an index is there before the index.
    await fish('devpi user -c myuser password=something-long');
    await fish(
      `
      devpi login root --password=$ADMIN_PASSWORD
      devpi index -c myuser/myindex bases=root/pypi
      devpi use myuser/myindex
      devpi upload`,
      project,
    );
    const client = new IndexClient(index.address, 'root:admin-password');
    expect(await client.filenames('myuser/myindex', 'mine')).toEqual(['mine-2.0-py3-none-any.whl', 'mine-2.0.tar.gz']);
  });

  it('API connectivity', async () => {
    const version = await home.runWell('/usr/bin/curl', ['-s', '-i', `${index.address}/+api`]);
    expect(version.stdout).toMatch(/^HTTP\/1\.1 200[^]*x-devpi-server-version/i);
    const list = await home.runWell('/usr/bin/curl', ['-sf', `${index.address}/root/stable/+simple/`]);
    expect(list.stdout).toContain('package');
    const stable = await home.runWell('/usr/bin/curl', ['-sf', `${index.address}/root/stable`]);
    expect(stable.stdout).not.toBe('');
  });
});
