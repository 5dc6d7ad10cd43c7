import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeUpstream } from '../src/python/fake-upstream.ts';
import { IndexServer, rootPassword } from '../src/python/index-server.ts';
import { type Distribution, listSources, makeSdist, makeWheel } from '../src/python/make-distribution.ts';
import { makeZip } from '../src/python/make-zip.ts';
import { PythonHome } from '../src/python/python-home.ts';
import { explainNoPython, findPythonProgram } from '../src/python/python-programs.ts';

const reason = explainNoPython('clients');
const why = reason === undefined ? '' : ` (skipped: ${reason})`;

describe.skipIf(reason !== undefined)(`the usual Python programs with the index${why}`, () => {
  let home: PythonHome;
  let upstream: FakeUpstream;
  let index: IndexServer;
  const world = {
    click: makeWheel({ name: 'click', version: '8.1.0' }),
    oldClick: makeWheel({ name: 'click', version: '7.0' }),
    flask: makeWheel({
      name: 'Flask',
      version: '3.0.0',
      requires: ['Click>=8', 'it.s_dangerous>=2'],
      requiresPython: '>=3.8',
    }),
    future: makeWheel({ name: 'Flask', version: '4.0.0', requiresPython: '>=4' }),
    itsdangerous: makeWheel({ name: 'it.s_dangerous', version: '2.1' }),
  };

  beforeAll(async () => {
    home = new PythonHome();
    upstream = await FakeUpstream.start();
    for (const file of Object.values(world)) upstream.add(file);
    index = await IndexServer.start({ folder: home.makeFolder(), upstream: upstream.simple });
    await home.devpi('use', index.address);
    await home.devpi('login', 'root', `--password=${rootPassword}`);
    await home.devpi('index', '-c', 'stable', 'bases=root/pypi', 'volatile=False');
  });
  afterAll(async () => {
    await index?.stop();
    await upstream?.stop();
    home?.remove();
  });

  const ask = async (path: string, accept = 'application/json'): Promise<Response> =>
    fetch(`${index.address}${path}`, { headers: { accept } });
  const readResult = async (path: string): Promise<Record<string, unknown>> =>
    ((await (await ask(path)).json()) as { result: Record<string, unknown> }).result;
  const simple = (name: string): string => `${index.address}/${name}/+simple/`;
  const listFilenames = async (stage: string, project: string): Promise<string[]> => {
    const answer = await ask(`/${stage}/+simple/${project}/`, 'application/vnd.pypi.simple.v1+json');
    if (answer.status === 404) return [];
    return ((await answer.json()) as { files: { filename: string }[] }).files.map(({ filename }) => filename).sort();
  };
  /** What a program put into a folder with `--target`. */
  const listInstalled = (folder: string): string[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.dist-info'))
      .map((name) => name.slice(0, -'.dist-info'.length).toLowerCase())
      .sort();

  it('devpi must make users and indexes, and change and remove them', async () => {
    await home.devpi('user', '-c', 'alice', 'password=first-password', 'email=alice@example.com');
    expect(await home.devpi('user', '-l')).toMatch(/^alice$/m);
    await home.devpi('user', '-m', 'alice', 'title=Somebody');
    expect(await home.devpi('user', 'alice')).toMatch(/title=Somebody/);
    await home.devpi('login', 'alice', '--password=first-password');
    await home.devpi('index', '-c', 'dev', 'bases=root/stable');
    await home.devpi('index', 'alice/dev', 'mirror_whitelist+=Foo_Bar', 'mirror_whitelist+=flask', 'title=Mine');
    expect(await home.devpi('index', 'dev')).toMatch(/mirror_whitelist=foo-bar,flask/);
    await home.devpi('index', 'dev', 'mirror_whitelist-=foo-bar', 'title-=');
    expect(await readResult('/alice/dev?no_projects=')).toMatchObject({
      mirror_whitelist: ['flask'],
      bases: ['root/stable'],
    });
    expect(await home.devpi('index', '-l')).toMatch(/alice\/dev/);
    expect(await home.devpi('use', '-l')).toMatch(/root\/stable[^]*|alice\/dev/);
    // Nobody but root and the user changes a user, and an index that is not volatile is not removed.
    expect((await home.run('devpi', ['user', '-m', 'root', 'title=x'])).code).toBe(1);
    expect((await home.run('devpi', ['index', '-c', 'root/mine'])).code).toBe(1);
    await home.devpi('index', '-c', 'short');
    await home.devpi('index', '-y', '--delete', 'short');
    expect((await ask('/alice/short')).status).toBe(404);
    await home.runWell('devpi', ['passwd'], { input: 'second-password\nsecond-password\n' });
    await home.devpi('logoff');
    expect((await home.run('devpi', ['login', 'alice', '--password=first-password'])).code).toBe(1);
    await home.devpi('login', 'alice', '--password=second-password');
    await home.devpi('logoff');
    await home.devpi('login', 'root', `--password=${rootPassword}`);
  });

  it('devpi must upload, list, push, test, install and remove', async () => {
    const wheel = makeWheel({ name: 'My.Pkg', version: '1.0', requires: ['click'] });
    const project = home.makeFolder();
    writeProject(project, { name: 'my-pkg', version: '1.0' });
    await home.devpi('use', 'alice/dev');
    await home.devpi('login', 'alice', '--password=second-password');
    await home.devpi('upload', home.writeFile(wheel));
    await home.runWell('devpi', ['upload', '--no-vcs', '--sdist'], { cwd: project });
    expect(await listFilenames('alice/dev', 'my-pkg')).toEqual(['my_pkg-1.0-py3-none-any.whl', 'my_pkg-1.0.tar.gz']);
    const documentation = join(home.makeFolder(), 'my-pkg-1.0.doc.zip');
    writeFileSync(documentation, makeZip([{ path: 'index.html', content: '<h1>About My.Pkg</h1>' }]));
    await home.devpi('upload', documentation);
    expect(await (await ask('/alice/dev/my-pkg/1.0/+doc/index.html', 'text/html')).text()).toContain('My.Pkg');
    expect(await home.devpi('list')).toMatch(/my-pkg/);
    expect(await home.devpi('list', 'My.Pkg')).toMatch(/my_pkg-1\.0-py3-none-any\.whl/);

    // tox makes a place of its own, installs what was uploaded there, and what it finds comes back.
    const tested = await home.runWell('devpi', ['test', 'my-pkg==1.0'], { env: { PIP_NO_INDEX: '' } });
    expect(tested.stdout).toMatch(/posting tox result|toxresult/i);
    const links = ((await readResult('/alice/dev/my-pkg/1.0'))['+links'] ?? []) as { rel: string }[];
    expect(links.map(({ rel }) => rel).sort()).toContain('toxresult');

    // root/stable takes nothing from alice, and takes it from root once.
    expect((await home.run('devpi', ['push', 'my-pkg==1.0', 'root/stable'])).code).toBe(1);
    await home.devpi('login', 'root', `--password=${rootPassword}`);
    await home.devpi('push', 'my-pkg==1.0', 'root/stable');
    expect(await listFilenames('root/stable', 'my-pkg')).toEqual(await listFilenames('alice/dev', 'my-pkg'));
    expect((await home.run('devpi', ['remove', '-y', '--index', 'root/stable', 'my-pkg==1.0'])).code).toBe(1);
    await home.devpi('push', 'click==8.1.0', '--index', 'root/pypi', 'root/stable');
    expect(await listFilenames('root/stable', 'click')).toEqual([world.click.filename]);

    const environment = join(home.makeFolder(), 'environment');
    // Ten times as quick as the standard library's own, and here with tox.
    await home.runWell('virtualenv', ['-q', environment]);
    await home.devpi('install', '--venv', environment, 'my-pkg');
    const [libraries = ''] = readdirSync(join(environment, 'lib'));
    expect(listInstalled(join(environment, 'lib', libraries, 'site-packages'))).toEqual(
      expect.arrayContaining(['my_pkg-1.0', 'click-8.1.0']),
    );
    await home.devpi('login', 'alice', '--password=second-password');
    await home.devpi('remove', '-y', 'my-pkg==1.0');
    expect(await listFilenames('alice/dev', 'my-pkg')).toEqual(await listFilenames('root/stable', 'my-pkg'));
    await home.devpi('login', 'root', `--password=${rootPassword}`);
  });

  it('twine and uv must publish with passwords and tokens, and leave out what is there', async () => {
    await home.devpi('login', 'root', `--password=${rootPassword}`);
    await home.devpi('index', '-c', 'root/published', 'volatile=False');
    const target = `${index.address}/root/published/`;
    const files = ['1.0', '1.1'].map((version) => home.writeFile(makeWheel({ name: 'published', version })));
    const source = home.writeFile(makeSdist({ name: 'published', version: '1.1' }));
    const login = await fetch(`${index.address}/+login`, {
      method: 'POST',
      body: JSON.stringify({ user: 'root', password: rootPassword }),
      headers: { 'content-type': 'application/json' },
    });
    const token = ((await login.json()) as { result: { password: string } }).result.password;
    const twine = (password: string, ...words: string[]): ReturnType<PythonHome['run']> =>
      home.run('twine', [
        'upload',
        '--non-interactive',
        '--repository-url',
        target,
        '-u',
        'root',
        '-p',
        password,
        ...words,
      ]);
    expect((await twine('wrong', files[0] ?? '')).code).toBe(1);
    expect(await listFilenames('root/published', 'published')).toEqual([]);
    const first = await twine(rootPassword, files[0] ?? '');
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect((await twine(token, source)).code).toBe(0);
    const uv = (file: string, ...words: string[]): ReturnType<PythonHome['run']> =>
      home.run('uv', ['publish', '--publish-url', target, '-u', 'root', '-p', token, ...words, file]);
    expect((await uv(files[1] ?? '')).code).toBe(0);
    const names = await listFilenames('root/published', 'published');
    expect(names).toEqual(['published-1.0-py3-none-any.whl', 'published-1.1-py3-none-any.whl', 'published-1.1.tar.gz']);
    // The same file again changes nothing; another one of that name is refused.
    const skipped = await uv(files[1] ?? '', '--check-url', simple('root/published'));
    expect(skipped).toMatchObject({ code: 0, stderr: expect.stringMatching(/already exists, skipping/) as string });
    const other = home.writeFile(makeWheel({ name: 'published', version: '1.0', summary: 'Another one' }));
    expect((await twine(token, other)).stdout).toMatch(/409/);
    expect(await listFilenames('root/published', 'published')).toEqual(names);
  });

  it('pip and uv must install what is private and what is of the world, by hash and from sources', async () => {
    const targets = { pip: home.makeFolder(), uv: home.makeFolder(), source: home.makeFolder() };
    const python = findPythonProgram('clients', 'python');
    await home.runWell('pip', [
      'install',
      '-q',
      '-i',
      simple('root/stable'),
      '--target',
      targets.pip,
      'flask',
      'my-pkg',
    ]);
    expect(listInstalled(targets.pip)).toEqual(['click-8.1.0', 'flask-3.0.0', 'it_s_dangerous-2.1', 'my_pkg-1.0']);
    await home.runWell('uv', [
      'pip',
      'install',
      '-q',
      '--python',
      python,
      '--index-url',
      simple('root/stable'),
      '--target',
      targets.uv,
      'flask',
      'my-pkg',
    ]);
    expect(listInstalled(targets.uv)).toEqual(listInstalled(targets.pip));
    await home.runWell('pip', [
      'install',
      '-q',
      '-i',
      simple('root/stable'),
      '--no-binary',
      'my-pkg',
      '--no-deps',
      '--target',
      targets.source,
      'my-pkg',
    ]);
    expect(listInstalled(targets.source)).toEqual(['my_pkg-1.0']);
    const requirements = join(home.makeFolder(), 'requirements.txt');
    const hashed = (file: Distribution, hash: string): string =>
      `${file.name}==${file.version} --hash=sha256:${hash}\n`;
    const download = (hash: string): ReturnType<PythonHome['run']> => {
      writeFileSync(requirements, hashed(world.click, hash));
      return home.run('pip', [
        'download',
        '-q',
        '--no-cache-dir',
        '-i',
        simple('root/stable'),
        '-d',
        home.makeFolder(),
        '-r',
        requirements,
      ]);
    };
    expect((await download(world.click.sha256)).code).toBe(0);
    expect((await download('0'.repeat(64))).code).toBe(1);
    // The index by its own address, as devpi has it for installers.
    await home.runWell('pip', [
      'download',
      '-q',
      '-i',
      `${index.address}/root/stable`,
      '-d',
      home.makeFolder(),
      'click',
    ]);
  });

  it('pip and uv must resolve by metadata alone, without a wheel from upstream that never says it has any', async () => {
    const names = ['alpha', 'beta', 'gamma'];
    for (const [at, name] of names.entries()) {
      const requires = names[at + 1] === undefined ? [] : [`${names[at + 1]}>=1`];
      upstream.add(makeWheel({ name, version: '1.0', requires }));
      upstream.add(makeSdist({ name, version: '0.9' }));
    }
    const before = upstream.asked.length;
    const requirements = join(home.makeFolder(), 'requirements.in');
    writeFileSync(requirements, 'alpha\n');
    const compiled = await home.runWell('uv', [
      'pip',
      'compile',
      '-q',
      '--no-header',
      '--index-url',
      simple('root/stable'),
      requirements,
    ]);
    expect(compiled.stdout.match(/^\w+==[\d.]+/gm)).toEqual(['alpha==1.0', 'beta==1.0', 'gamma==1.0']);
    const report = join(home.makeFolder(), 'report.json');
    const dry = ['install', '-q', '--dry-run', '--ignore-installed', '--no-cache-dir', '--report', report];
    await home.runWell('pip', [...dry, '-i', simple('root/stable'), 'alpha']);
    const { install } = JSON.parse(readFileSync(report, 'utf8')) as { install: { metadata: { name: string } }[] };
    expect(install.map(({ metadata }) => metadata.name).sort()).toEqual(names);
    const asked = upstream.asked.slice(before).map(({ path }) => path);
    // One look at each wheel, by the index; the programs got metadata alone, and no sources.
    expect(asked.filter((path) => path.startsWith('/packages/'))).toHaveLength(3);
    expect(asked.filter((path) => path.endsWith('.tar.gz'))).toEqual([]);
    const excluded = await home.run('uv', [
      'pip',
      'compile',
      '-q',
      '--index-url',
      simple('root/stable'),
      '--exclude-newer',
      '2020-01-01T00:00:00Z',
      requirements,
    ]);
    expect(excluded.code).toBe(1);
  });
});

/** A project of which devpi makes an sdist, with tests that tox runs. */
function writeProject(folder: string, plan: { name: string; version: string }): void {
  const module = plan.name.replaceAll('-', '_');
  const tox = `[tox]\nenvlist = py\n\n[testenv]\nskip_install = false\ncommands = python -c "import ${module}; assert ${module}.__version__ == '${plan.version}'"\n`;
  for (const [path, content] of Object.entries({ ...listSources(plan), 'tox.ini': tox })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
