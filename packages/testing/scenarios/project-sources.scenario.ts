import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeZip } from '../../runtime/src/projects/zip-archive.fixture.ts';
import { addSubmodule, GitServer, git } from '../src/git-server.ts';
import { useHome } from '../src/use-home.ts';

describe('the projects of a devfile', () => {
  const home = useHome();
  let server: GitServer;

  beforeAll(async () => {
    server = await GitServer.start(join(home().root, 'served'));
  });
  afterAll(() => server.stop());

  const up = (cwd: string, ...words: readonly string[]): ReturnType<ReturnType<typeof home>['run']> =>
    home().run(['up', ...words], {
      cwd,
      env: { GIT_SSL_CAINFO: server.certificate, DEVSTEAD_CA_BUNDLE: server.certificate },
    });
  const upWell = async (cwd: string, ...words: readonly string[]): Promise<string> => {
    const { code, stderr } = await up(cwd, ...words);
    if (code !== 0) throw new Error(stderr);
    return stderr;
  };
  const make = (name: string, projects: string): string =>
    home().makeProject(
      name,
      `schemaVersion: 2.2.2\nmetadata: {name: ${name}}\ncomponents:\n  - name: dev\n    container: {image: "docker.io/library/redis:7", command: [sleep, infinity], mountSources: true}\n${projects}`,
    );
  const inside = async (cwd: string, line: string): Promise<string> =>
    (await home().runWell(['exec', 'dev', 'sh', '-c', line], { cwd })).stdout;
  /** The folder on this machine that containers see as /projects. */
  const sources = (name: string): string => {
    const workspaces = join(home().state, 'workspaces');
    const [id = ''] = readdirSync(workspaces).filter((entry) => entry.startsWith(`${name}-`));
    return join(workspaces, id, 'projects');
  };

  it('must be fetched each to its place, with their remotes, at the revision named', async () => {
    const shop = server.addRepository('shop', { README: 'one' });
    git(shop, 'tag', 'v1');
    writeFileSync(join(shop, 'README'), 'two');
    git(shop, 'commit', '-am', 'Second');
    git(shop, 'branch', 'other');
    server.addRepository('fork', { README: 'fork' });
    const [origin, fork] = [server.repository('shop'), server.repository('fork')];
    const cwd = make(
      'several',
      `projects:
  - name: shop
    git: {remotes: {origin: "${origin}"}}
  - name: old
    clonePath: code/old
    git: {remotes: {origin: "${fork}", upstream: "${origin}"}, checkoutFrom: {remote: upstream, revision: v1}}
  - name: branch
    git: {remotes: {origin: "${origin}"}, checkoutFrom: {revision: other}}
  - name: archive
    zip: {location: "${server.addFile('archive.zip', writeZip([{ name: 'archive-main/README', data: 'zip' }]))}"}
`,
    );
    const said = await upWell(cwd);
    expect(said).toMatch(/sha256 [0-9a-f]{64}/);
    expect(await inside(cwd, 'cd /projects; cat shop/README code/old/README branch/README archive/README; pwd')).toBe(
      'twoonetwozip/projects\n',
    );
    expect(await inside(cwd, 'echo "$PROJECT_SOURCE"; id -u; stat -c %u /projects/shop/README')).toMatch(
      /^\/projects\/shop\n(\d+)\n\1\n$/,
    );
    const old = join(sources('several'), 'code/old');
    expect(git(old, 'remote', '-v')).toContain(`upstream\t${origin} (fetch)`);
    expect(git(old, 'remote', '-v')).toContain(`origin\t${fork} (fetch)`);
    expect(git(join(sources('several'), 'branch'), 'rev-parse', '--abbrev-ref', '@{upstream}').trim()).toBe(
      'origin/other',
    );
    // What is in its place is left alone.
    await inside(cwd, 'echo mine > /projects/shop/README');
    const asked = server.asked.length;
    await upWell(cwd);
    await home().runWell(['stop'], { cwd });
    await upWell(cwd);
    expect(server.asked.length).toBe(asked);
    expect(await inside(cwd, 'cat /projects/shop/README')).toBe('mine\n');
  });

  it('must not be removed with work that is nowhere else, unless forced', async () => {
    const cwd = join(home().projects, 'several');
    const refused = await home().run(['down', '--volumes', '--output', 'json'], { cwd });
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'UNSAVED_WORK' });
    expect(refused.stderr).toContain('project shop: 1 changed or new');
    await inside(cwd, 'cat /projects/shop/README');
    await home().runWell(['down'], { cwd });
    expect(readFileSync(join(sources('several'), 'shop/README'), 'utf8')).toBe('mine\n');
    await home().runWell(['down', '--volumes', '--force'], { cwd });
    expect(existsSync(sources('several'))).toBe(false);
  });

  it('must be checked out in part, or a folder of them, as they say', async () => {
    server.addRepository('mono', { 'a/x': '1', 'b/y': '2', 'c/d/z': '3', top: '4' });
    const cwd = make(
      'parts',
      `projects:
  - name: sparse
    attributes: {sparseCheckout: "a c/d"}
    git: {remotes: {origin: "${server.repository('mono')}"}}
  - name: part
    attributes: {subDir: c/d}
    git: {remotes: {origin: "${server.repository('mono')}"}}
`,
    );
    await upWell(cwd);
    expect(await inside(cwd, 'cd /projects; ls sparse; ls sparse/c; ls -A part')).toBe('a\nc\ntop\nd\nz\n');
    await home().runWell(['down', '--volumes'], { cwd });
  });

  it('must have their submodules when asked, and only then', async () => {
    const library = server.addRepository('library', { 'lib.txt': 'lib' });
    const shop = server.addRepository('with-module', { README: 'x' });
    addSubmodule(shop, library, server.repository('library'));
    const cwd = make(
      'modules',
      `projects:\n  - name: shop\n    git: {remotes: {origin: "${server.repository('with-module')}"}}\n`,
    );
    await upWell(cwd);
    expect(await inside(cwd, 'ls /projects/shop/lib')).toBe('');
    await home().runWell(['down', '--volumes'], { cwd });
    await upWell(cwd, '--submodules');
    expect(await inside(cwd, 'cat /projects/shop/lib/lib.txt')).toBe('lib');
    await home().runWell(['down', '--volumes'], { cwd });
  });

  it('must be a folder of this machine where one is bound, until it no longer is', async () => {
    const cwd = make(
      'bound',
      `projects:\n  - name: shop\n    clonePath: code/shop\n    git: {remotes: {origin: "${server.repository('shop')}"}}\n`,
    );
    const mine = join(home().projects, 'my-shop');
    mkdirSync(mine);
    writeFileSync(join(mine, 'README'), 'bound');
    await upWell(cwd, '--bind', `shop=${mine}`);
    expect(await inside(cwd, 'cat /projects/code/shop/README; echo inside > /projects/code/shop/new')).toBe('bound');
    expect(readFileSync(join(mine, 'new'), 'utf8')).toBe('inside\n');
    // It stays bound.
    await upWell(cwd);
    expect(await inside(cwd, 'cat /projects/code/shop/README')).toBe('bound');
    await upWell(cwd, '--bind', 'shop=');
    expect(await inside(cwd, 'cat /projects/code/shop/README')).toBe('two');
    expect(readdirSync(mine).sort()).toEqual(['README', 'new']);
    await home().runWell(['down', '--volumes'], { cwd });
    expect(readdirSync(mine).sort()).toEqual(['README', 'new']);
  });

  it('must begin with a starter when one is named', async () => {
    server.addRepository('stack', { 'small/app.py': 'print(1)', 'small/README': 'starter', 'large/app.py': 'x' });
    const cwd = make(
      'starters',
      `starterProjects:
  - name: small
    description: A small one
    subDir: small
    git: {remotes: {origin: "${server.repository('stack')}"}}
  - name: zipped
    zip: {location: "${server.addFile(
      'starter.zip',
      writeZip([
        { name: 'z/app.js', data: '1' },
        { name: 'z/devfile.yaml', data: 'x' },
      ]),
    )}?token=secret"}
`,
    );
    const list = await home().runWell(['up', '--starters', '--output', 'json'], { cwd });
    expect(JSON.parse(list.stdout)).toEqual({
      schemaVersion: 'starters/v1',
      starters: [
        {
          name: 'small',
          description: 'A small one',
          address: server.repository('stack'),
          subDir: 'small',
          isChosen: false,
        },
        { name: 'zipped', address: `${server.address}/starter.zip`, isChosen: false },
      ],
    });
    expect((await up(cwd, '--starter', 'smal')).stderr).toMatch(/UNKNOWN_STARTER[^]*small/);
    writeFileSync(join(cwd, 'README.md'), 'mine');
    const plan = await home().runWell(['up', '--dry-run', '--starter', 'zipped'], { cwd });
    expect(plan.stdout).toContain('starter.fetch zipped');
    expect(plan.stdout).not.toContain('secret');
    expect(readdirSync(cwd).sort()).toEqual(['README.md', 'devfile.yaml']);
    await upWell(cwd, '--starter', 'zipped');
    expect(readdirSync(cwd).sort()).toEqual(['README.md', 'app.js', 'devfile.yaml']);
    expect(readFileSync(join(cwd, 'devfile.yaml'), 'utf8')).toContain('schemaVersion');
    expect(await inside(cwd, 'cat "$PROJECT_SOURCE/app.js"')).toBe('1');
    // A second time it is there; another one is refused.
    await upWell(cwd, '--starter', 'zipped');
    const other = await up(cwd, '--starter', 'small');
    expect(other.code).toBe(1);
    expect(other.stderr).toContain('PROJECT_FAILED');
    expect(readdirSync(cwd).sort()).toEqual(['README.md', 'app.js', 'devfile.yaml']);
  });
});
