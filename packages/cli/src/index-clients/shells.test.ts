import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { FakeIo } from '@devstead/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../program.ts';

/** The few requests of devpi's protocol that setting up an index takes (reference: login, users, indexes). */
class SmallIndex {
  password = '';
  readonly indexes = new Map<string, string>();
  readonly seen: string[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        const path = (request.url ?? '').split('?')[0] ?? '';
        this.seen.push(`${request.method} ${path}`);
        const auth = Buffer.from(String(request.headers['x-devpi-auth'] ?? ''), 'base64').toString();
        const [status, answer] = this.answer(request.method ?? '', path, body, auth === 'root:token-of-root');
        response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(answer, null, 2)}\n`);
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
  }

  private answer(method: string, path: string, body: string, isRoot: boolean): [number, object] {
    if (path === '/+login') {
      const isRight = (JSON.parse(body) as { password: string }).password === this.password;
      return isRight ? [200, { result: { password: 'token-of-root', expiration: 36_000 } }] : [401, { message: 'no' }];
    }
    if (!isRoot) return [401, { message: 'log in' }];
    if (method === 'PATCH' && path === '/root') {
      this.password = (JSON.parse(body) as { password: string }).password;
      return [200, { message: 'user updated' }];
    }
    const bases = this.indexes.get(path);
    if (method === 'GET') return bases === undefined ? [404, { message: 'none' }] : [200, { result: { bases } }];
    this.indexes.set(path, (JSON.parse(body) as { bases: string }).bases);
    return [200, { type: 'indexconfig' }];
  }
}

const shells = [
  { shell: 'bash', words: ['--noprofile', '-i', '-c'] },
  { shell: 'zsh', words: ['-i', '-c'] },
  { shell: 'fish', words: ['-c'] },
] as const;

describe.each(shells)('the functions in a real $shell', ({ shell, words }) => {
  const isHere = isInstalled(shell) && isInstalled('curl') && isInstalled('python3');
  const reason = isHere ? '' : ` (skipped: ${shell}, curl or python3 is not installed)`;
  const index = new SmallIndex();
  let home = '';
  let url = '';

  const call = (line: string, env: Readonly<Record<string, string>> = {}): Promise<{ code: number; text: string }> =>
    new Promise((resolve) => {
      const all = {
        HOME: home,
        PATH: `${home}/bin:/usr/local/bin:/usr/bin:/bin`,
        TERM: 'dumb',
        LANG: 'C.UTF-8',
        ...env,
      };
      const child = execFile(shell, [...words, line], { env: all }, (error, stdout, stderr) => {
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
          text: stdout + stderr,
        });
      });
      child.stdin?.end();
    });

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'devstead-shell-'));
    url = await index.listen();
    const io = new FakeIo({ cwd: home, env: { HOME: home, DEVSTEAD_HOME: join(home, 'state') } });
    if ((await runCommandLine(['index', 'configure', shell, '--url', url], io)) !== 0) throw new Error(io.stderr.text);
    mkdirSync(join(home, 'bin'));
    // Stands for the client: what it is called with is what counts here.
    writeFileSync(join(home, 'bin/devpi'), '#!/bin/sh\necho "devpi $*" | tee -a "$HOME/called"\n');
    chmodSync(join(home, 'bin/devpi'), 0o755);
  });
  afterAll(() => {
    index.close();
    rmSync(home, { recursive: true, force: true });
  });

  it.runIf(isHere)(`devpi-env tells where packages come from, and no password${reason}`, async () => {
    const { code, text } = await call('devpi-env', { DEVPI_PASSWORD: 'canary-1' });
    expect(code, text).toBe(0);
    expect(text).toContain(`DEVPI_URL       ${url}`);
    expect(text).toContain('DEVPI_PASSWORD  is set');
    expect(text).not.toContain('canary-1');
    expect((await call('echo $DEVPI_URL')).text).toContain(url);
  });

  it.runIf(isHere)(`devpi-init-admin sets the password and makes the index, once${reason}`, async () => {
    const env = { ADMIN_PASSWORD: 'pass"word \\ $(x) é' };
    const first = await call('devpi-init-admin', env);
    expect(first.code, first.text).toBe(0);
    expect(index.password).toBe(env.ADMIN_PASSWORD);
    expect([...index.indexes]).toEqual([['/root/stable', 'root/pypi']]);
    index.seen.length = 0;
    expect((await call('devpi-init-admin', env)).code).toBe(0);
    expect(index.seen).toEqual(['POST /+login', 'GET /root/stable']);
    expect((await call('devpi-init-admin', { ADMIN_PASSWORD: 'other' })).code).toBe(1);
    expect((await call('devpi-init-admin')).code).toBe(1);
    expect(index.password).toBe(env.ADMIN_PASSWORD);
  });

  it.runIf(isHere)(`devpi-upload-pkg uploads what is a package, and nothing beside a bad one${reason}`, async () => {
    const files = join(home, 'my files');
    mkdirSync(files);
    const file = (name: string, content: Buffer | string): string => {
      writeFileSync(join(files, name), content);
      return join(files, name);
    };
    const wheel = file('app-1.0-py3-none-any.whl', makeZip('app-1.0.dist-info/METADATA'));
    const bad = [
      file('empty-1.0-py3-none-any.whl', ''),
      file('broken-1.0-py3-none-any.whl', 'no archive'),
      file('bare-1.0-py3-none-any.whl', makeZip('bare.py')),
      file('app.whl', makeZip('app-1.0.dist-info/METADATA')),
      file('app-1.0.tar.gz', 'no archive'),
      file('notes.txt', 'text'),
      join(files, 'missing-1.0.tar.gz'),
    ];
    for (const path of bad) {
      const { code, text } = await call(`devpi-upload-pkg '${wheel}' '${path}'`);
      expect([code, text.includes(path)], text).toEqual([1, true]);
    }
    expect((await call('devpi-upload-pkg')).code).toBe(2);
    expect((await call(`devpi-upload-pkg '${wheel}'`)).code).toBe(0);
    const uploads = readFileSync(join(home, 'called'), 'utf8').replaceAll('devpi --version\n', '');
    expect(uploads).toBe(`devpi upload --index ${url}/root/stable ${wheel}\n`);
  });
});

function isInstalled(program: string): boolean {
  try {
    execFileSync('which', [program]);
    return true;
  } catch {
    return false;
  }
}

/** A zip archive with one file of one byte (APPNOTE.TXT, 4.3). */
function makeZip(name: string): Buffer {
  const data = deflateRawSync('x');
  const path = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(0x8cdc1683, 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(1, 18);
  common.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, path, data]);
  const central = Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), common, Buffer.alloc(14), path]);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
