import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listStore, readStored } from '../src/image-store.ts';
import { explainNoRegistry, LoopbackRegistry } from '../src/loopback-registry.ts';
import { makeTar, type TarItem } from '../src/make-tar.ts';
import { useHome } from '../src/use-home.ts';

const reason = explainNoRegistry() ?? (existsSync('/usr/bin/skopeo') ? undefined : 'skopeo is not installed');
const why = reason === undefined ? '' : ` (skipped: ${reason})`;

interface Pulled {
  readonly images: readonly { readonly name: string; readonly isNew: boolean; readonly manifestDigest: string }[];
}

describe.skipIf(reason !== undefined)(`images of a registry${why}`, () => {
  const home = useHome();
  let registry: LoopbackRegistry;
  let base = '';
  let lower: readonly Buffer[] = [];
  let env: Record<string, string> = {};
  const folder = (path: string, mode = 0o755): TarItem => ({ path: `${path}/`, flag: '5', mode });
  const upper = makeTar([
    folder('srv'),
    { path: 'srv/hello', content: 'hello\n' },
    folder('etc'),
    { path: 'etc/passwd', content: 'root:x:0:0::/:/bin/sh\napp:x:1234:55::/srv:/bin/sh\n' },
    { path: 'etc/.wh.debian_version' },
    { path: 'usr/share/.wh.perl5' },
    folder('var'),
    folder('var/lib'),
    { path: 'var/lib/.wh..wh..opq' },
    { path: 'tmp/from-image', content: 'x' },
  ]);
  const serve = ['python3', '-m', 'http.server', '--directory', '/srv', '8099'];
  const run = {
    User: 'app',
    Env: ['GREETING=hi', 'PATH=/usr/bin:/bin'],
    Cmd: serve,
    WorkingDir: '/srv',
    ExposedPorts: { '8099/tcp': {}, '9/tcp': {} },
  };

  beforeAll(async () => {
    registry = await LoopbackRegistry.start(join(home().root, 'registry'));
    env = { DEVSTEAD_HOME: join(home().root, 'own'), XDG_CACHE_HOME: join(home().root, 'cache') };
    // A real image to lay more on: the python one, exported from the store that all scenarios share.
    const file = join(home().root, 'python.tar');
    await home().runWell(['image', 'export', 'python', file]);
    base = `${registry.host}/dev/python:1`;
    execFileSync('skopeo', ['copy', '-q', '--dest-tls-verify=false', `oci-archive:${file}`, `docker://${base}`]);
    const layout = join(home().root, 'layout');
    mkdirSync(layout);
    execFileSync('tar', ['-xf', file, '-C', layout]);
    const manifest = JSON.parse(readFileSync(join(layout, 'manifest.json'), 'utf8')) as { Layers: string[] }[];
    lower = (manifest[0]?.Layers ?? []).map((path) =>
      execFileSync('gunzip', ['-c', join(layout, path)], { maxBuffer: 1 << 30 }),
    );
    await registry.push('team/app', '1', [...lower, upper], { run });
  });
  afterAll(async () => {
    await home().run(['down', '--all', '--volumes', '--no-commands'], { env });
    registry?.stop();
  });

  const pull = async (...args: string[]): Promise<Pulled> =>
    JSON.parse((await home().runWell(['image', 'pull', ...args, '-o', 'json'], { env })).stdout) as Pulled;
  const state = (): string => env['DEVSTEAD_HOME'] ?? '';
  const devfile = (image: string): string =>
    `schemaVersion: 2.2.2\nmetadata: {name: shop}\ncomponents:\n  - name: app\n    container:\n      image: ${image}\n      endpoints: [{name: web, targetPort: 8099}]\n`;

  it('must be what was pushed, file for file', async () => {
    const [image] = (await pull(base)).images;
    const { layers } = readStored(state(), image?.name ?? '');
    const own = readStored(home().state, 'python');
    const list = (root: string, digest: string): string =>
      execFileSync(
        'sh',
        [
          '-c',
          'cd "$1" && find . -mindepth 1 -printf "%p %y %m %U %G %s %l %Ts\\n" | sed "/ d /s/ [0-9]* *\\([0-9]*\\)$/ \\1/" | sort',
          'sh',
          join(root, 'images/layers', digest.replace('sha256:', '')),
        ],
        { encoding: 'utf8', maxBuffer: 1 << 28 },
      );
    expect(layers.length).toBe(own.layers.length);
    for (const [index, digest] of layers.entries()) {
      const pulled = list(state(), digest).split('\n');
      const made = list(home().state, own.layers[index] ?? '').split('\n');
      // Programs lose setuid, which has no effect in containers.
      const differing = made.filter((line) => !pulled.includes(line) && !/ f [2467]\d{3} /.test(line));
      expect(differing).toEqual([]);
      expect(pulled.length).toBe(made.length);
    }
  });

  it('must be pulled once: what is there and what is shared is not read again', async () => {
    expect((await pull(base)).images[0]?.isNew).toBe(false);
    const before = listStore(state()).layers;
    const [image] = (await pull(`${registry.host}/team/app:1`)).images;
    expect(image?.isNew).toBe(true);
    expect(listStore(state()).layers.length).toBe(before.length + 1);
    const [byDigest] = (await pull(`${registry.host}/team/app@${image?.manifestDigest}`)).images;
    expect(byDigest?.manifestDigest).toBe(image?.manifestDigest);
    expect(listStore(state()).layers.length).toBe(before.length + 1);
  });

  it('must run as the image says, what it hides hidden and its folders like those below', async () => {
    const cwd = home().makeProject('pulled', devfile(`${registry.host}/team/app:1`));
    const { stdout } = await home().runWell(['up', '-o', 'json'], { cwd, env });
    const url = (JSON.parse(stdout) as { addresses: { url: string }[] }).addresses[0]?.url ?? '';
    expect(await (await fetch(`${url.replace(/\/$/, '')}/hello`)).text()).toBe('hello\n');
    const script =
      'id -u; id -g; echo $GREETING; pwd; ls /etc/debian_version /usr/share/perl5 2>&1 | wc -l; ls -A /var/lib | wc -l; stat -c %a /tmp; cat /proc/1/cmdline | tr "\\0" " "';
    const inside = await home().runWell(['exec', '--workdir', '/srv', 'app', 'sh', '-c', script], { cwd, env });
    expect(inside.stdout.split('\n').slice(0, 7)).toEqual(['1234', '55', 'hi', '/srv', '2', '0', '1777']);
    expect(inside.stdout).toContain('http.server');
    // Nothing is asked of the registry when the image is there.
    registry.stop();
    expect((await home().runWell(['up'], { cwd, env })).code).toBe(0);
    await home().runWell(['down'], { cwd, env });
    registry = await LoopbackRegistry.start(join(home().root, 'registry'), { host: registry.host });
  });

  it('must be pulled by up when it is not there, and told in its plan', async () => {
    const reference = `${registry.host}/team/app:1`;
    await home().runWell(['image', 'rm', reference], { env });
    const cwd = home().makeProject('pulling', devfile(reference));
    const dry = await home().runWell(['up', '--dry-run'], { cwd, env });
    expect(dry.stdout).toContain('image.pull');
    expect((await home().runWell(['up'], { cwd, env })).stderr).toContain(`${reference} from ${registry.host}`);
    expect((await home().runWell(['exec', 'app', 'id', '-u'], { cwd, env })).stdout).toBe('1234\n');
    // An image that a workspace stands on is neither removed nor cleaned up.
    expect((await home().run(['image', 'rm', reference], { env })).code).toBe(2);
    await home().runWell(['stop'], { cwd, env });
    await home().runWell(['image', 'prune', '--older-than', '0'], { env });
    expect((await home().runWell(['up'], { cwd, env })).code).toBe(0);
    await home().runWell(['down'], { cwd, env });
  });

  it('must fail with each place and reason when no registry is reached', async () => {
    const cwd = home().makeProject('unreachable', devfile('127.0.0.1:1/team/app:1'));
    const { code, stderr } = await home().run(['up'], { cwd, env });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /IMAGE_PULL_FAILED[^]*devfile\.yaml:6 container app[^]*127\.0\.0\.1:1: connect ECONNREFUSED/,
    );
    expect((await home().run(['list'], { env })).stdout).not.toContain('unreachable');
  });

  it('must need no network once it is imported from an archive that was exported', async () => {
    const file = join(home().root, 'app.tar');
    await home().runWell(['image', 'export', `${registry.host}/team/app:1`, file], { env });
    execFileSync('skopeo', ['copy', '-q', `oci-archive:${file}`, `dir:${join(home().root, 'copied')}`]);
    execFileSync('skopeo', [
      'copy',
      '-q',
      `docker-archive:${file}`,
      `docker-archive:${join(home().root, 'docker.tar')}:a/b:1`,
    ]);
    execFileSync('gzip', ['-1', '-k', file]);
    const names = ['example.com/a:1', 'example.com/a:2', 'example.com/a:3'];
    for (const [index, archive] of ['app.tar', 'docker.tar', 'app.tar.gz'].entries()) {
      const args = ['image', 'import', '--name', names[index] ?? '', join(home().root, archive)];
      expect((await home().run(args, { env })).stderr).toBe('');
    }
    const cwd = home().makeProject('imported', devfile('example.com/a:2'));
    await home().runWell(['up'], { cwd, env });
    const { stdout } = await home().runWell(
      ['exec', 'app', 'sh', '-c', 'id -u; ls -A /var/lib | wc -l; test -e /etc/debian_version; echo $?'],
      { cwd, env },
    );
    expect(stdout).toBe('1234\n0\n1\n');
    await home().runWell(['down'], { cwd, env });
    await home().runWell(['image', 'rm', ...names], { env });
  });

  it('must be cleaned up by age and use', async () => {
    const dry = JSON.parse(
      (await home().runWell(['image', 'prune', '--older-than', '0', '--dry-run', '-o', 'json'], { env })).stdout,
    ) as { images: unknown[]; freedBytes: number };
    expect(dry.images.length).toBeGreaterThan(1);
    expect(listStore(state()).records.length).toBe(dry.images.length);
    expect(
      (JSON.parse((await home().runWell(['image', 'prune', '-o', 'json'], { env })).stdout) as { images: unknown[] })
        .images,
    ).toEqual([]);
    await home().runWell(['image', 'prune', '--older-than', '0'], { env });
    expect(listStore(state())).toEqual({ layers: [], records: [], building: [] });
    expect(dry.freedBytes).toBeGreaterThan(200e6);
  });

  it('must go on from what has arrived after Ctrl-C and after a kill', async () => {
    const slow = await startSlowProxy(registry.host);
    try {
      const reference = `${slow.host}/team/app:1`;
      const blobs = join(home().root, 'cache/devstead/blobs');
      for (const signal of ['SIGINT', 'SIGKILL'] as const) {
        slow.read();
        const pulling = home().start(['image', 'pull', reference], { env });
        for (let tries = 0; tries < 200 && sumBytes(blobs) < 2e6 * (signal === 'SIGINT' ? 1 : 2); tries += 1)
          await delay(25);
        pulling.child.kill(signal);
        await pulling.finished;
        expect(sumBytes(blobs)).toBeGreaterThan(1e6);
        expect(listStore(state()).records).toEqual([]);
      }
      const arrived = sumBytes(blobs);
      slow.hurry();
      slow.read();
      expect((await pull(reference)).images[0]?.isNew).toBe(true);
      const total = lower.length + 1;
      expect(listStore(state())).toMatchObject({ building: [] });
      expect(listStore(state()).layers.length).toBe(total);
      expect(slow.ranges.some((range) => /bytes=\d{4,}-/.test(range))).toBe(true);
      expect(arrived).toBeGreaterThan(1e6);
      expect(readdirSync(blobs)).toEqual([]);
    } finally {
      slow.server.close();
      slow.server.closeAllConnections();
    }
  });

  it('must be read with the login of the usual files alone', async () => {
    const closed = await LoopbackRegistry.start(join(home().root, 'registry'), { login: ['me', 'secret'] });
    try {
      const reference = `${closed.host}/team/app:1`;
      const { code, stderr } = await home().run(['image', 'pull', reference], { env: { ...env, HOME: home().root } });
      expect([code, /REGISTRY_DENIED/.test(stderr)]).toEqual([1, true]);
      const file = join(home().root, 'auth.json');
      execFileSync('skopeo', [
        'login',
        '--tls-verify=false',
        '--authfile',
        file,
        '-u',
        'me',
        '-p',
        'secret',
        closed.host,
      ]);
      const login = { ...env, REGISTRY_AUTH_FILE: file };
      expect((await home().run(['image', 'pull', reference], { env: login })).code).toBe(0);
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(/"auth": ".*"/, `"auth": "${Buffer.from('me:wrong').toString('base64')}"`),
      );
      expect((await home().run(['image', 'pull', '--force', reference], { env: login })).stderr).toMatch(
        /REGISTRY_DENIED/,
      );
    } finally {
      closed.stop();
    }
  });
});

function sumBytes(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

interface SlowProxy {
  readonly host: string;
  readonly server: Server;
  readonly ranges: string[];
  read(): void;
  hurry(): void;
}

/** Hands on what a registry answers, layers slowly. */
async function startSlowProxy(host: string): Promise<SlowProxy> {
  const ranges: string[] = [];
  let isSlow = true;
  const server = createServer((request, response) => {
    void (async () => {
      const range = request.headers.range;
      if (range !== undefined) ranges.push(range);
      const headers = { accept: request.headers.accept ?? '*/*', ...(range === undefined ? {} : { range }) };
      const answer = await fetch(`http://${host}${request.url}`, { headers });
      const digest = answer.headers.get('docker-content-digest');
      response.writeHead(answer.status, digest === null ? {} : { 'docker-content-digest': digest });
      const body = Buffer.from(await answer.arrayBuffer());
      for (let at = 0; at < body.length && !response.destroyed; at += 1 << 17) {
        response.write(body.subarray(at, at + (1 << 17)));
        if (isSlow) await delay(30);
      }
      response.end();
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    host: `127.0.0.1:${port}`,
    server,
    ranges,
    read: () => ranges.splice(0),
    hurry: () => {
      isSlow = false;
    },
  };
}
