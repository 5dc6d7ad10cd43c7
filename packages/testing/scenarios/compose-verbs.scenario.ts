import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstScenarioPort } from '../src/scenario-home.ts';
import { useHome } from '../src/use-home.ts';

const port = firstScenarioPort + 750;

const project = `name: verbs
services:
  web:
    image: python:3.12-slim
    command: python3 -m http.server 8000
    environment: {LEVEL: one}
    ports: ["127.0.0.1:${port}:8000"]
    restart: always
    depends_on: {db: {condition: service_healthy}}
  db:
    image: redis:7
    healthcheck: {test: redis-cli ping, interval: 1s}
  tool:
    image: python:3.12-slim
    profiles: [tools]
    command: echo from the tool
`;

describe('a command in a container of its own', () => {
  const home = useHome();
  let cwd = '';
  const compose = (...words: string[]) => home().run(['compose', ...words], { cwd });
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      ({ status }) => status,
      () => 0,
    );
  const listContainers = (): string[] => {
    const [id = ''] = readdirSync(join(home().state, 'workspaces'));
    return readdirSync(join(home().state, 'workspaces', id, 'containers')).sort();
  };

  it('must start what the service needs, pass code and output on, and leave no container', async () => {
    cwd = join(home().projects, 'verbs');
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'compose.yaml'), project);
    writeFileSync(join(cwd, 'vars.env'), 'FROM_FILE="a b"\n');
    const line =
      'echo $LEVEL-$MORE-$FROM_FILE; touch /out/made /kept/x || exit 6; getent hosts db >/dev/null || exit 8; getent hosts web && exit 9; id -u; pwd; exit 7';
    const { code, stdout } = await compose(
      'run',
      '--rm',
      '-e',
      'MORE=x',
      '-w',
      '/tmp',
      '--env-from-file=vars.env',
      '--volume=./out:/out',
      '--volume=kept:/kept',
      'web',
      'sh',
      '-c',
      line,
    );
    expect([code, stdout]).toEqual([7, 'one-x-a b\n0\n/tmp\n']);
    expect(existsSync(join(cwd, 'out', 'made'))).toBe(true);
    expect(listContainers()).toEqual(['db']);
  });

  it('must run the command of a service that a profile has, and nothing else of it', async () => {
    const { code, stdout } = await compose('run', '--no-deps', 'tool');
    expect([code, stdout]).toEqual([0, 'from the tool\n']);
    expect((await compose('ps', '-a', '--services')).stdout).toBe('db\n');
  });

  it('must publish ports only when asked, and be gone after its caller was killed', async () => {
    const running = home().start(['compose', 'run', '-T', '--service-ports', 'web'], { cwd });
    await expect.poll(ask).toBe(200);
    expect((await compose('ps', '--services')).stdout).toBe('db\n');
    expect((await compose('ps', '-a', '--services')).stdout).toBe('db\nweb\n');
    // Another up leaves it alone as long as its command runs.
    await compose('up', '-d', 'db');
    expect(await ask()).toBe(200);
    running.child.kill('SIGKILL');
    await running.finished;
    await compose('up', '-d', 'db');
    expect(listContainers()).toEqual(['db']);
    expect(await ask()).toBe(0);
  });

  it('must list images, scale, send signals and remove what has ended', async () => {
    await compose('up', '-d', '--scale', 'db=2');
    const images = JSON.parse((await compose('images', '--format', 'json')).stdout) as Record<string, string>[];
    expect(images.map((one) => `${one['ContainerName']} ${one['Repository']}:${one['Tag']}`)).toEqual([
      'verbs-web-1 python:3.12-slim',
      'verbs-db-1 redis:7',
      'verbs-db-2 redis:7',
    ]);
    expect((await compose('ls', '-q')).stdout).toBe('verbs\n');
    // Its policy is `always`; whoever ends it by force means it.
    await compose('kill', 'web');
    expect((await compose('ps', '-a', '--format', 'json', 'web')).stdout).toContain('"ExitCode":137');
    await compose('rm', '-f');
    expect(listContainers()).toEqual(['db', 'db-2']);
    await compose('up', '-d');
    expect(listContainers()).toEqual(['db', 'web']);
    expect(await ask()).toBe(200);
  });

  it('must name the Dockerfile that is not there', async () => {
    writeFileSync(join(cwd, 'compose.yaml'), `${project}  api:\n    build: .\n`);
    const { code, stderr } = await compose('build');
    expect(code).toBe(1);
    expect(stderr).toContain(`UNREADABLE_INPUT  there is no Dockerfile ${join(cwd, 'Dockerfile')}`);
  });
});
