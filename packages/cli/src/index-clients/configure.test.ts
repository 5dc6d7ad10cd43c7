import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FakeIo } from '@devstead/testing';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { expectSchema } from '../output-schema.fixture.ts';
import { runCommandLine } from '../program.ts';
import { clientNames } from './types.ts';

describe('devstead index configure', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'devstead-clients-'));
    mkdirSync(join(home, 'project'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const write = (path: string, text: string): string => {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const read = (path: string): string => readFileSync(join(home, path), 'utf8');
  const call = async (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number; stdout: string; stderr: string }> => {
    const io = new FakeIo({
      cwd: join(home, 'project'),
      env: { HOME: home, DEVSTEAD_HOME: join(home, 'state'), ...env },
    });
    const code = await runCommandLine(['index', ...args], io);
    return { code, stdout: io.stdout.text, stderr: io.stderr.text };
  };
  const url = ['--url', 'https://devpi-api.example.com'];

  it('writes the places that pip reads, for this user alone', async () => {
    const { code, stdout } = await call(['configure', 'pip', ...url, '-o', 'json']);
    expect(code).toBe(0);
    expectSchema('index-configure', stdout);
    for (const path of ['.pip/pip.conf', '.config/pip/pip.conf']) {
      expect(read(path)).toContain('index-url = https://devpi-api.example.com/root/stable/+simple/\n');
      expect(statSync(join(home, path)).mode & 0o777).toBe(0o600);
    }
  });

  it('trusts a host that speaks without encryption, but for this machine’s own', async () => {
    await call(['configure', 'pip', '--url', 'http://index.example.com:3141']);
    expect(read('.config/pip/pip.conf')).toMatch(/trusted-host =\n {4}index\.example\.com\n/);
    await call(['configure', 'pip', '--url', 'http://127.0.0.1:3141']);
    expect(read('.config/pip/pip.conf')).not.toContain('trusted-host');
  });

  it.each(clientNames)('leaves nothing of %s when it is removed, and can be repeated', async (client) => {
    const before = '[project]\nname = "app"\n';
    write('project/pyproject.toml', before);
    write('.bashrc', 'export A=1');
    const list = (): string[] => readdirSync(home, { recursive: true, encoding: 'utf8' }).toSorted();
    const found = list();
    const first = JSON.parse((await call(['configure', client, ...url, '-o', 'json'])).stdout) as {
      files: { path: string }[];
    };
    const texts = first.files.map(({ path }) => readFileSync(path, 'utf8'));
    const second = await call(['configure', client, ...url, '-o', 'json']);
    expect(second.stdout).not.toMatch(/"change": "(?:created|changed)"/);
    expect(first.files.map(({ path }) => readFileSync(path, 'utf8'))).toEqual(texts);
    expect((await call(['configure', client, '--remove'])).code).toBe(0);
    expect(list()).toEqual(found);
    expect(read('.bashrc')).toBe('export A=1');
  });

  it('removes no folder that was there before, or holds something else', async () => {
    mkdirSync(join(home, '.pip'));
    await call(['configure', 'pip', ...url]);
    await call(['configure', 'uv', ...url]);
    await call(['configure', 'pip', '--remove']);
    expect(['.pip', '.config/pip', '.config/uv'].map((path) => existsSync(join(home, path)))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('changes nothing with --dry-run and shows the whole text', async () => {
    const { stdout } = await call(['configure', 'uv', ...url, '--dry-run', '-o', 'json']);
    const { files } = expectSchema('index-configure', stdout) as { files: { path: string; text: string }[] };
    expect(files[0]?.text).toContain('default = true');
    expect(existsSync(join(home, '.config/uv'))).toBe(false);
  });

  it('writes into pyproject.toml where a uv.toml would silence it', async () => {
    write('project/pyproject.toml', '[tool.uv]\nindex-url = "https://old/"\n');
    await call(['configure', 'uv', '--project', ...url]);
    expect(read('project/pyproject.toml')).toMatch(/# devstead kept of uv: index-url[^]*\[\[tool\.uv\.index\]\]/);
    expect(existsSync(join(home, 'project/uv.toml'))).toBe(false);
  });

  it('keeps what several clients have in one pyproject.toml apart', async () => {
    const before = '[project]\nname = "app"\n[tool.uv]\nindex-url = "https://old/"\n';
    write('project/pyproject.toml', before);
    const clients = ['uv', 'poetry', 'pdm'];
    for (const client of [...clients, ...clients]) await call(['configure', client, '--project', ...url]);
    const tables = read('project/pyproject.toml').match(/^\[\[.*\]\]$/gm);
    expect(tables?.toSorted()).toEqual(['[[tool.pdm.source]]', '[[tool.poetry.source]]', '[[tool.uv.index]]']);
    await call(['configure', 'poetry', '--project', '--remove']);
    expect(read('project/pyproject.toml')).toMatch(/# devstead kept of uv: index-url[^]*\[\[tool\.pdm\.source\]\]/);
    for (const client of clients) await call(['configure', client, '--project', '--remove']);
    expect(read('project/pyproject.toml')).toBe(before);
  });

  it('follows a link to the file it stands for, and keeps a program that somebody else wrote', async () => {
    const real = write('dotfiles/pip.conf', '[global]\ntimeout = 9\n');
    mkdirSync(join(home, '.pip'));
    symlinkSync(real, join(home, '.pip/pip.conf'));
    await call(['configure', 'pip', ...url]);
    expect(readFileSync(real, 'utf8')).toMatch(/index-url[^]*timeout = 9/);
    write('devpi-scripts/devpi-init-admin.sh', 'mine\n');
    await call(['configure', 'devpi', ...url]);
    expect(read('devpi-scripts/devpi-init-admin.sh')).toContain('#!/usr/bin/env bash');
    await call(['configure', 'devpi', '--remove']);
    expect(read('devpi-scripts/devpi-init-admin.sh')).toBe('mine\n');
  });

  it('keeps the scripts as long as another shell uses them', async () => {
    await call(['configure', 'fish', ...url]);
    await call(['configure', 'zsh', ...url]);
    await call(['configure', 'fish', '--remove']);
    expect(existsSync(join(home, 'devpi-scripts/devpi-upload-pkg.sh'))).toBe(true);
    await call(['configure', 'zsh', '--remove']);
    expect(existsSync(join(home, 'devpi-scripts'))).toBe(false);
  });

  it.each([
    ['pip', '--project'],
    ['twine', '--global'],
    ['poetry', '--global'],
    ['poetry', '--project'],
    ['fish', '--project'],
    ['devpi', '--project'],
  ])('says that %s has no settings for %s', async (client, scope) => {
    expect((await call(['configure', client, scope, ...url])).code).toBe(2);
  });

  it.each(['ftp://x', 'https://user:word@host', 'https://host/?q=1', "https://ho'st", 'https://h/$(id)'])(
    'refuses the address %s',
    async (address) => {
      expect((await call(['configure', 'bash', '--url', address])).code).toBe(2);
    },
  );

  it('writes a token only when it is asked to, and never a password', async () => {
    const asked: unknown[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        asked.push(JSON.parse(body));
        const isRight = body.includes('canary-password');
        response.writeHead(isRight ? 200 : 401).end(JSON.stringify({ result: { password: 'the-token' } }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const address = ['--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
    const env = { DEVPI_PASSWORD: 'canary-password' };
    await call(['configure', 'twine', ...address], env);
    expect([asked, read('.pypirc').includes('password')]).toEqual([[], false]);
    const { stdout } = await call(['configure', 'twine', '--login', '--username', 'ada', ...address], env);
    expect(asked).toEqual([{ user: 'ada', password: 'canary-password' }]);
    expect(read('.pypirc')).toContain('password = the-token\n');
    expect(read('.pypirc') + stdout).not.toContain('canary');
    const bad = await call(['configure', 'twine', '--login', ...address], { DEVPI_PASSWORD: 'wrong' });
    expect(bad.code).toBe(2);
    expect(read('.pypirc')).toContain('password = the-token\n');
  });

  it('tells uv and pip of a CA that is configured', async () => {
    const ca = write('ca.pem', 'x');
    await call(['configure', 'pip', ...url], { DEVSTEAD_CA_BUNDLE: ca });
    expect(read('.config/pip/pip.conf')).toContain(`cert = ${ca}\n`);
    await call(['configure', 'fish', ...url], { DEVSTEAD_CA_BUNDLE: ca });
    expect(read('.config/fish/conf.d/devpi.fish')).toContain(`SSL_CERT_FILE '${ca}'`);
  });
});

describe('devstead index discovery', () => {
  it('prints the record without a password, as JSON and as a ConfigMap', async () => {
    const call = async (...args: readonly string[]): Promise<string> => {
      const io = new FakeIo({ cwd: '/', env: { HOME: '/nowhere', DEVPI_PASSWORD: 'canary' } });
      expect(await runCommandLine(['index', 'discovery', '--url', 'https://devpi-api.example.com', ...args], io)).toBe(
        0,
      );
      expect(io.stdout.text).not.toContain('canary');
      return io.stdout.text;
    };
    const web = ['--web-url', 'https://devpi.example.com'];
    expect(expectSchema('index-discovery', await call(...web))).toMatchObject({
      displayName: 'DevPI',
      endpoints: [
        { url: 'https://devpi.example.com', isPrimary: true, needsLogin: true },
        { url: 'https://devpi-api.example.com', needsLogin: false },
      ],
    });
    const { parse } = await import('yaml');
    const map = parse(await call(...web, '-o', 'configmap')) as { data: Record<string, string>; metadata: unknown };
    expect(map.metadata).toMatchObject({ labels: { 'thinkube.io/service-name': 'devpi' } });
    expect(parse(map.data['service.yaml'] ?? '')).toMatchObject({
      service: {
        display_name: 'DevPI',
        environment_variables: expect.arrayContaining([{ name: 'DEVPI_INDEX', value: 'root/stable' }]),
      },
    });
  });
});
