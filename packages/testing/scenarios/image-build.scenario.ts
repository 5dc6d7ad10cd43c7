import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finished } from '../src/run-devstead.ts';
import { useHome } from '../src/use-home.ts';

interface Built {
  readonly images: readonly { readonly name: string; readonly isNew: boolean; readonly digest: string }[];
}

interface Event {
  readonly type: string;
  readonly step: number;
  readonly line: number;
  readonly text: string;
}

const secret = 'a-secret-of-the-build-7f3a';

/** The tests follow each other: later ones build on what earlier ones left in the cache. */
describe('an image from a Dockerfile', () => {
  const home = useHome();
  const tag = `scenario-build-${process.pid}`;
  let folder = '';
  const write = (name: string, ...lines: readonly string[]): void =>
    writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''));
  const build = (...words: readonly string[]): Promise<Finished> =>
    home().run(['image', 'build', '-t', tag, '--output', 'json', ...words], { cwd: folder });
  const result = ({ stdout }: Finished): Built['images'][number] => {
    const [image] = (JSON.parse(stdout) as Built).images;
    if (image === undefined) throw new Error('no image was built');
    return image;
  };
  const events = ({ stderr }: Finished): Event[] =>
    stderr
      .split('\n')
      .filter((line) => line.startsWith('{"schemaVersion":"image-build-event/v1"'))
      .map((line) => (JSON.parse(line) as { event: Event }).event);
  const listBuilding = (): string[] =>
    readdirSync(join(home().state, 'images/building')).filter((name) => name.startsWith('dockerfile-'));
  const run = (...words: readonly string[]): Promise<Finished> => home().run(['image', 'run', '--rm', tag, ...words]);

  beforeAll(() => {
    folder = join(home().projects, 'app');
    mkdirSync(folder);
    write('app.py', 'print("one")');
    write('.env', 'PASSWORD=x');
    write('.dockerignore', '.env', 'Dockerfile*');
    write(
      'Dockerfile',
      'ARG TAG=3.11',
      'FROM python:$TAG AS build',
      'ARG NAME',
      'RUN --mount=type=cache,target=/cache --mount=type=secret,id=key <<EOF',
      'set -e',
      'test "$(cat /run/secrets/key)" = a-secret-of-the-build-7f3a',
      'test -s "$SSL_CERT_FILE"',
      'echo "made for $NAME" > /made',
      'EOF',
      'FROM build AS unused',
      'RUN false',
      'FROM python:$TAG',
      'COPY --link --from=build /made /made',
      'COPY <<"EOF" /plain',
      'a $NAME of its own',
      'EOF',
      'WORKDIR /app',
      'COPY . .',
      'USER 4321:0',
      'LABEL kind=scenario',
      'HEALTHCHECK --interval=7s --start-interval=1s CMD ["python3", "-c", "pass"]',
      'CMD ["python3", "app.py"]',
    );
    write('key.txt', secret);
  });
  afterAll(async () => {
    await home().run(['image', 'rm', tag]);
  });

  const words = ['--secret', 'id=key,src=key.txt', '--build-arg', 'NAME=the test', '.'];

  it('must be built of the stages it needs, and run', async () => {
    write('.dockerignore', '.env', 'Dockerfile*', 'key.txt');
    const done = await build(...words);
    expect(done.code, done.stderr).toBe(0);
    expect(result(done).isNew).toBe(true);
    const steps = events(done).filter(({ type }) => type === 'step');
    expect(steps.map(({ line }) => line)).toEqual([2, 3, 4, 12, 13, 14, 17, 18, 19, 20, 21, 22]);
    expect(await run()).toMatchObject({ code: 0, stdout: 'one\n' });
    const shown = await run('sh', '-c', 'cat /made /plain; id -u; pwd; ls -A');
    expect(shown.stdout.split('\n')).toEqual([
      'made for the test',
      'a $NAME of its own',
      '4321',
      '/app',
      '.dockerignore',
      'app.py',
      '',
    ]);
  });

  it('must keep check and labels, and nothing of the machine', async () => {
    const { stdout } = await home().run(['image', 'inspect', tag, '--output', 'json']);
    const { image } = JSON.parse(stdout) as {
      image: {
        name: string;
        layers: string[];
        config: { env: object; health: object; labels: object; ready: string[] };
      };
    };
    expect(Object.keys(image.config.env).filter((name) => /PIP_|CERT|PROXY|EPOCH/i.test(name))).toEqual([]);
    expect(image.config).toMatchObject({
      ready: ['python3', '-c', 'pass'],
      health: { intervalMs: 7000, startIntervalMs: 1000 },
      labels: { kind: 'scenario' },
    });
    const layers = image.layers.map((layer) => join(home().state, 'images/layers', layer.replace('sha256:', '')));
    const record = readFileSync(join(home().state, 'images/records', `${image.name}.json`), 'utf8');
    expect(record).not.toContain(secret);
    expect(spawnSync('grep', ['-rqs', secret, ...layers]).status).not.toBe(0);
  });

  it('must not be built again when nothing changed, and go on from what is kept when something did', async () => {
    const started = performance.now();
    const again = await build(...words);
    expect(result(again).isNew).toBe(false);
    expect(performance.now() - started).toBeLessThan(10_000);
    const before = result(again).digest;
    utimesSync(join(folder, 'app.py'), 1, 1);
    const touched = await build(...words);
    expect(result(touched)).toMatchObject({ digest: before });
    // What builds keep is shared with earlier runs of this test.
    const fresh = `two ${process.pid} ${Date.now()}`;
    write('app.py', `print("${fresh}")`);
    const changed = await build(...words);
    expect(result(changed).digest).not.toBe(before);
    const cached = events(changed)
      .filter(({ type }) => type === 'cached')
      .map(({ step }) => step);
    expect(cached).toContain(3);
    expect(cached).not.toContain(8);
    expect(await run()).toMatchObject({ stdout: `${fresh}\n` });
  });

  it('must not be built with mistakes, which are told with their lines', async () => {
    write('Dockerfile.bad', 'FROM python:3.11', 'RNU x', 'COPY nothing /x', 'COPY --chwon=1 app.py /');
    const done = await home().run(['image', 'build', '-f', 'Dockerfile.bad', '.'], { cwd: folder });
    expect(done.code).toBe(1);
    expect(done.stderr).toContain('dockerfile.unknown-instruction');
    expect(done.stderr).toMatch(/Dockerfile\.bad:2:1/);
    expect(done.stderr).toMatch(/Dockerfile\.bad:4:6/);
    expect(listBuilding()).toEqual([]);
  });

  it('must not take secrets of the context, unless that is asked for', async () => {
    write('.dockerignore', 'Dockerfile*');
    write('Dockerfile.secret', 'FROM python:3.11', 'COPY . /x');
    const { code, stderr } = await home().run(['image', 'build', '-f', 'Dockerfile.secret', '-t', tag, '.'], {
      cwd: folder,
    });
    expect(code).toBe(1);
    expect(stderr).toContain('dockerfile.secret-in-image');
  });

  it('must say which step failed and how, and leave nothing of it', async () => {
    write('Dockerfile.fails', 'FROM python:3.11', 'RUN true', 'RUN echo said before && \\', '  exit 9');
    const { code, stdout } = await build('-f', 'Dockerfile.fails', '.');
    expect(code).toBe(1);
    const error = JSON.parse(stdout) as { code: string; message: string; details: string[] };
    expect(error.code).toBe('IMAGE_BUILD_FAILED');
    expect(error.message).toMatch(/Dockerfile\.fails:3 RUN ended with 9$/);
    expect(error.details).toContain('said before');
    expect(listBuilding()).toEqual([]);
  });

  it('must have steps that do not reach the machine itself', async () => {
    const server = createServer((_request, response) => response.end('reached'));
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const { port } = server.address() as AddressInfo;
    write(
      'Dockerfile.net',
      'FROM python:3.11',
      `RUN ! curl --silent --max-time 3 http://127.0.0.1:${port}/ && ! curl --silent --max-time 3 http://10.0.2.2:${port}/`,
      'RUN test ! -e /sys/fs/cgroup/images && test "$(ls /proc | grep -c "^[0-9]")" -lt 10',
    );
    const done = await build('-f', 'Dockerfile.net', '.');
    await new Promise((resolve) => server.close(resolve));
    expect(done.code, done.stderr).toBe(0);
  });

  it('must be cleared by the next build when one was killed', async () => {
    write('Dockerfile.slow', 'FROM python:3.11', 'RUN echo begun && sleep 3600');
    const killed = home().start(['image', 'build', '-f', 'Dockerfile.slow', '-t', tag, '.'], { cwd: folder });
    await killed.waitFor('| begun', 60_000);
    killed.child.kill('SIGKILL');
    await killed.finished;
    write('Dockerfile.after', 'FROM python:3.11', 'RUN echo after');
    expect(await build('-f', 'Dockerfile.after', '.')).toMatchObject({ code: 0 });
    expect(listBuilding()).toEqual([]);
  });
});
