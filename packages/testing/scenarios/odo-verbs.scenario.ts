import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useHome } from '../src/use-home.ts';
import { waitUntil } from '../src/wait-until.ts';

const devfile = `schemaVersion: 2.2.2
metadata:
  name: fetched
components:
  - name: dev
    container:
      image: docker.io/library/python:3.11
`;

describe('odo’s verbs, in the order its users know', () => {
  const home = useHome();
  let cwd = '';
  let web = '';
  const ask = async (): Promise<string> =>
    (await fetch(web, { signal: AbortSignal.timeout(2000) }).catch(() => undefined))?.text() ?? '';

  it('must create without starting anything, under the name given', async () => {
    cwd = home().copyFixture('watch', 'shop');
    const created = await home().runWell(['create', 'my-shop', '--devfile', 'devfile.yaml'], { cwd });
    expect(created.stderr).toContain('create stands for: devstead check');
    expect((await home().runWell(['list'], { cwd })).stdout).toMatch(/my-shop\s+stopped/);
  });

  it('must push: everything up, built, and running after push has ended', async () => {
    const pushed = await home().runWell(['push', '--output', 'json'], { cwd });
    expect(pushed.stderr).toContain('push stands for: devstead up');
    const result = JSON.parse(pushed.stdout) as { workspace: { name: string }; addresses: { url: string }[] };
    expect(result.workspace.name).toBe('my-shop');
    web = result.addresses[0]?.url ?? '';
    expect(await ask()).toBe('built first\n');
  });

  it('must push again what changed', async () => {
    writeFileSync(join(cwd, 'src/text.txt'), 'second\n');
    await home().runWell(['push'], { cwd });
    await waitUntil('the new text', async () => (await ask()) === 'built second\n');
  });

  it('must watch, run and test, taking over what push left running', async () => {
    const watching = home().start(['watch', '--no-build'], { cwd });
    await watching.waitFor('it is ended and started here');
    await watching.waitFor(/run +serve/);
    watching.child.kill('SIGINT');
    expect((await watching.finished).code).toBe(0);
    expect((await home().runWell(['run', 'build'], { cwd })).code).toBe(0);
    const tested = await home().run(['test'], { cwd });
    expect(tested.code).toBe(1);
    expect(tested.stderr).toContain('test stands for: devstead run test');
    expect((await home().run(['test', '--test-command', 'build'], { cwd })).code).toBe(0);
  });

  it('must say where a push failed, and leave no half of it', async () => {
    writeFileSync(join(cwd, 'src/broken'), '');
    const failed = await home().run(['push'], { cwd });
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/COMMAND_FAILED.*build ended with code 1/);
  });

  it('must run a program without naming a container', async () => {
    expect((await home().runWell(['exec', '--', 'echo', 'a', '--', 'b'], { cwd })).stdout).toBe('a -- b\n');
    expect((await home().runWell(['exec', 'dev', '--', 'echo', 'c'], { cwd })).stdout).toBe('c\n');
  });

  it('must list urls and describe', async () => {
    const listed = await home().runWell(['url', 'list'], { cwd });
    expect(listed.stdout).toContain(web);
    expect((await home().run(['url', 'create', 'x', '--port', '1'], { cwd })).stderr).toContain('devfile');
    const described = await home().runWell(['describe'], { cwd });
    expect(described.stdout).toMatch(/serve +exec +run \(default\)/);
  });

  it('must delete only after a yes', async () => {
    const asked = await home().run(['delete'], { cwd });
    expect(asked.code).toBe(2);
    expect((await home().runWell(['list'], { cwd })).stdout).toContain('my-shop');
    await home().runWell(['delete', '--force'], { cwd });
    expect((await home().runWell(['list'], { cwd })).stdout).not.toContain('my-shop');
  });

  it('must leave odo’s verbs out of the list of commands, and tell of them in their own help', async () => {
    expect((await home().run(['--help'])).stdout).not.toMatch(/push|workspace:start/);
    expect((await home().runWell(['push', '--help'])).stdout).toContain('devstead push');
  });
});

describe('workspace:start', () => {
  const home = useHome();
  let server: Server;
  let address = '';

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/devfile.yaml') response.end(devfile);
      else if (request.url === '/moved') response.writeHead(302, { location: '/devfile.yaml' }).end();
      else if (request.url === '/private') response.writeHead(302, { location: 'https://169.254.169.254/' }).end();
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = server.address();
    address = `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`;
  });
  afterAll(() => server.close());

  it('must start a devfile of this machine', async () => {
    const cwd = home().makeProject('local', devfile);
    const { stderr } = await home().runWell(['workspace:start', '--devfile-path=devfile.yaml'], { cwd });
    expect(stderr).toContain('workspace:start stands for: devstead up devfile.yaml');
  });

  it('must not run what it fetched before somebody agreed, and leave nothing then', async () => {
    const cwd = join(home().projects, 'asked');
    mkdirSync(cwd);
    const result = await home().run(['workspace:start', `--devfile-path=${address}/devfile.yaml`], { cwd });
    expect(result.stderr).toContain('NOT_TRUSTED');
    expect(result.stderr).toContain('image docker.io/library/python:3.11');
    expect(existsSync(join(cwd, 'fetched'))).toBe(false);
  });

  it('must start a fetched devfile in a folder of its name, also after a redirect, and again', async () => {
    const cwd = join(home().projects, 'fetching');
    mkdirSync(cwd);
    await home().runWell(['workspace:start', `--devfile=${address}/moved`, '--yes'], { cwd });
    expect(existsSync(join(cwd, 'fetched/devfile.yaml'))).toBe(true);
    expect((await home().runWell(['status'], { cwd: join(cwd, 'fetched') })).stdout).toContain('fetched');
    await home().runWell(['workspace:start', `--devfile=${address}/devfile.yaml`], { cwd });
  });

  it.each([
    ['/private', 'URL_REFUSED'],
    ['/absent', 'UNREADABLE_INPUT'],
  ])('must say why %s is not fetched', async (path, code) => {
    const { stderr } = await home().run(['workspace:start', `--devfile-path=${address}${path}`, '--yes']);
    expect(stderr).toContain(code);
  });
});
